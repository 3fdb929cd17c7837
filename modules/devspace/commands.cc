// Programs that devspace runs for the recipe: a command of devspace.yaml, and one in a container.
// Their exit status passes through devspace.

#include <fmt/core.h>

#include "modules/devspace/diagnosis.h"
#include "modules/devspace/functions.h"
#include "modules/devspace/output.h"
#include "modules/devspace/project.h"

namespace runbook::devspace {

namespace {

Effect effect_of_command(const Json& options) {
  if (options.value("reads", false)) {
    return Effect::read;
  }
  return options.value("idempotent", false) ? Effect::idempotent : Effect::once;
}

std::vector<int> every_status() {
  std::vector<int> all;
  for (int status = 0; status <= 255; ++status) {
    all.push_back(status);
  }
  return all;
}

/// A status other than 0 is devspace's failure if it said `fatal`, else the program's answer.
Task<Json> pass_through(Call& call, std::vector<std::string> arguments, std::string name) {
  const tool::Tool devspace = project_tool(call);
  tool::Command command = project_command(call, std::move(arguments));
  command.name = name;
  command.accepted = every_status();
  command.logged = call.keeps() ? tool::Logged::nothing : tool::Logged::all;
  const tool::Ran ran = co_await tool::run(call, devspace, std::move(command));
  if (ran.exit != 0 && (call.flag("check") || is_fatal(ran.err))) {
    throw devspace.diagnose({.command = "devspace " + name,
                             .out = call.keeps() ? "" : ran.out,  // what is kept is a secret
                             .err = ran.err,
                             .exit = ran.exit});
  }
  co_return Json{{"code", ran.exit},
                 {"stdout", without_greeting(ran.out)},
                 {"stderr", ran.err},
                 {"ms", ran.duration.count()}};
}

void append_words(std::vector<std::string>& arguments, const Call& call, const char* option) {
  const auto words = call.options().value(option, std::vector<std::string>());
  arguments.insert(arguments.end(), words.begin(), words.end());
}

Task<Json> run_command(Call& call) {
  require_cluster(call);
  const std::string name = call.text("command");
  std::vector<std::string> arguments{"run", name};
  append_words(arguments, call, "args");
  co_return co_await pass_through(call, std::move(arguments), "run " + name);
}

// Without --pick=false devspace would ask which of several pods.
Task<Json> enter_container(Call& call) {
  require_cluster(call);
  std::vector<std::string> arguments{"enter", "--pick=false"};
  for (const auto& [option, flag] :
       {std::pair{"selector", "label-selector"}, std::pair{"image", "image-selector"},
        std::pair{"pod", "pod"}, std::pair{"container", "container"},
        std::pair{"workdir", "workdir"}}) {
    if (call.has(option)) {
      arguments.push_back(fmt::format("--{}={}", flag, call.text(option)));
    }
  }
  if (call.flag("wait")) {
    arguments.emplace_back("--wait");
  }
  arguments.emplace_back("--");
  append_words(arguments, call, "argv");
  co_return co_await pass_through(call, std::move(arguments), "enter");
}

constexpr std::string_view kReturns =
    "{ code, stdout, stderr, ms }: the program's exit status and its streams (the first MiB of "
    "each), without what devspace said before it ran it";

Function run_function() {
  return {.name = "run",
          .effect = Effect::once,
          .effect_of = effect_of_command,
          .summary = "Runs a command of devspace.yaml.",
          .options = project_options({{.name = "command",
                                       .type = Type::string,
                                       .required = Required::yes,
                                       .help = "its name under commands:",
                                       .positional = true},
                                      {.name = "args",
                                       .type = Type::strings,
                                       .help = "its arguments: ${1}, ${2} … of the command"},
                                      kReadsOption,
                                      kIdempotentOption,
                                      kCheckOption,
                                      kKeepOption}),
          .returns = kReturns,
          .errors = project_errors({Code::process_signalled}),
          .example =
              "local devspace = require \"devspace\"\n"
              "local project = devspace.project {\n"
              "  cwd = \"crib\", context = \"staging\", namespace = \"crib-a\" }\n"
              "step(\"live for a week\", function()\n"
              "  return project:run { \"ttl\", args = { \"crib-a\", \"7d\" }, idempotent = true "
              "}.code\n"
              "end)",
          .run = run_command};
}

Function enter_function() {
  return {.name = "enter",
          .effect = Effect::once,
          .effect_of = effect_of_command,
          .summary = "Runs a program in a container of the project.",
          .options = project_options(
              {{.name = "argv",
                .type = Type::strings,
                .required = Required::yes,
                .help = "the program and its arguments",
                .rest = true},
               {.name = "selector", .type = Type::string, .help = "labels of the pod: \"app=web\""},
               {.name = "image",
                .type = Type::string,
                .help = "or its image: \"nginx\", \"image(app)\""},
               {.name = "pod", .type = Type::string, .help = "or its name"},
               {.name = "container", .type = Type::string, .help = "of several of the pod"},
               {.name = "workdir", .type = Type::string, .help = "working directory in it"},
               {.name = "wait", .type = Type::boolean, .help = "until the pod runs"},
               kReadsOption,
               kIdempotentOption,
               kCheckOption,
               kKeepOption}),
          .returns = kReturns,
          .errors = project_errors({Code::process_signalled}),
          .example =
              "local devspace = require \"devspace\"\n"
              "local project = devspace.project {\n"
              "  cwd = \"crib\", context = \"staging\", namespace = \"crib-a\" }\n"
              "local release = step(\"read the release\", function()\n"
              "  return project:enter { \"cat\", \"/etc/os-release\", selector = \"app=web\",\n"
              "    reads = true }.stdout\n"
              "end)",
          .run = enter_container};
}

}  // namespace

std::vector<Function> command_functions() {
  return {run_function(), enter_function()};
}

}  // namespace runbook::devspace
