#include "modules/devspace/project.h"

#include <fmt/core.h>

#include "engine/base/shown_text.h"
#include "modules/devspace/diagnosis.h"

namespace runbook::devspace {

const Option kReadsOption{
    .name = "reads", .type = Type::boolean, .help = "it only looks: may run again at any time"};
const Option kIdempotentOption{
    .name = "idempotent", .type = Type::boolean, .help = "to run it again is the same as once"};
const Option kCheckOption{.name = "check",
                          .type = Type::boolean,
                          .help = "false: a status other than 0 is a result, not an error",
                          .fallback = true};

namespace {

const std::vector<Option>& shared_options() {
  static const std::vector<Option> shared{
      {.name = "context", .type = Type::string, .help = "context of the kubeconfig"},
      {.name = "namespace", .type = Type::string, .help = "namespace of the cluster"},
      {.name = "kubeconfig",
       .type = Type::string,
       .help = "another file than $KUBECONFIG and ~/.kube/config, relative to the project root"},
      {.name = "cwd",
       .type = Type::path,
       .help = "the folder of devspace.yaml; default: the project root"},
      {.name = "config", .type = Type::path, .help = "another file than devspace.yaml"},
      {.name = "profiles", .type = Type::strings, .help = "profiles of devspace.yaml, in order"},
      {.name = "vars",
       .type = Type::table,
       .help = "variables of devspace.yaml: a secret goes by the environment, so devspace.yaml may "
               "not give it a fixed value"},
      tool::kEnvOption,
      tool::kTimeoutOption};
  return shared;
}

/// How long kubectl may look: it would wait for ever for a server that takes the connection only.
constexpr std::chrono::milliseconds kLookTime{60'000};

/// Where devspace would take flags and a configuration from behind the recipe's back.
const std::vector<std::string> kUnset{"DEVSPACE_FLAGS",       "DEVSPACE_DEPLOY_FLAGS",
                                      "DEVSPACE_PURGE_FLAGS", "DEVSPACE_RUN_FLAGS",
                                      "DEVSPACE_ENTER_FLAGS", "DEVSPACE_RUN_PIPELINE_FLAGS",
                                      "DEVSPACE_CONFIG"};

/// A program with the flags that name the cluster, as a person types it.
std::string typed(const Call& call, const std::string& program, const char* context_flag) {
  std::string text = program;
  if (call.has("kubeconfig")) {
    text += " --kubeconfig " + shell_word(call.text("kubeconfig"));
  }
  if (call.has("context")) {
    text += fmt::format(" {} {}", context_flag, shell_word(call.text("context")));
  }
  return text;
}

Place place_of(const Call& call) {
  return {call.text_or("context", ""), call.text_or("namespace", ""),
          typed(call, "kubectl", "--context")};
}

/// A flag that devspace reads as a line of CSV.
std::string list_flag(const std::string& name, const std::string& value) {
  if (value.find_first_of(",\"\n") == std::string::npos) {
    return fmt::format("--{}={}", name, value);
  }
  std::string doubled;
  for (const char c : value) {
    doubled += c == '"' ? "\"\"" : std::string(1, c);
  }
  return fmt::format("--{}=\"{}\"", name, doubled);
}

std::string variable_value(const std::string& name, const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number() || value.is_boolean()) {
    return value.dump();
  }
  refuse(Code::option_invalid, fmt::format("vars: {} is neither text nor a number", name));
}

void add_variables(const Call& call, tool::Command& command) {
  const Json variables = call.options().value("vars", Json::object());
  for (const auto& [name, value] : variables.items()) {
    const std::string text = variable_value(name, value);
    if (call.holds_secret(text)) {
      command.env.emplace_back(name, text);
    } else {
      command.arguments.push_back(list_flag("var", name + "=" + text));
    }
  }
}

void add_kubeconfig(Call& call, tool::Command& command) {
  if (call.has("kubeconfig")) {
    command.env.emplace_back("KUBECONFIG", (call.host().root / call.text("kubeconfig")).string());
  }
}

tool::Tool kubectl_tool(const Call& call) {
  return {.program = {.name = "kubectl", .install = "https://kubernetes.io/docs/tasks/tools/"},
          .diagnose = [place = place_of(call)](const tool::Failure& failure) {
            return diagnose_kubectl(failure, place);
          }};
}

}  // namespace

const ToolProgram& program() {
  static const ToolProgram devspace{
      .name = "devspace",
      .version_arguments = {"--version"},
      .version_in = first_version,
      .install = "https://www.devspace.sh/docs/getting-started/installation"};
  return devspace;
}

std::vector<Option> project_options(std::vector<Option> own) {
  own.insert(own.end(), shared_options().begin(), shared_options().end());
  return own;
}

std::vector<Code> project_errors(std::vector<Code> own) {
  for (const Code code :
       {Code::devspace_config, Code::devspace_failed, Code::devspace_unknown,
        Code::devspace_variable, Code::kubernetes_unreachable, Code::kubernetes_unauthorized,
        Code::kubernetes_forbidden, Code::kubernetes_context, Code::tool_missing, Code::tool_failed,
        Code::process_timed_out, Code::secret_in_arguments, Code::option_missing,
        Code::option_invalid}) {
    own.push_back(code);
  }
  return own;
}

void require_cluster(const Call& call) {
  for (const char* name : {"context", "namespace"}) {
    if (!call.has(name)) {
      refuse(Code::option_missing, fmt::format("{} is missing", name),
             fmt::format("{} = \"…\", or once for all calls: devspace.project {{ context = \"…\", "
                         "namespace = \"…\" }}",
                         name));
    }
  }
}

// Each value in one word with its flag: `devspace run` looks for the word "run" itself.
tool::Command project_command(Call& call, std::vector<std::string> arguments) {
  tool::Command command{.name = arguments.front(),
                        .cwd = call.text_or("cwd", ""),
                        .timeout = call.duration_or("timeout", std::chrono::milliseconds{0})};
  command.arguments = {"--no-warn"};
  if (call.has("context")) {
    command.arguments.push_back("--kube-context=" + call.text("context"));
  }
  if (call.has("namespace")) {
    command.arguments.push_back("--namespace=" + call.text("namespace"));
  }
  for (const std::string& profile : call.options().value("profiles", std::vector<std::string>())) {
    command.arguments.push_back(list_flag("profile", profile));
  }
  add_variables(call, command);
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  add_kubeconfig(call, command);
  if (call.has("config")) {
    command.env.emplace_back("DEVSPACE_CONFIG", call.text("config"));
  }
  tool::add_environment(call, command);
  return command;
}

tool::Tool project_tool(Call& call) {
  return {.program = program(),
          .diagnose = [place = place_of(call)](
                          const tool::Failure& failure) { return diagnose(failure, place); },
          .env = {{"DEVSPACE_SKIP_VERSION_CHECK", "true"}},
          .unset = kUnset};
}

Task<tool::Ran> run_devspace(Call& call, std::vector<std::string> arguments) {
  const tool::Tool devspace = project_tool(call);
  tool::Command command = project_command(call, std::move(arguments));
  co_return co_await tool::run(call, devspace, std::move(command));
}

Task<tool::Ran> ask_devspace(Call& call, std::vector<std::string> arguments) {
  const tool::Tool devspace = project_tool(call);
  tool::Command command = project_command(call, std::move(arguments));
  command.logged = tool::Logged::nothing;
  co_return co_await tool::run(call, devspace, std::move(command));
}

Task<tool::Ran> ask_kubectl(Call& call, std::vector<std::string> arguments) {
  const tool::Tool kubectl = kubectl_tool(call);
  tool::Command command{.name = arguments.front(),
                        .timeout = call.duration_or("timeout", kLookTime),
                        .logged = tool::Logged::nothing,
                        .capture = std::size_t{16} << 20};
  if (call.has("context")) {
    command.arguments.push_back("--context=" + call.text("context"));
  }
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  add_kubeconfig(call, command);
  tool::add_environment(call, command);
  co_return co_await tool::run(call, kubectl, std::move(command));
}

std::string typed_kubectl(const Call& call, const std::string& space) {
  return fmt::format("{} -n {}", typed(call, "kubectl", "--context"), shell_word(space));
}

std::string typed_helm(const Call& call, const std::string& space) {
  return fmt::format("{} -n {}", typed(call, "helm", "--kube-context"), shell_word(space));
}

}  // namespace runbook::devspace
