#include "engine/cli/session.h"

#include <algorithm>
#include <array>

#include "engine/base/duration.h"
#include "engine/base/error.h"
#include "engine/base/secret.h"
#include "engine/cli/session_screen.h"
#include "engine/cli/terminal.h"
#include "engine/lua/module.h"
#include "engine/recipe/runner.h"
#include "engine/view/github_command.h"

namespace runbook {

namespace {

// What a person would be asked for, given beforehand; and where they want to be asked.
void read_answers(const Arguments& arguments, RunOptions& options) {
  options.approve = arguments.all("approve");
  options.answers = arguments.all("answer");
  for (const std::string& answer : options.answers) {
    const std::size_t dot = answer.find('.');
    if (dot == 0 || dot == std::string::npos || answer.find('=', dot) == std::string::npos) {
      throw Error(Code::usage, "--answer is written STEP.FIELD=VALUE");
    }
  }
  options.confirm_steps = arguments.has("step");
  if (options.confirm_steps && !can_ask(arguments)) {
    throw Error(Code::usage, "--step asks before each step, and nobody can be asked here",
                "leave it out, or run the command on a terminal");
  }
  if (arguments.has("until")) {
    options.until = arguments.text("until");
  }
}

}  // namespace

std::vector<CommandParameter> session_parameters() {
  using enum CommandParameter::Count;
  return {{"-p,--param", "NAME=VALUE", "a parameter of the recipe", many},
          {"-P,--params-file", "FILE", "parameters from a YAML or JSON file", many},
          kStateParameter,
          {"-o,--output", "FORMAT", "auto, tree, plain, github, json (one event a line) or quiet",
           optional, "auto tree plain github json quiet"},
          {"--color", "WHEN", "auto (on a screen), always or never", optional, "auto always never"},
          {"--no-input", "", "never ask: fail and say which flag answers", optional},
          {"--approve", "STEP", "approve this gate when it is reached", many},
          {"--answer", "STEP.FIELD=VALUE", "answer this field of an ask or manual step", many},
          {"--step", "", "ask before each step", optional},
          {"--until", "STEP", "stop after this step; state is saved", optional},
          {"--timeout", "DURATION", "stop the session after this time (exit 124); state is saved",
           optional},
          {"--grace", "DURATION", "how long once calls may finish when a sibling fails", optional},
          {"--cancel-on-failure", "", "end a run that failed for good: its finally steps run",
           optional},
          {"--rerun", "STEP", "forget this step's result and run it again", many},
          {"--accept-new", "", "run steps that look renamed as new ones", optional}};
}

std::vector<CommandParameter> ending_parameters() {
  static constexpr std::array<std::string_view, 7> kOfUse{
      "-p,--param", "-P,--params-file", "--state",  "-o,--output",
      "--color",    "--no-input",       "--timeout"};
  std::vector<CommandParameter> parameters = session_parameters();
  std::erase_if(parameters, [](const CommandParameter& parameter) {
    return std::ranges::find(kOfUse, parameter.name) == kOfUse.end();
  });
  return parameters;
}

RunOptions session_options(const Arguments& arguments, const Project& project) {
  RunOptions options;
  options.state_folder = project.state;
  options.root = project.root;
  options.parameters = arguments.all("param");
  for (const std::string& file : arguments.all("params-file")) {
    options.parameter_files.push_back(std::filesystem::absolute(file));
  }
  options.rerun = arguments.all("rerun");
  options.accept_new = arguments.has("accept-new");
  options.cancel_on_failure = arguments.has("cancel-on-failure");
  read_answers(arguments, options);
  if (arguments.has("timeout")) {
    options.timeout = parse_duration(arguments.text("timeout"));
  }
  if (arguments.has("grace")) {
    options.grace = parse_duration(arguments.text("grace"));
  }
  return options;
}

int drive_session(Context& context, const Project& project, Store& store, RunOptions options) {
  const OutputFormat format = output_format(context.arguments, true);
  const auto redactor = std::make_shared<Redactor>();
  context.out.redact_with(redactor, format == OutputFormat::json ? TextStream::Reader::program
                                                                 : TextStream::Reader::person);
  context.err.redact_with(redactor);
  if (format == OutputFormat::github && in_github()) {
    redactor->tell(
        [&context](std::string_view value) { context.err.write_unmasked(github_mask(value)); });
  }
  SessionScreen screen(format, {context.out, context.err, log_files(project),
                                screen_style(context.arguments, format), context.state_option,
                                github_summary_file()});
  const std::vector<Module> modules = context.modules();
  const RunReport report = drive(context.clock, store, modules, std::move(options),
                                 screen.listener(redactor, can_ask(context.arguments)));
  screen.end({report.phase, report.exit, report.error});
  return report.exit;
}

}  // namespace runbook
