// runbook rewind RUN --to STEP: forgets the results from a step on, so that the next resume does
// them again. Lists what will happen twice, and asks.

#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/command_text.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/identity.h"
#include "engine/base/path.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/confirmation.h"
#include "engine/cli/secret_names.h"
#include "engine/cli/state_folder.h"
#include "engine/journal/journal.h"
#include "engine/journal/next_action.h"
#include "engine/journal/undo_order.h"
#include "engine/recipe/typed_secrets.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

FileLock hold_run(const Project& project, const std::string& run) {
  const std::filesystem::path folder = run_folder(project, run);
  make_private_directory(folder);
  FileLock lock = FileLock::try_acquire(
      folder / "lock", fmt::format("{}, pid {}, runbook rewind", actor_name(), ::getpid()));
  if (!lock.held()) {
    throw Error(Code::run_locked, fmt::format("run {} is driven by {}", run, lock.holder()),
                "stop it first: Ctrl-C there, and wait for its end");
  }
  return lock;
}

void refuse_ended(const RunState& state, const std::string& run) {
  if (state.finished) {
    throw Error(Code::run_finished,
                fmt::format("run {} has ended: {}", run, phase_name(state.phase)));
  }
  if (state.cancel) {
    throw Error(Code::run_finished,
                fmt::format("run {} was cancelled by {}", run, state.cancel->actor),
                fmt::format("runbook resume {} ends it", run));
  }
  if (undo_has_begun(state)) {
    throw Error(Code::undo_begun, fmt::format("an undo of run {} has begun", run));
  }
}

/// Whether it happened must be known before it may happen again.
void refuse_open(const std::vector<const CallState*>& calls, const std::string& run) {
  for (const CallState* call : calls) {
    if (call->end != CallState::End::open) {
      continue;
    }
    throw Error(
        Code::outcome_unknown,
        fmt::format("nobody knows whether {} of {} (attempt {}) happened, and it would be made "
                    "again",
                    call->primitive, call->step, call->attempt),
        call->resource.empty()
            ? command_text("mark", {run, call->step, "done"}, "--reason '...'") + "   (or failed)"
            : fmt::format("runbook resume {} finds out", run));
  }
}

std::string plan_text(const RunState& state, const std::string& to,
                      const std::vector<std::string>& forgotten,
                      const std::vector<const CallState*>& calls) {
  std::string text;
  std::size_t count = 0;
  for (const std::string& path : forgotten) {
    const bool above = path != to && is_under(to, path);
    if (state.find_step(path) == nullptr || above) {
      continue;
    }
    ++count;
    text += fmt::format("  {}\n", path);
  }
  text = fmt::format("Forgotten, with answers and recorded values ({} {}):\n", count,
                     count == 1 ? "step" : "steps") +
         text;
  if (calls.empty()) {
    return text + "No effect that must happen once is among them.\n";
  }
  text += "These effects happened, and will happen again:\n";
  for (const CallState* call : calls) {
    text += fmt::format("  {}  {}  {}\n      {}\n", call->step, call->primitive,
                        date_and_time(call->begun_time), one_line(call->arguments.dump()));
  }
  return text;
}

/// The reason as it is recorded: it may hold a secret of the run.
std::string reason_typed(const Context& context, const Project& project, const std::string& run,
                         const RunState& state) {
  if (!context.arguments.has("reason")) {
    return {};
  }
  const std::string reason = context.arguments.text("reason");
  Redactor redactor;
  SecretVault vault(run, redactor);
  add_kept_secrets(vault, run_folder(project, run));
  recognise_secrets(vault, state, reason);
  return vault.conceal(reason);
}

int rewind(Context& context) {
  const Arguments& arguments = context.arguments;
  const Project project = existing_project(arguments);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_write);
  const RunRow row = choose_run(*store, arguments.text("run"));
  const FileLock lock = hold_run(project, row.id);
  const RunState state = read_run_state(*store, row.id);
  refuse_ended(state, row.id);
  event::RunRewound rewound;
  rewound.kind = "rewind";
  rewound.to = arguments.text("to");
  rewound.reason = reason_typed(context, project, row.id, state);
  rewound.actor = actor_name();
  rewound.forgotten = forgotten_by_rewind(state, rewound.to);
  const auto calls = calls_made_again(state, rewound.to, rewound.forgotten);
  refuse_open(calls, row.id);
  show_secret_names(context, project, row.id, state);
  context.err.write(plan_text(state, rewound.to, rewound.forgotten, calls));
  if (!is_confirmed(context, "Rewind?")) {
    context.err.write("Nothing was changed.\n");
    return kNotConfirmed;
  }
  const std::string to = rewound.to;
  Event event;
  event.payload = std::move(rewound);
  append_directly(*store, row.id, context.clock, {event});
  context.err.write(
      fmt::format("Rewound to {}.\n{}\n", to,
                  context.state_option.put_into(fmt::format("Next:  runbook resume {}", row.id))));
  return 0;
}

}  // namespace

Command rewind_command() {
  using enum CommandParameter::Count;
  return {"Repair",
          "rewind",
          "forget results from a step on: the next resume does them again",
          {{"run", "", "id or its beginning, @last, @failed", required},
           {"--to", "STEP", "the first step to do again: path of a step, group or each", required},
           {"--reason", "TEXT", "why: kept in the journal", optional},
           kYesParameter,
           {"--no-input", "", "never ask: fail and say which flag answers", optional},
           kStateParameter},
          rewind};
}

}  // namespace runbook
