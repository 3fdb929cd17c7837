#pragma once
// What a person or a program is told while a session runs: redacted, and never before the events it
// follows are durable.

#include <deque>
#include <map>
#include <memory>
#include <optional>
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
  /// A line of a child: shown at the next tick() if it is still the step's last by then.
  void output(const std::string& step, std::string_view line);
  void tick(Timestamp now);
  bool wants_ticks() const { return static_cast<bool>(listener_.tick); }
  void terminal_taken(bool taken);
  /// Is there somebody to ask?
  bool can_ask() const { return static_cast<bool>(listener_.prompt); }
  /// RunListener::prompt; nullopt where nobody can be asked.
  Task<std::optional<std::string>> ask(Loop& loop, Prompt prompt, CancelPtr cancel);

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
  std::map<std::string, std::string> output_;  ///< the last line by step, since the last tick
};

}  // namespace runbook
