// runbook logs [-f] [RUN] [STEP]: what the commands of steps printed.

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/log_follower.h"
#include "engine/cli/named_step.h"
#include "engine/cli/run_facts.h"
#include "engine/journal/journal.h"
#include "engine/step/step_log.h"

namespace runbook {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kLookEvery{100};

fs::path log_of(const fs::path& logs, const RunState& state, const StepState& step,
                std::uint32_t attempt) {
  return logs / step_log_name(state.step_index.at(step.path) + 1, step.path, attempt);
}

std::uint32_t wanted_attempt(const Arguments& arguments, const StepState& step) {
  if (!arguments.has("attempt")) {
    return step.attempts;
  }
  const std::string& text = arguments.text("attempt");
  const unsigned long attempt = std::strtoul(text.c_str(), nullptr, 10);
  if (attempt == 0 || attempt > step.attempts) {
    throw Error(Code::usage,
                fmt::format("{} has {} {}, and no attempt \"{}\"", step.path, step.attempts,
                            step.attempts == 1 ? "attempt" : "attempts", text));
  }
  return static_cast<std::uint32_t>(attempt);
}

/// The log of the newest attempt of each step that wrote one.
void print_all(Context& context, const fs::path& logs, const RunState& state,
               const std::vector<const StepState*>& steps) {
  bool printed = false;
  for (const StepState* step : steps) {
    const fs::path file = log_of(logs, state, *step, step->attempts);
    if (fs::exists(file)) {
      printed = true;
      context.out.write(fmt::format("== {} (attempt {})\n", step->path, step->attempts));
      write_log(context.out, read_file(file));
    }
  }
  if (!printed) {
    context.err.write("no command of these steps has printed anything\n");
  }
}

void print_one(Context& context, const fs::path& logs, const RunState& state,
               const StepState& step) {
  const fs::path file = log_of(logs, state, step, wanted_attempt(context.arguments, step));
  if (fs::exists(file)) {
    write_log(context.out, read_file(file));
  } else {
    context.err.write(fmt::format("{} printed nothing in that attempt\n", step.path));
  }
}

/// --attempt N means one of a step's.
void refuse_attempt(const Arguments& arguments, const std::string& run, const std::string& step) {
  if (arguments.has("follow")) {
    throw Error(Code::usage,
                "--attempt prints one attempt, and --follow all that are still to come",
                "leave one of them out");
  }
  throw Error(Code::usage,
              step.empty()
                  ? "--attempt is of one step, and none is named"
                  : fmt::format("--attempt is of one step, and {} has several below it", step),
              fmt::format("runbook logs {} STEP --attempt {}", run, arguments.text("attempt")));
}

/// What was typed as run and step. `logs X`: a run if one is called so, else a step of the newest.
struct Meant {
  RunRow row;
  std::string step;
};

Meant meant(const Arguments& arguments, Store& store) {
  std::string run = arguments.has("run") ? arguments.text("run") : "";
  std::string step = arguments.has("step") ? arguments.text("step") : "";
  if (step.empty() && !run.empty() && !names_a_run(store, run)) {
    step.swap(run);
  }
  return {choose_run(store, run), step};
}

/// Until nobody drives the run any more. A step that was asked for may begin later.
int follow(Context& context, const Project& project, Store& store, const Meant& what) {
  const fs::path logs = run_folder(project, what.row.id) / "logs";
  LogFollower follower(store, what.row.id, logs, what.step, context.out);
  bool said = what.step.empty();
  for (;;) {
    // Asked before looking: what the driver wrote before it went is then there to be read.
    const bool driven = driver_of(project, what.row.id) != 0;
    follower.look();
    if (!driven || context.out.failure() != 0) {
      break;
    }
    if (!said && !follower.has_begun()) {
      context.err.write(fmt::format("{} has not begun yet\n", what.step));
      said = true;
    }
    std::this_thread::sleep_for(kLookEvery);
  }
  if (!what.step.empty() && !follower.has_begun()) {
    get_step(follower.state(), what.step);
  }
  return 0;
}

int logs(Context& context) {
  const Arguments& arguments = context.arguments;
  const Project project = existing_project(arguments);
  const std::unique_ptr<Store> store = open_sqlite_store(project.state, OpenMode::read_only);
  Meant what = meant(arguments, *store);
  const RunState state = read_run_state(*store, what.row.id);
  const fs::path folder = run_folder(project, what.row.id) / "logs";
  if (arguments.has("follow")) {
    if (arguments.has("attempt")) {
      refuse_attempt(arguments, what.row.id, what.step);
    }
    if (has_step_meant(state, what.step)) {
      if (const auto steps = steps_meant(state, what.step); steps.size() == 1) {
        what.step = steps.front()->path;
      }
    }
    return follow(context, project, *store, what);
  }
  std::vector<const StepState*> steps;
  if (what.step.empty()) {
    for (const StepState& step : state.steps) {
      steps.push_back(&step);
    }
  } else {
    steps = steps_meant(state, what.step);
  }
  if (!what.step.empty() && steps.size() == 1) {
    print_one(context, folder, state, *steps.front());
  } else if (arguments.has("attempt")) {
    refuse_attempt(arguments, what.row.id, what.step);
  } else {
    print_all(context, folder, state, steps);
  }
  return 0;
}

}  // namespace

Command logs_command() {
  using enum CommandParameter::Count;
  return {
      "Everyday",
      "logs",
      "what the commands of steps printed; on a terminal, and in a GitHub job, made harmless",
      {{"run", "RUN|STEP", "id or its beginning, @last, @failed (default: the newest)", optional},
       {"step", "", "path of a step, or of what it lies under (default: all)", optional},
       {"-f,--follow", "", "go on printing, attempt by attempt, while the run is driven", optional},
       {"--attempt", "N", "an earlier attempt of the step", optional},
       kStateParameter},
      logs};
}

}  // namespace runbook
