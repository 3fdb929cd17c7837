#include "engine/view/transitions.h"

#include <fmt/format.h>

#include "engine/base/duration.h"
#include "engine/journal/undo_order.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string_view label(State state) {
  return state == State::failed ? "FAIL" : state_name(state);
}

/// Says one event; what it says is kept until it is taken.
class Wording {
 public:
  Wording(const RunState& state, const StateOption& state_option, const std::string& run,
          std::unordered_map<std::string, Timestamp>& started)
      : state_(state), state_option_(state_option), run_(run), started_(started) {}

  void show(const Event& /*event*/, const event::RunCreated& /*created*/) {}
  void show(const Event& /*event*/, const event::SessionStarted& started) {
    line(started.resumed ? "resume" : "start", fmt::format("{} run={}", state_.created.name, run_));
  }
  void show(const Event& /*event*/, const event::SessionEnded& ended) {
    std::string text = fmt::format("{} exit={}", phase_name(ended.state), ended.exit);
    const bool for_good = ended.state == RunPhase::ok || ended.state == RunPhase::cancelled ||
                          ended.state == RunPhase::undone;
    if (!for_good) {
      text += state_option_.put_into(fmt::format(" resume=\"runbook {} {}\"",
                                                 undo_has_begun(state_) ? "undo" : "resume", run_));
    }
    line("end", text);
  }
  void show(const Event& /*event*/, const event::RunFinished& /*finished*/) {}
  void show(const Event& /*event*/, const event::RunRewound& rewound) {
    line("forget",
         fmt::format("{} and what depends on it: {} {}", rewound.to, rewound.forgotten.size(),
                     rewound.forgotten.size() == 1 ? "step" : "steps"));
  }
  void show(const Event& event, const event::StepStarted& /*started*/) {
    started_[event.step] = event.time;
    line("running",
         event.attempt > 1 ? fmt::format("{} (attempt {})", event.step, event.attempt) : event.step,
         Color::busy);
  }
  void show(const Event& event, const event::StepFinished& finished) {
    std::string text = event.step;
    if (const auto start = started_.find(event.step); start != started_.end()) {
      text += " " + format_duration(std::chrono::milliseconds(event.time - start->second));
      started_.erase(start);
    }
    if (!has_result(finished.state) && !finished.value.empty()) {
      text += " " + error_text(finished.value.parse());
    }
    line(label(finished.state), text, state_color(finished.state));
  }
  void show(const Event& event, const event::StepRetrying& retrying) {
    line("retry",
         fmt::format("{} in {}: {}", event.step,
                     format_duration(std::chrono::milliseconds(retrying.delay_ms)),
                     error_text(retrying.error)),
         Color::wait);
  }
  void show(const Event& event, const event::StepWaiting& waiting) {
    const StepState* step = state_.find_step(event.step);
    if (waiting.why.empty() && step != nullptr && !only_waits(step->kind)) {
      return;  // it goes on
    }
    std::string text = event.step;
    if (!waiting.why.empty()) {
      text += " " + one_line(waiting.why);
    }
    if (waiting.until != 0) {
      text += " until " + clock_time(waiting.until);
    }
    line("waiting", text, Color::wait);
  }
  void show(const Event& event, const event::StepMarked& marked) {
    line("marked", marked.renamed_from.empty()
                       ? fmt::format("{} {}: {}", event.step, state_name(marked.state),
                                     one_line(marked.reason))
                       : fmt::format("{} continues {}", event.step, marked.renamed_from));
  }
  void show(const Event& event, const event::StepSkipped& skipped) {
    line("skipped", fmt::format("{} {}", event.step, one_line(skipped.reason)));
  }
  void show(const Event& /*event*/, const event::CallBegun& /*call*/) {}
  void show(const Event& /*event*/, const event::CallAmended& /*call*/) {}
  void show(const Event& event, const event::CallEnded& call) {
    if (!call.settled.empty()) {
      line("settled", fmt::format("{} by {}: {}", event.step, call.settled,
                                  call.error.is_null() ? "done" : error_text(call.error)));
    }
  }
  void show(const Event& /*event*/, const event::ValueRecorded& /*value*/) {}
  void show(const Event& event, const event::GateOpened& /*gate*/) {
    line("gate", event.step, Color::wait);
  }
  void show(const Event& event, const event::AnswerRecorded& answer) {
    line(answer.verdict, fmt::format("{} by {}", event.step, answer.actor));
  }
  void show(const Event& /*event*/, const event::CancelRequested& cancel) {
    line("cancel", fmt::format("by {}: {}", cancel.actor, one_line(cancel.reason)));
  }
  void show(const Event& /*event*/, const event::TargetRecorded& target) {
    line("target", fmt::format("{} {}", target.name, one_line(value_text(target.value))));
  }
  void show(const Event& /*event*/, const event::ServiceStarted& started) {
    std::string text = started.name;
    for (const char* fact : {"pid", "port"}) {
      if (started.service.is_object() && started.service.value(fact, Json(0)) != Json(0)) {
        text += fmt::format(" {}={}", fact, value_text(started.service[fact]));
      }
    }
    line("service", text);
  }
  void show(const Event& /*event*/, const event::ServiceEnded& ended) {
    const bool stopping = ended.status.is_object() && ended.status.contains("stopping");
    line("service", ended.name + (stopping ? " stopping" : " ended"));
  }
  void show(const Event& /*event*/, const event::StatePut& put) { line("state", put.key); }
  void show(const Event& /*event*/, const event::OutputSet& /*output*/) {}
  void show(const Event& /*event*/, const event::AttachmentAdded& attachment) {
    line("attached", fmt::format("{} ({} bytes) {}", attachment.name, attachment.size,
                                 one_line(attachment.caption)));
  }
  void show(const Event& /*event*/, const event::NoteAdded& note) {
    line("note", one_line(note.text, 2000));
  }

  std::optional<Transition> said;

 private:
  void line(std::string_view what, std::string text, Color color = Color::none) {
    said = Transition{std::string(what), std::move(text), color};
  }

  const RunState& state_;
  const StateOption& state_option_;
  const std::string& run_;
  std::unordered_map<std::string, Timestamp>& started_;
};

}  // namespace

std::string error_text(const Json& error) {
  if (!error.is_object()) {
    return {};
  }
  return one_line(fmt::format("{} {}", error.value("code", ""), error.value("message", "")), 300);
}

std::optional<Transition> Transitions::of(const Event& event, const RunState& state) {
  Wording wording(state, state_option_, run_, started_);
  std::visit([&](const auto& payload) { wording.show(event, payload); }, event.payload);
  return std::move(wording.said);
}

}  // namespace runbook
