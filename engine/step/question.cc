// Steps that ask a person: gate, ask, manual. And what a person at another terminal does to a step
// that waits: answered, marked or skipped, it goes on.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/path.h"
#include "engine/base/references.h"
#include "engine/step/fingerprint.h"
#include "engine/step/session_impl.h"

namespace runbook {
namespace {

std::string waiting_for(Kind kind, const std::vector<std::string>& by) {
  const std::string_view what = kind == Kind::gate  ? "an approval"
                                : kind == Kind::ask ? "an answer"
                                                    : "somebody to do it";
  return by.empty() ? std::string(what) : fmt::format("{} by {}", what, fmt::join(by, ", "));
}

/// Has anything begun after the step ended? What lies around it goes on with it and does not count.
bool begun_after(const RunState& state, const StepState& step) {
  return std::ranges::any_of(state.steps,
                             [&](const StepState& other) {
                               return other.started > step.finished &&
                                      !is_under(step.path, other.path);
                             }) ||
         std::ranges::any_of(state.calls,
                             [&](const CallState& call) { return call.begun > step.finished; });
}

Json result_of(const std::string& path, const Question& question) {
  const event::AnswerRecorded& answer = *question.answer;
  if (answer.verdict == "denied") {
    throw Error(Code::gate_denied, fmt::format("{} was denied by {}{}{}", path, answer.actor,
                                               answer.comment.empty() ? "" : ": ", answer.comment))
        .with_effect(EffectDone::none);
  }
  if (!question.asked.fields.is_null()) {
    return answer.answer.is_object() ? answer.answer : Json::object();
  }
  return Json{{"by", answer.actor},
              {"at", format_timestamp(question.answered_time)},
              {"comment", answer.comment}};
}

/// Never throws: what goes wrong is kept for whoever waits for the answer.
Task<void> ask_beside(const Session& session, std::string path, CancelPtr node,
                      std::shared_ptr<std::exception_ptr> failure) {
  try {
    co_await session.ask(path, node);
  } catch (const std::exception&) {
    if (!node->requested()) {  // else it was answered elsewhere meanwhile
      *failure = std::current_exception();
      node->request(CancelReason::stop);
    }
  }
}

}  // namespace

Session::People::Waiting::Waiting(std::shared_ptr<People> people, const std::string& path,
                                  CancelPtr node)
    : people_(std::move(people)), position_(people_->waiting.emplace(path, std::move(node))) {}

Session::People::Waiting::~Waiting() {
  people_->waiting.erase(position_);
}

bool Session::is_ended_by_hand(const std::string& path) const {
  const StepState* step = state().find_step(path);
  return step != nullptr &&
         (has_result(step->state) || (step->state == State::failed && step->marked));
}

void Session::steered(const std::string& path) {
  const auto [begin, end] = impl_->people->waiting.equal_range(path);
  std::vector<CancelPtr> nodes;  // a request resumes nobody at once, but it calls callbacks
  std::ranges::transform(begin, end, std::back_inserter(nodes),
                         [](const auto& waiting) { return waiting.second; });
  for (const CancelPtr& node : nodes) {
    node->request(CancelReason::stop);
  }
}

bool Session::waits_for_people() const {
  return impl_->people->parked > 0 && impl_->people->parked == impl_->people->threads;
}

// Waits for a time, or until somebody steers the step.
Task<void> Session::rest(std::string path, std::chrono::milliseconds duration, CancelPtr cancel) {
  const CancelPtr node = cancel->child();
  const People::Waiting waiting(impl_->people, path, node);
  try {
    co_await impl_->loop.sleep(duration, node);
  } catch (const Cancelled&) {
    if (cancel->requested()) {
      throw;
    }
  }
}

// Until the question is answered, the step is ended by hand, or the time is over.
Task<void> Session::wait_for_person(std::string path, Timestamp expires, CancelPtr cancel) {
  const CancelPtr node = cancel->child();
  const People::Waiting waiting(impl_->people, path, node);
  const People::Parked parked(impl_->people);
  const auto failure = std::make_shared<std::exception_ptr>();
  if (ask) {
    impl_->loop.spawn(ask_beside(*this, path, node, failure));
  }
  try {
    if (expires == 0) {
      Latch never(impl_->loop);
      co_await never.wait(node);
    } else {
      const Timestamp left = std::max<Timestamp>(0, expires - impl_->loop.clock().now());
      co_await impl_->loop.sleep(std::chrono::milliseconds(left), node);
    }
  } catch (const Cancelled&) {
    if (cancel->requested()) {
      throw;
    }
  }
  node->request(CancelReason::timeout);  // the prompt ends with the question
  if (*failure) {
    std::rethrow_exception(*failure);
  }
}

// Before an attempt: --step and --until have their say. True: the step was ended meanwhile.
Task<bool> Session::hold(std::string path, Kind kind, CancelPtr cancel) {
  if (before_attempt) {
    const People::Parked parked(impl_->people);
    co_await before_attempt(path, kind, std::move(cancel));
  }
  co_return is_ended_by_hand(path);
}

// A question that was answered when it showed something else, and nothing has begun since: that
// answer is forgotten. So is what ended it by hand before it was asked, if it is for certain
// people: nobody could know that yet.
void Session::forget_end(const Scope& outer, const std::string& path,
                         const event::GateOpened& asked) {
  const StepState* step = state().find_step(path);
  const auto known = state().questions.find(path);
  const bool asked_here = outer.mode == Mode::act && !outer.attempt->names.contains(path);
  if (impl_->settings.replay_only || !asked_here || step == nullptr) {
    return;
  }
  const bool was_asked = known != state().questions.end();
  const bool changed = was_asked && step->state == State::ok && !step->marked &&
                       known->second.asked.digest != asked.digest && !begun_after(state(), *step);
  const bool unasked = !was_asked && !asked.by.empty() && is_ended_by_hand(path);
  if (!changed && !unasked) {
    return;
  }
  std::string reason = changed ? "what it asks has changed since it was answered"
                               : fmt::format("it was ended before it was asked, and is for {}",
                                             fmt::join(asked.by, ", "));
  impl_->journal.append(event::RunRewound{.kind = "question",
                                          .to = path,
                                          .reason = std::move(reason),
                                          .actor = {},
                                          .forgotten = {path}});
}

// An answer that was given while nobody drove the run stands, and so does a question that is still
// open; a denial that the step has failed for does not.
bool Session::question_stands(const std::string& path, const event::GateOpened& asked) const {
  const auto known = state().questions.find(path);
  if (known == state().questions.end() || known->second.asked.digest != asked.digest) {
    return false;
  }
  const Question& question = known->second;
  return question.answer
             ? !(question.is_failed && question.answer->verdict == "denied")
             : question.asked.by == asked.by && question.is_open(impl_->loop.clock().now());
}

Task<Json> Session::asking(Scope& scope, Kind kind, event::GateOpened asked,
                           std::chrono::milliseconds expires) {
  const std::string path = scope.path;
  const std::uint32_t number = scope.attempt->number;
  if (!question_stands(path, asked)) {
    asked.expires = expires.count() == 0 ? 0 : impl_->loop.clock().now() + expires.count();
    impl_->journal.append(asked, path, number);
  }
  const Question& question = state().questions.find(path)->second;
  if (!question.answer) {
    const Timestamp until = question.asked.expires;
    impl_->journal.append(event::StepWaiting{.why = waiting_for(kind, asked.by), .until = until},
                          path, number);
    co_await wait_for_person(path, until, scope.cancel);
    if (is_ended_by_hand(path)) {
      co_return nullptr;  // the attempt ends as was recorded
    }
  }
  const Question& answered = state().questions.find(path)->second;
  if (!answered.answer) {
    throw Error(Code::gate_expired, fmt::format("{}: nobody answered before {}", path,
                                                format_timestamp(answered.asked.expires)))
        .with_effect(EffectDone::none);
  }
  co_return result_of(path, answered);
}

Task<RawJson> Session::question(Scope& outer, StepSpec spec, QuestionSpec question) {
  const std::string path = join_path(outer.path, spec.segment);
  Json content = recordable(
      impl_->vault,
      Json{{"text", question.text}, {"shown", question.shown}, {"fields", question.fields}});
  event::GateOpened asked;
  asked.digest = fingerprint(content);
  asked.text = content["text"].get<std::string>();
  asked.shown = std::move(content["shown"]);
  asked.fields = std::move(content["fields"]);
  asked.by = std::move(question.by);
  forget_end(outer, path, asked);
  const std::chrono::milliseconds expires = question.expires.value_or(std::chrono::milliseconds(0));
  Body body = [this, kind = spec.kind, asked = std::move(asked),
               expires](Scope& scope) -> Task<Json> { return asking(scope, kind, asked, expires); };
  co_return co_await step(outer, std::move(spec), std::move(body));
}

}  // namespace runbook
