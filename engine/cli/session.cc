#include "engine/cli/session.h"

#include "engine/base/duration.h"
#include "engine/base/secret.h"
#include "engine/cli/terminal.h"
#include "engine/lua/module.h"
#include "engine/recipe/runner.h"

namespace runbook {

namespace {

std::unique_ptr<View> make_view(OutputFormat format, ViewOutput output) {
  switch (format) {
    case OutputFormat::json:
      return make_jsonl_view(std::move(output));
    case OutputFormat::quiet:
      return make_quiet_view(std::move(output));
    case OutputFormat::plain:
      break;
  }
  return make_plain_view(std::move(output));
}

RunListener listener_for(View& view, std::shared_ptr<Redactor> redactor) {
  RunListener listener;
  listener.redactor = std::move(redactor);
  listener.begun = [&view](const std::string& run) { view.begun(run); };
  listener.event = [&view](const Event& event, const RunState& state) { view.event(event, state); };
  listener.notice = [&view](const std::string& sentence) { view.notice(sentence); };
  listener.log = [&view](const std::string& step, const std::string& line) {
    view.log(step, line);
  };
  listener.resume = [&view](const RunListener::Resume& resume) {
    view.resume({resume.kept, resume.changed_steps, resume.changed_inputs, resume.changed_files,
                 resume.next});
  };
  return listener;
}

}  // namespace

std::vector<CommandParameter> session_parameters() {
  using enum CommandParameter::Count;
  return {{"-p,--param", "NAME=VALUE", "a parameter of the recipe", many},
          {"-P,--params-file", "FILE", "parameters from a YAML or JSON file", many},
          kStateParameter,
          {"-o,--output", "FORMAT", "auto, plain, json (one event a line) or quiet", optional},
          {"--no-input", "", "never ask: fail and say which flag answers", optional},
          {"--timeout", "DURATION", "stop the session after this time (exit 124); state is saved",
           optional},
          {"--grace", "DURATION", "how long once calls may finish when a sibling fails", optional},
          {"--rerun", "STEP", "forget this step's result and run it again", many},
          {"--accept-new", "", "run steps that look renamed as new ones", optional}};
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
  const std::unique_ptr<View> view =
      make_view(format, {context.out, context.err, log_files(project)});
  const std::vector<Module> modules = context.modules();
  const RunReport report =
      drive(context.clock, store, modules, std::move(options), listener_for(*view, redactor));
  view->end({report.phase, report.exit, report.error});
  return report.exit;
}

}  // namespace runbook
