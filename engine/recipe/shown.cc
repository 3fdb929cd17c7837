#include "engine/recipe/shown.h"

#include <utility>

namespace runbook {

Shown::Shown(const RunListener& listener)
    : listener_(listener),
      redactor_(listener.redactor != nullptr ? listener.redactor : std::make_shared<Redactor>()) {}

void Shown::follow(Journal& journal) {
  journal_ = &journal;
  journal.observe([this](const Event& event) {
    if (listener_.event) {
      listener_.event(event, journal_->state());
    }
    show_lines(event.sequence);
  });
}

void Shown::begun(const std::string& run) {
  if (listener_.begun) {
    listener_.begun(run);
  }
}

void Shown::notice(const std::string& sentence) {
  if (listener_.notice) {
    listener_.notice(redactor_->redact(sentence));
  }
}

void Shown::log(const std::string& step, const std::string& line) {
  waiting_.push_back({journal_->state().last, step, line});
  if (journal_->is_durable()) {
    show_lines(waiting_.back().after);
  }
}

void Shown::show_lines(Sequence durable) {
  for (; !waiting_.empty() && waiting_.front().after <= durable; waiting_.pop_front()) {
    if (listener_.log) {
      listener_.log(waiting_.front().step, redactor_->redact(waiting_.front().text));
    }
  }
}

// Only the last of what may be a million lines between two ticks is redacted, and whole: a cut
// might go through a secret.
void Shown::output(const std::string& step, std::string_view line) {
  if (listener_.output && listener_.tick) {
    output_[step].assign(line);
  }
}

void Shown::tick(Timestamp now) {
  constexpr std::size_t kLongest = 400;
  for (const auto& [step, line] : output_) {
    listener_.output(step, redactor_->redact(line).substr(0, kLongest));
  }
  output_.clear();
  if (listener_.tick) {
    listener_.tick(now);
  }
}

void Shown::terminal_taken(bool taken) {
  if (listener_.terminal_taken) {
    listener_.terminal_taken(taken);
  }
}

Task<std::optional<std::string>> Shown::ask(Loop& loop, Prompt prompt, CancelPtr cancel) {
  for (std::string& line : prompt.lines) {
    line = redactor_->redact(line);
  }
  prompt.label = redactor_->redact(prompt.label);
  std::optional<std::string> answer;
  if (listener_.prompt) {
    answer = co_await listener_.prompt(loop, std::move(prompt), std::move(cancel));
  }
  co_return answer;
}

void Shown::resume(const RunListener::Resume& resume) {
  if (listener_.resume) {
    listener_.resume(resume);
  }
}

}  // namespace runbook
