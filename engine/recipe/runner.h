#pragma once
// Drives one session of a run, from the lock to its end: what `runbook run` and `runbook resume`
// do.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/io/cancel.h"
#include "engine/io/task.h"
#include "engine/journal/journal.h"

namespace runbook {

class Loop;
class Redactor;
struct Module;

/// What a session is for.
enum class Purpose {
  run,     ///< to drive the recipe to its end
  cancel,  ///< to end the run for good: what its record registered as `finally` runs
  undo     ///< to run the undo functions of its finished steps, backwards
};

/// A question to whoever sits at the terminal.
struct Prompt {
  struct Choice {
    char key;
    std::string word;     ///< "[a]pprove"
    std::string meaning;  ///< what it does, one line; may be empty
  };
  std::string step;                ///< whose question it is; empty: the run's
  std::vector<std::string> lines;  ///< what is shown above it
  std::vector<Choice> choices;     ///< empty: a line of text is asked for
  std::string label;               ///< "region (eu-west, us-east) [eu-west]"
  bool secret = false;             ///< what is typed is not shown
};

struct RunOptions {
  std::filesystem::path state_folder;                  ///< .runbook, created by now
  std::filesystem::path root;                          ///< project root: the folder of .runbook
  std::filesystem::path recipe;                        ///< absolute; for a resume: from the run
  std::string run;                                     ///< empty = a new run, else resume this one
  std::vector<std::string> parameters;                 ///< -p name=value, as typed
  std::vector<std::filesystem::path> parameter_files;  ///< -P
  std::vector<std::string> rerun;                      ///< --rerun STEP
  Purpose purpose = Purpose::run;
  std::string reason;                          ///< of a cancel or undo
  std::vector<std::string> except;             ///< undo: steps that are left as they are
  bool cancel_on_failure = false;              ///< a failed session ends the run for good
  std::vector<std::string> approve;            ///< --approve STEP
  std::vector<std::string> answers;            ///< --answer STEP.field=value, as typed
  bool confirm_steps = false;                  ///< --step
  std::string until;                           ///< --until STEP: stop after it
  std::chrono::milliseconds inbox_every{100};  ///< how often the inbox is looked at; 0: never
  bool accept_new = false;
  std::optional<std::chrono::milliseconds> timeout;  ///< --timeout
  std::chrono::milliseconds grace{30'000};  ///< --grace: for once calls when a sibling fails
  /// The executable that knows the hidden commands __reaper and __service; tests name the real one.
  std::filesystem::path program = "/proc/self/exe";
};

/// What the view is told besides events; called on the loop thread. All texts are redacted.
struct RunListener {
  /// Filled with the secrets of the run, for whoever writes text of it. May be null.
  std::shared_ptr<Redactor> redactor;
  /// The run's id, once, before its first event: a new run draws it inside drive().
  std::function<void(const std::string& run)> begun;
  /// Durable events in order, with the state after *all* appended events (may be ahead of `event`).
  std::function<void(const Event& event, const RunState& state)> event;
  /// One sentence for the operator: waiting for children of a dead session, Ctrl-C instructions, a
  /// wait's last observation.
  std::function<void(const std::string& sentence)> notice;
  /// A line of a child's output, as it comes: for a screen that shows the last one.
  std::function<void(const std::string& step, const std::string& line)> output;
  /// Every 100 ms while the session runs, for what changes with time alone.
  std::function<void(Timestamp now)> tick;
  /// Asks at the terminal: the key of the choice or the line; nullopt if the operator leaves it
  /// open, or when cancelled (answered elsewhere). One at a time. Empty: nobody can be asked.
  std::function<Task<std::optional<std::string>>(Loop& loop, Prompt prompt, CancelPtr cancel)>
      prompt;
  /// A line a recipe wrote with log() or print().
  std::function<void(const std::string& step, const std::string& line)> log;
  /// At the first request that is not a replay, before it acts (resumes only): drift and what is
  /// kept.
  struct Resume {
    std::vector<std::string> kept, changed_steps, changed_inputs, changed_files;
    std::string next;                    ///< what is attempted now
    std::vector<std::string> expected;   ///< what came after it in the recipe's last finished run
    std::vector<std::string> open = {};  ///< calls whose end is not recorded
  };
  std::function<void(const Resume& resume)> resume;
  /// A child is about to get the terminal to itself (true), or gave it back.
  std::function<void(bool taken)> terminal_taken;
};

struct RunReport {
  std::string run;
  RunPhase phase =
      RunPhase::running;  ///< `running` if the session never started (lock held, header invalid …)
  int exit = 0;           ///< design §9
  std::optional<Error> error;  ///< what ended it, if not ok
};

/// Never throws: every failure is in the report. Uses and closes its own journal on `store`.
RunReport drive(Clock& clock, Store& store, const std::vector<Module>& modules, RunOptions options,
                RunListener listener, JournalHooks hooks = {},
                Journal::Writer writer = Journal::Writer::thread);

}  // namespace runbook
