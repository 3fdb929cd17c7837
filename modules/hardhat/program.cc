#include "modules/hardhat/program.h"

#include <fmt/core.h>

#include <map>

#include "modules/hardhat/diagnosis.h"

namespace runbook::hardhat {

const Option kCwdOption{.name = "cwd",
                        .type = Type::path,
                        .help = "the folder of hardhat.config; default: the project root"};
const Option kNetworkOption{.name = "network",
                            .type = Type::string,
                            .help = "a network of hardhat.config; default: the one it declares"};
const Option kConfigOption{
    .name = "config", .type = Type::path, .help = "another configuration file than hardhat.config"};
const Option kEnvOption{.name = "env",
                        .type = Type::table,
                        .help =
                            "variables that hardhat.config and the scripts read, secrets too; "
                            "false removes one. They win over a .env file"};
const Option kTimeoutOption{
    .name = "timeout",
    .type = Type::duration,
    .help = "after it: SIGINT, 10s, SIGTERM, 10s, SIGKILL to the whole group"};

namespace {

// CI and the first variable keep Hardhat from asking; the last from colouring what is logged.
const std::vector<std::pair<std::string, std::string>> kOurs{
    {"HARDHAT_DISABLE_TELEMETRY_PROMPT", "true"}, {"CI", "1"}, {"NO_COLOR", "1"}};
// What would change the network or the configuration behind the recipe's back.
const std::vector<std::string> kTaken{"DOTENV_CONFIG_PATH", "HARDHAT_NETWORK", "HARDHAT_CONFIG",
                                      "FORCE_COLOR"};

std::string value_text(const std::string& name, const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number() || value.is_boolean()) {
    return value.dump();
  }
  refuse(Code::option_invalid,
         fmt::format("env: {} is neither text nor a number; false removes it", name));
}

void refuse_dotenv(const std::string& name) {
  if (name == "DOTENV_CONFIG_PATH") {
    refuse(Code::option_invalid,
           "env: DOTENV_CONFIG_PATH is read too late: a configuration imports its accounts before "
           "it loads that file",
           "pass the variables themselves: env = { DEPLOYER_KEY = p.key }");
  }
}

Error diagnose_task(Call& call, const std::string& task, const tool::Failure& failure) {
  return diagnose({.task = task,
                   .network = call.text_or("network", ""),
                   .cwd = project_of(call).string(),
                   .out = failure.out,
                   .err = failure.err,
                   .exit = failure.exit});
}

}  // namespace

std::filesystem::path project_of(Call& call) {
  return call.text_or("cwd", call.host().root.string());
}

std::string hardhat_of(Call& call) {
  // Hardhat looks for its configuration upwards, and npm may have put the program there too.
  const std::filesystem::path project = project_of(call);
  for (std::filesystem::path folder = project;; folder = folder.parent_path()) {
    const std::filesystem::path program = folder / "node_modules/.bin/hardhat";
    if (std::filesystem::exists(program)) {
      return program.string();
    }
    if (folder == folder.parent_path()) {
      refuse(Code::hardhat_missing,
             fmt::format("{} has no node_modules/.bin/hardhat", project.string()),
             fmt::format("npm install --prefix {}", project.string()));
    }
  }
}

void set_environment(Call& call, ProcessSpec& spec) {
  std::map<std::string, std::string> variables(kOurs.begin(), kOurs.end());
  spec.unset = kTaken;
  const Json environment = call.options().value("env", Json::object());
  for (const auto& [name, value] : environment.items()) {
    refuse_dotenv(name);
    if (value == Json(false)) {
      variables.erase(name);
      spec.unset.push_back(name);
    } else {
      variables[name] = value_text(name, value);
    }
  }
  std::erase_if(spec.unset, [&](const std::string& name) { return variables.count(name) > 0; });
  spec.env.assign(variables.begin(), variables.end());
}

Task<Ran> run_program(Call& call, Program program) {
  const tool::Tool hardhat{
      .program = {.name = "hardhat", .install = "npm install --save-dev hardhat@2"},
      .diagnose = [&](const tool::Failure& failure) {
        return diagnose_task(call, program.name, failure);
      }};
  ProcessSpec environment;
  set_environment(call, environment);
  environment.env.insert(environment.env.end(), program.env.begin(), program.env.end());
  tool::Command command{.arguments = {program.argv.begin() + 1, program.argv.end()},
                        .name = program.name,
                        .program = program.argv.front(),
                        .env = environment.env,
                        .unset = environment.unset,
                        .cwd = project_of(call),
                        .timeout = call.duration_or("timeout", std::chrono::milliseconds{0}),
                        .logged = program.is_logged ? tool::Logged::all : tool::Logged::nothing};
  std::string asked;  // from the line with a question on, with the codes of a terminal
  command.on_line = [&asked](Stream stream, std::string_view line) {
    if (stream == Stream::out && (!asked.empty() || begins_question(line))) {
      asked += std::string(line) + "\n";
    }
  };
  Ran ran = co_await tool::run(call, hardhat, std::move(command));
  if (const auto question = asked_question(asked)) {
    throw Error(Code::hardhat_prompted,
                fmt::format("hardhat {} asked, and did nothing: {}", program.name, *question), {},
                {{"command", program.argv}})
        .with_effect(EffectDone::none);
  }
  co_return ran;
}

Task<Ran> run_task(Call& call, std::vector<std::string> task) {
  std::vector<std::string> argv{hardhat_of(call)};
  for (const char* option : {"network", "config"}) {
    if (call.has(option)) {
      argv.push_back(std::string("--") + option);
      argv.push_back(call.text(option));
    }
  }
  argv.insert(argv.end(), task.begin(), task.end());
  Program program{.argv = std::move(argv), .name = task.front()};
  co_return co_await run_program(call, std::move(program));
}

}  // namespace runbook::hardhat
