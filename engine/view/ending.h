#pragma once
// How every view ends: results on stdout, what went wrong on stderr.

#include <string>

#include "engine/journal/run_state.h"
#include "engine/view/view.h"

namespace runbook {

/// The outputs of a run as lines "name: value".
std::string output_lines(const RunState& state);

/// Collects while the session's state is at hand (it is gone when end() is told), prints at the
/// end.
class EndingPrinter {
 public:
  explicit EndingPrinter(ViewOutput output) : output_(std::move(output)) {}
  void begun(const std::string& run) { run_ = run; }
  const std::string& run() const { return run_; }
  void event(const Event& event, const RunState& state);
  void print_results();
  void print_failure(const Ending& ending) { output_.err.write(failure(ending)); }
  /// The card, or what takes its place; empty if all went well.
  std::string failure(const Ending& ending) const;

 private:
  std::string card(const Event& event, const RunState& state,
                   const event::SessionEnded& ended) const;
  Style style() const;

  ViewOutput output_;
  std::string run_, results_, failure_;
};

}  // namespace runbook
