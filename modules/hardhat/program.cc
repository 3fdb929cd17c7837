#include "modules/hardhat/program.h"

#include <fmt/core.h>
#include <string.h>

#include <map>

#include "engine/io/line_splitter.h"
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

constexpr std::size_t kTextKept = std::size_t{1} << 20;

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

/// The log of a call. A line so long that it comes in pieces is left out: a secret could be cut in
/// two by them, and the redactor knows neither half.
class TaskLog {
 public:
  explicit TaskLog(Call& call) : call_(call) {}
  void write(Stream stream, std::string_view line) {
    bool& in_pieces = stream == Stream::out ? out_in_pieces_ : err_in_pieces_;
    const bool is_piece = line.size() == LineSplitter::kLongestPiece;
    if (is_piece || in_pieces) {
      in_pieces = is_piece;
      call_.log(stream, is_piece ? "" : "(a line of more than 1 MiB)");
      return;
    }
    call_.log(stream, plain_text(std::string(line)));
  }

 private:
  Call& call_;
  bool out_in_pieces_ = false, err_in_pieces_ = false;
};

// As a command of modules/process: one that exits before any signal of ours has ended.
void judge(Call& call, const ProcessResult& result, const Program& program) {
  const std::string name = "hardhat " + program.name;
  if (result.timed_out && result.exit != 0) {
    throw Error(Code::process_timed_out, fmt::format("{} did not finish in time", name))
        .with_transient();
  }
  if (result.cancelled && result.signalled && result.exit != 0) {
    throw Cancelled(call.cancel()->reason());
  }
  if (result.signal) {
    const char* signal = sigabbrev_np(*result.signal);
    throw Error(Code::process_signalled,
                fmt::format("{} was ended by SIG{}", name, signal == nullptr ? "?" : signal));
  }
  if (result.exit != 0) {
    throw diagnose({.task = program.name,
                    .network = call.text_or("network", ""),
                    .cwd = project_of(call).string(),
                    .out = result.out,
                    .err = result.err,
                    .exit = result.exit.value_or(-1)});
  }
  if (const auto question = asked_question(result.out)) {
    throw Error(Code::hardhat_prompted,
                fmt::format("{} asked, and did nothing: {}", name, *question), {},
                {{"command", program.argv}})
        .with_effect(EffectDone::none);
  }
}

std::string cut_text(const Call& call, const ProcessResult& result, const std::string& stream) {
  const std::size_t whole = result.truncated ? call.whole_length(stream) : stream.size();
  return plain_text(stream.substr(0, whole));
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

void refuse_secrets(const Call& call, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (call.holds_secret(argument)) {
      refuse(Code::secret_in_arguments, "an argument of hardhat holds the value of a secret",
             "pass it as a variable: env = { NAME = … }");
    }
  }
}

Task<Ran> run_program(Call& call, Program program) {
  refuse_secrets(call, program.argv);
  TaskLog log(call);
  ProcessSpec spec;
  spec.argv = program.argv;
  spec.cwd = project_of(call);
  spec.timeout = call.duration_or("timeout", std::chrono::milliseconds{0});
  spec.capture = kTextKept;
  set_environment(call, spec);
  spec.env.insert(spec.env.end(), program.env.begin(), program.env.end());
  if (program.is_logged) {
    spec.on_line = [&log](Stream stream, std::string_view line) { log.write(stream, line); };
  }
  const ProcessResult result = co_await call.host().processes.run(std::move(spec), call.cancel());
  judge(call, result, program);
  co_return Ran{cut_text(call, result, result.out), cut_text(call, result, result.err),
                result.duration};
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
