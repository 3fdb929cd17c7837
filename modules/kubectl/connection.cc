#include "modules/kubectl/connection.h"

#include <fmt/core.h>

#include <filesystem>

#include "modules/kubectl/diagnosis.h"
#include "modules/kubectl/kinds.h"
#include "modules/kubectl/words.h"

namespace runbook::kubectl {

const Option kObjectOption{.name = "object",
                           .type = Type::string,
                           .required = Required::yes,
                           .help = "kind and name: \"deployment/web\"",
                           .positional = true};
const Option kAllNamespacesOption{.name = "all_namespaces",
                                  .type = Type::boolean,
                                  .help = "of all namespaces, or of a kind that has none"};
const Option kSelectorOption{
    .name = "selector", .type = Type::string, .help = "labels: \"app=web,tier!=cache\""};
const Option kKubeconfigOption{
    .name = "kubeconfig",
    .type = Type::string,
    .help = "another file than $KUBECONFIG and ~/.kube/config, relative to the project root"};

namespace {

const Option kContextOption{.name = "context",
                            .type = Type::string,
                            .help = "a context of the kubeconfig; kubectl.cluster knows it"};
const Option kRequestTimeoutOption{.name = "request_timeout",
                                   .type = Type::duration,
                                   .help = "for one answer of the cluster",
                                   .fallback = "30s"};
const Option kNamespaceOption{
    .name = "namespace", .type = Type::string, .help = "kubectl.cluster may know it"};

std::string version_in(const std::string& out) {
  try {
    const Json version = Json::parse(out);
    return first_version(version.at("clientVersion").at("gitVersion").get<std::string>());
  } catch (const Json::exception&) {
    return "";  // what is no answer of kubectl has no version
  }
}

void add_kubeconfig(Call& call, tool::Command& command) {
  if (!call.has("kubeconfig")) {
    return;
  }
  const std::string file = call.text("kubeconfig");
  if (!std::filesystem::exists(call.host().root / file)) {  // kubectl takes it for an empty one
    refuse(Code::kubernetes_context, fmt::format("kubeconfig: there is no file {}", file),
           "its path is relative to the project root; ~ is not known");
  }
  command.env.emplace_back("KUBECONFIG", file);
}

std::vector<Option> join(std::vector<Option> first, const std::vector<Option>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

void append_context(const Call& call, const Request& request, std::vector<std::string>& arguments) {
  if (!call.has("context")) {
    refuse(
        Code::option_missing,
        fmt::format("kubectl {}: the recipe does not say of which cluster", request.name),
        "local cluster = kubectl.cluster { namespace = \"…\" } and cluster:…, or context = \"…\" "
        "(kubectl config get-contexts lists them)");
  }
  arguments.push_back(fmt::format("--context={}", call.text("context")));
}

void append_namespace(const Call& call, const Request& request,
                      std::vector<std::string>& arguments) {
  if (!request.is_namespaced) {
    return;
  }
  if (!call.has("namespace")) {
    refuse(Code::option_missing,
           fmt::format("kubectl {}: the recipe does not say in which namespace", request.name),
           "namespace = \"…\", here or in kubectl.cluster { }; all_namespaces = true for all, and "
           "for kinds that have none");
  }
  arguments.push_back(fmt::format("--namespace={}", call.text("namespace")));
}

}  // namespace

const tool::Tool& program() {
  static const tool::Tool kubectl{
      .program = {.name = "kubectl",
                  .version_arguments = {"version", "--client", "--output=json"},
                  .version_in = version_in,
                  .install = "https://kubernetes.io/docs/tasks/tools/",
                  .checks = {{.what = "context",
                              .arguments = {"config", "view", "--minify",
                                            "--output=jsonpath={.contexts[0].name} at "
                                            "{.clusters[0].cluster.server}",
                                            "--context={context}", "--kubeconfig={kubeconfig}"},
                              .hint =
                                  "kubectl config get-contexts lists them; name one in the recipe"},
                             {.what = "cluster",
                              .arguments = {"get", "--raw=/readyz", "--request-timeout=5s",
                                            "--context={context}", "--kubeconfig={kubeconfig}"},
                              .hint = "see whether the cluster runs, and the network: kubectl "
                                      "cluster-info"},
                             {.what = "login",
                              .arguments = {"auth", "whoami", "--request-timeout=5s",
                                            "--output=jsonpath={.status.userInfo.username}",
                                            "--context={context}", "--kubeconfig={kubeconfig}"},
                              .hint = "log in to the cluster again"}}},
      .diagnose = diagnose,
      .env = {{"KUBERC", "off"}},  // a user's own defaults for options
      .unset = {"KUBECTL_EXTERNAL_DIFF"}};
  return kubectl;
}

std::vector<Option> with_cluster(std::vector<Option> own) {
  return join(std::move(own), {kContextOption, kKubeconfigOption, kRequestTimeoutOption});
}

std::vector<Option> with_namespace(std::vector<Option> own) {
  own.push_back(kNamespaceOption);
  return with_cluster(std::move(own));
}

tool::Command command_of(Call& call, Request request) {
  std::vector<std::string> arguments;
  append_context(call, request, arguments);
  append_namespace(call, request, arguments);
  if (!request.lasts) {
    const auto timeout = call.duration_or("request_timeout", std::chrono::seconds{30});
    arguments.push_back(fmt::format("--request-timeout={}", go_duration(timeout)));
  }
  arguments.insert(arguments.end(), request.words.begin(), request.words.end());
  tool::Command command{.arguments = std::move(arguments), .name = std::move(request.name)};
  add_kubeconfig(call, command);
  return command;
}

tool::Command configuration_command(Call& call, std::vector<std::string> words) {
  tool::Command command{.arguments = std::move(words), .name = "config"};
  add_kubeconfig(call, command);
  return command;
}

Task<tool::Ran> run(Call& call, tool::Command command) {
  command.as_logged = without_objects;
  return tool::run(call, program(), std::move(command));
}

Task<Json> read_json(Call& call, tool::Command command) {
  tool::expect_json(command);
  const std::string name = "kubectl " + command.name;
  const tool::Ran ran = co_await run(call, std::move(command));
  co_return ran.out.empty() ? Json() : tool::json_in(ran, name);
}

std::string object_of(const Call& call) {
  const std::string object = call.text("object");
  refuse_option_like("object", object);
  const std::size_t slash = object.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == object.size()) {
    refuse(Code::option_invalid, fmt::format("object: \"{}\" is not a kind and a name", object),
           "such as \"deployment/web\"");
  }
  return object;
}

std::string kind_of(std::string_view object) {
  return std::string(object.substr(0, object.find('/')));
}

bool is_namespaced(const Call& call, std::string_view kind) {
  return !call.flag("all_namespaces") && !is_cluster_kind(kind);
}

void refuse_option_like(std::string_view option, std::string_view word) {
  if (word.empty() || word.starts_with('-')) {
    refuse(Code::option_invalid, fmt::format("{}: \"{}\" is empty or begins with -", option, word));
  }
}

std::string go_duration(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  return count % 1000 == 0 ? fmt::format("{}s", count / 1000) : fmt::format("{}ms", count);
}

std::vector<Code> with_errors(std::vector<Code> own) {
  for (const Code code : {Code::kubernetes_unreachable, Code::kubernetes_unauthorized,
                          Code::kubernetes_forbidden, Code::kubernetes_context, Code::tool_missing,
                          Code::tool_failed, Code::option_missing, Code::option_invalid}) {
    own.push_back(code);
  }
  return own;
}

}  // namespace runbook::kubectl
