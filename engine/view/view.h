#pragma once
// A view: an observer of one session. It is told what is durable, in order, and decides what a
// person or a program sees of it. stdout = results, stderr = progress and errors.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/journal/event.h"
#include "engine/journal/run_state.h"
#include "engine/view/state_option.h"
#include "engine/view/style.h"
#include "engine/view/text_stream.h"

namespace runbook {

/// What a resume keeps and what changed since: told once, before the first request that is not a
/// replay.
struct KeptSteps {
  std::vector<std::string> kept, changed_steps, changed_inputs, changed_files;
  std::string next;                    ///< what is attempted now
  std::vector<std::string> expected;   ///< what came after it in the last finished run
  std::vector<std::string> open = {};  ///< calls whose end is not recorded
};

/// A question at the terminal as it looks now.
struct ShownPrompt {
  std::vector<std::string> lines;  ///< what is shown above it
  std::string ask;                 ///< "[a]pprove [d]eny: "
  std::string typed;               ///< so far; empty if it is a secret
};

/// How the session ended. `phase` is `running` if it never began.
struct Ending {
  RunPhase phase = RunPhase::running;
  int exit = 0;
  std::optional<Error> error;
};

class View {
 public:
  virtual ~View() = default;
  /// The run's id, before its first event.
  virtual void begun(const std::string& run) = 0;
  /// `state` may be ahead of `event`.
  virtual void event(const Event& event, const RunState& state) = 0;
  virtual void notice(const std::string& sentence) = 0;
  /// The last line of a child's output, and the time: only a screen cares.
  virtual void output(const std::string& /*step*/, const std::string& /*line*/) {}
  virtual void tick(Timestamp /*now*/) {}
  /// A line that the recipe said with log() or print().
  virtual void log(const std::string& step, const std::string& line) = 0;
  virtual void resume(const KeptSteps& kept) = 0;
  /// A person is asked, has typed something, or (null) is asked no more.
  virtual void prompt(const ShownPrompt* prompt) = 0;
  /// A child has the terminal to itself, or has given it back.
  virtual void suspend(bool /*suspended*/) {}
  virtual void end(const Ending& ending) = 0;
};

/// The log file of a step's attempt, as it is shown (its last lines are read from there).
using LogFile =
    std::function<std::string(const std::string& run, std::size_t ordinal, const StepState& step)>;

struct ViewOutput {
  TextStream& out;
  TextStream& err;
  LogFile log_file;
  Style style = {};
  StateOption state_option = {};
  std::string summary_file = {};  ///< GitHub's, of the step that runs this; empty: there is none
};

/// One line per transition, results at the end.
std::unique_ptr<View> make_plain_view(ViewOutput output);
/// Finished lines that stay, and below them what runs now. REQUIRES: err is a terminal that can
/// move its cursor, and a size.
std::unique_ptr<View> make_tree_view(ViewOutput output);
/// Lines as GitHub's runner shows them: groups and annotations.
std::unique_ptr<View> make_github_view(ViewOutput output);
/// JSON lines on stdout, one event each, and nothing else there.
std::unique_ptr<View> make_jsonl_view(ViewOutput output);
/// Results and errors only.
std::unique_ptr<View> make_quiet_view(ViewOutput output);

}  // namespace runbook
