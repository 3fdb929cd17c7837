#pragma once
// What a person or a program is told while a session runs: redacted, and never before the events it
// follows are durable.

#include <deque>
#include <memory>
#include <string>

#include "engine/base/secret.h"
#include "engine/journal/journal.h"
#include "engine/recipe/runner.h"

namespace runbook {

class Shown {
 public:
  explicit Shown(const RunListener& listener);
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

  /// The run's redactor: the listener's, if it brought one.
  const std::shared_ptr<Redactor>& redactor() const { return redactor_; }
  /// From now on its events are shown as they become durable. REQUIRES: closed before this dies.
  void follow(Journal& journal);

  void begun(const std::string& run);
  void notice(const std::string& sentence);
  /// A line the recipe says. REQUIRES: follow() was called.
  void log(const std::string& step, const std::string& line);
  void resume(const RunListener::Resume& resume);

 private:
  struct Line {
    Sequence after;
    std::string step, text;
  };

  void show_lines(Sequence durable);

  const RunListener& listener_;
  std::shared_ptr<Redactor> redactor_;
  Journal* journal_ = nullptr;
  std::deque<Line> waiting_;
};

}  // namespace runbook
