// One line per transition: what a log of a run looks like, on a pipe and on a terminal.

#include <fmt/format.h>

#include <unordered_map>

#include "engine/base/duration.h"
#include "engine/view/ending.h"
#include "engine/view/view.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string_view label(State state) {
  return state == State::failed ? "FAIL" : state_name(state);
}

std::string error_text(const Json& error) {
  if (!error.is_object()) {
    return {};
  }
  return one_line(fmt::format("{} {}", error.value("code", ""), error.value("message", "")), 300);
}

class PlainView final : public View {
 public:
  explicit PlainView(ViewOutput output) : err_(output.err), ending_(std::move(output)) {}

  void begun(const std::string& run) override { ending_.begun(run); }

  void event(const Event& event, const RunState& state) override {
    now_ = event.time;
    state_ = &state;
    std::visit([&](const auto& payload) { show(event, payload); }, event.payload);
    ending_.event(event, state);
    state_ = nullptr;
  }

  void notice(const std::string& sentence) override { line("note", plain_text(sentence)); }
  void log(const std::string& step, const std::string& text) override {
    line("log", fmt::format("{}{}{}", step, step.empty() ? "" : ": ", plain_text(text)));
  }

  void resume(const KeptSteps& kept) override {
    list("keep", kept.kept);
    list("changed", kept.changed_steps, " (done and kept; --rerun STEP runs it again)");
    list("changed inputs", kept.changed_inputs, " (done and kept; --rerun STEP runs it again)");
    list("changed", kept.changed_files);
    if (!kept.next.empty()) {
      line("next", kept.next);
    }
  }

  void end(const Ending& ending) override {
    ending_.print_failure(ending);
    ending_.print_results();
  }

 private:
  void line(std::string_view what, std::string_view text) {
    err_.write(
        fmt::format("{} {:<11} {}\n", now_ == 0 ? "--:--:--" : clock_time(now_), what, text));
  }

  void list(std::string_view what, const std::vector<std::string>& names,
            std::string_view remark = {}) {
    constexpr std::size_t kShown = 8;
    if (names.empty()) {
      return;
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
      text += (i == 0 ? "" : ", ") + names[i];
    }
    if (names.size() > kShown) {
      text += fmt::format(" and {} more", names.size() - kShown);
    }
    line(what, fmt::format("{}{}", text, remark));
  }

  void show(const Event& /*event*/, const event::RunCreated& /*created*/) {}
  void show(const Event& /*event*/, const event::SessionStarted& started) {
    line(started.resumed ? "resume" : "start",
         fmt::format("{} run={}", state_->created.name, ending_.run()));
  }
  void show(const Event& /*event*/, const event::SessionEnded& ended) {
    std::string text = fmt::format("{} exit={}", phase_name(ended.state), ended.exit);
    if (ended.state != RunPhase::ok) {
      text += fmt::format(" resume=\"runbook resume {}\"", ending_.run());
    }
    line("end", text);
  }
  void show(const Event& /*event*/, const event::RunFinished& /*finished*/) {}
  void show(const Event& /*event*/, const event::RunRewound& rewound) {
    line("forget",
         fmt::format("{} and what depends on it: {} steps", rewound.to, rewound.forgotten.size()));
  }
  void show(const Event& event, const event::StepStarted& /*started*/) {
    started_[event.step] = event.time;
    line("running", event.attempt > 1 ? fmt::format("{} (attempt {})", event.step, event.attempt)
                                      : event.step);
  }
  void show(const Event& event, const event::StepFinished& finished) {
    std::string text = event.step;
    if (const auto start = started_.find(event.step); start != started_.end()) {
      text += " " + format_duration(std::chrono::milliseconds(event.time - start->second));
      started_.erase(start);
    }
    if (finished.state != State::ok && finished.state != State::skipped &&
        !finished.value.empty()) {
      text += " " + error_text(finished.value.parse());
    }
    line(label(finished.state), text);
  }
  void show(const Event& event, const event::StepRetrying& retrying) {
    line("retry", fmt::format("{} in {}: {}", event.step,
                              format_duration(std::chrono::milliseconds(retrying.delay_ms)),
                              error_text(retrying.error)));
  }
  void show(const Event& event, const event::StepWaiting& waiting) {
    std::string text = event.step;
    if (!waiting.why.empty()) {
      text += " " + one_line(waiting.why);
    }
    if (waiting.until != 0) {
      text += " until " + clock_time(waiting.until);
    }
    line("waiting", text);
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
  void show(const Event& event, const event::GateOpened& /*gate*/) { line("gate", event.step); }
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

  TextStream& err_;
  EndingPrinter ending_;
  Timestamp now_ = 0;                ///< time of the latest event
  const RunState* state_ = nullptr;  ///< during event()
  std::unordered_map<std::string, Timestamp> started_;
};

}  // namespace

std::unique_ptr<View> make_plain_view(ViewOutput output) {
  return std::make_unique<PlainView>(std::move(output));
}

}  // namespace runbook
