// runbook mark RUN STEP done|failed: says by hand what happened to a step.

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/identity.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/named_step.h"
#include "engine/cli/state_folder.h"
#include "engine/journal/journal.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr std::size_t kResultLimit = std::size_t{1} << 20;

std::string actor() {
  return user_name() + "@" + host_name();
}

Json result_argument(const Arguments& arguments) {
  if (!arguments.has("result")) {
    return nullptr;
  }
  std::string text = arguments.text("result");
  if (text.starts_with('@')) {
    text = read_file(text.substr(1), kResultLimit);
  }
  if (text.size() > kResultLimit) {
    throw Error(Code::result_too_large, fmt::format("--result has {} bytes", text.size()));
  }
  Json result = Json::parse(text, nullptr, false);
  if (result.is_discarded()) {
    throw Error(Code::usage, "--result is not JSON", "quote strings twice: --result '\"text\"'");
  }
  return result;
}

/// step.marked, then the ends of the calls it settles. A call whose intent names a resource stays
/// open: only its primitive can tell what became of it (design §3.2).
std::vector<Event> events_for(const RunState& state, const StepState& step, State marked,
                              const Json& result, const std::string& reason) {
  const Error failure(Code::step_marked_failed, reason);
  const auto event_of = [&](Payload payload) {
    Event event;
    event.step = step.path;
    event.attempt = step.attempts;
    event.payload = std::move(payload);
    return event;
  };
  event::StepMarked mark;
  mark.state = marked;
  mark.value = RawJson::of(marked == State::ok ? result : failure.to_json());
  mark.reason = reason;
  mark.actor = actor();
  std::vector<Event> events = {event_of(mark)};
  for (const CallState* call : state.open_calls_of(step.path)) {
    if (!call->resource.empty()) {
      continue;
    }
    event::CallEnded ended;
    ended.call = call->begun;
    ended.settled = "mark";
    if (marked == State::ok) {
      ended.result = RawJson::of(nullptr);
    } else {
      ended.error = failure.to_json();
    }
    events.push_back(event_of(ended));
  }
  return events;
}

State marked_state(const std::string& text) {
  if (text == "done") {
    return State::ok;
  }
  if (text == "failed") {
    return State::failed;
  }
  throw Error(Code::usage, fmt::format("mark: a step is \"done\" or \"failed\", not \"{}\"", text));
}

void print_marked(Context& context, const RunState& state, const RunRow& row,
                  const std::string& path, const std::string& as) {
  context.err.write(fmt::format("Marked {} {}.\n", path, as));
  for (const CallState* call : state.open_calls_of(path)) {
    if (!call->resource.empty()) {
      context.err.write(fmt::format("Still open: {} uses up {}; the next session settles it.\n",
                                    call->primitive, call->resource));
    }
  }
  context.err.write(fmt::format("Next:  runbook resume {}\n", row.id));
}

int mark(Context& context) {
  const Arguments& arguments = context.arguments;
  const State marked = marked_state(arguments.text("as"));
  const Json result = result_argument(arguments);
  if (marked == State::failed && arguments.has("result")) {
    throw Error(Code::usage, "mark: a failed step has no --result");
  }
  const Project project = existing_project(arguments);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_write);
  const RunRow row = choose_run(*store, arguments.text("run"));
  const std::filesystem::path folder = run_folder(project, row.id);
  make_private_directory(folder);
  const FileLock lock = FileLock::try_acquire(
      folder / "lock", fmt::format("{}, pid {}, runbook mark", actor(), getpid()));
  if (!lock.held()) {
    throw Error(Code::run_locked, fmt::format("run {} is driven by {}", row.id, lock.holder()));
  }
  const RunState state = read_run_state(*store, row.id);
  if (state.finished) {
    throw Error(Code::run_finished,
                fmt::format("run {} has ended: {}", row.id, phase_name(state.phase)));
  }
  const StepState& step = get_step(state, arguments.text("step"));
  append_directly(*store, row.id, context.clock,
                  events_for(state, step, marked, result, arguments.text("reason")));
  print_marked(context, state, row, step.path, arguments.text("as"));
  return 0;
}

}  // namespace

Command mark_command() {
  using enum CommandParameter::Count;
  return {"Repair",
          "mark",
          "say by hand that a step is done or failed",
          {{"run", "", "id or its beginning, @last, @failed", required},
           {"step", "", "path of the step", required},
           {"as", "", "done or failed", required},
           {"--reason", "TEXT", "why: kept in the journal", required},
           {"--result", "JSON|@FILE", "done: the result that the next lines will read", optional},
           kStateParameter},
          mark};
}

}  // namespace runbook
