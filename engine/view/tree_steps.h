#pragma once
// The steps that run now, and how far each loop and group is: a fold of a session's events for the
// terminal view, which draws between events too.

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/journal/run_state.h"

namespace runbook {

struct LiveStep {
  Sequence begun = 0;  ///< the event that began it
  Kind kind = Kind::step;
  std::uint32_t attempt = 1;
  Timestamp started = 0;
  bool waits = false;   ///< for a condition, a time, a person
  std::string detail;   ///< what it waits for
  std::string ending;   ///< what happens at `until`: "gives up"
  Timestamp until = 0;  ///< 0: nobody knows
  std::string output;   ///< the last line of its children
};

/// What ended under a path.
struct Progress {
  std::size_t done = 0, failed = 0, skipped = 0;
};

class TreeSteps {
 public:
  void event(const Event& event, const RunState& state);
  /// False if nothing changes by it.
  bool output(const std::string& step, const std::string& line);

  /// By path.
  const std::map<std::string, LiveStep, std::less<>>& running() const { return running_; }
  /// What ended under `prefix`, one level below it; in the whole session for "".
  const Progress& progress(std::string_view prefix) const;
  const LiveStep* find(std::string_view path) const;

 private:
  LiveStep* live(std::string_view path);
  void begin(const Event& event, const event::StepStarted& started);
  void end(const std::string& path, State state);

  Progress total_;
  std::map<std::string, LiveStep, std::less<>> running_;
  std::unordered_map<std::string, Progress, PathHash, std::equal_to<>> progress_;
};

}  // namespace runbook
