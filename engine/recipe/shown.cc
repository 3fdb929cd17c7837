#include "engine/recipe/shown.h"

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

void Shown::resume(const RunListener::Resume& resume) {
  if (listener_.resume) {
    listener_.resume(resume);
  }
}

}  // namespace runbook
