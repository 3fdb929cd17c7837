#pragma once
// `runbook logs -f`: prints the logs of a run's steps as another process writes them.

#include <filesystem>
#include <map>
#include <string>

#include "engine/journal/run_state.h"
#include "engine/store/store.h"
#include "engine/view/text_stream.h"

namespace runbook {

/// A child's lines: as they are, but without what would steer it for a terminal.
void write_log(TextStream& out, const std::string& lines);

class LogFollower {
 public:
  /// `path`: the step and what lies under it; empty: all steps.
  LogFollower(Store& store, std::string run, std::filesystem::path logs, std::string path,
              TextStream& out);

  /// Reads the events since the last look and prints what its steps wrote since, attempt by
  /// attempt.
  void look();
  /// A step that was asked for has begun.
  bool has_begun() const { return begun_; }
  const RunState& state() const { return state_; }

 private:
  struct Log {
    std::uint32_t attempt = 1;
    std::uintmax_t printed = 0;  ///< bytes
  };
  void read_events();
  bool is_wanted(const StepState& step) const;
  void print_new(const StepState& step);
  void print_rest(const StepState& step, Log& log);

  Store& store_;
  std::string run_;
  std::filesystem::path logs_;
  std::string path_;
  TextStream& out_;
  RunState state_;
  std::map<std::uint32_t, Log> printed_;  ///< by the step's index
  std::string last_heading_;
  bool begun_ = false;
};

}  // namespace runbook
