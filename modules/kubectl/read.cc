// Objects of the cluster, without their secrets.

#include <fmt/core.h>

#include "modules/kubectl/connection.h"
#include "modules/kubectl/functions.h"
#include "modules/kubectl/redaction.h"

namespace runbook::kubectl {

namespace {

const Option kKeepValueOption{
    .name = "keep",
    .type = Type::data,
    .help =
        "{ name = \"/data/password\" }: this value, of a Secret decoded, becomes the secret "
        "`name` and stands in the result; in a list \"name *\" and \"/*/data/password\""};

Json pointers_of(const Call& call) {
  if (!call.keeps()) {
    return Json::object();
  }
  const Json& keep = call.options().at("keep");
  if (!keep.is_object()) {
    refuse(Code::option_invalid, "keep: which value of the object becomes a secret is not said",
           "keep = { password = \"/data/password\" }");
  }
  return keep;
}

Task<Json> get(Call& call) {
  const std::string object = object_of(call);
  const Json keep = pointers_of(call);
  tool::Command command =
      command_of(call, {.name = "get",
                        .words = {"get", object, "--output=json", "--ignore-not-found"},
                        .is_namespaced = is_namespaced(call, kind_of(object))});
  const Json found = co_await read_json(call, std::move(command));
  if (found.is_null() && call.keeps()) {
    refuse(Code::kubernetes_not_found, fmt::format("kubectl get: there is no {} to keep", object));
  }
  co_return found.is_null() ? found : redacted_but(found, keep);
}

Task<Json> list(Call& call) {
  const std::string kind = call.text("kind");
  const Json keep = pointers_of(call);
  refuse_option_like("kind", kind);
  std::vector<std::string> words{"get", kind, "--output=json"};
  if (call.flag("all_namespaces")) {
    words.emplace_back("--all-namespaces");
  }
  for (const auto& [option, argument] :
       {std::pair{"selector", "--selector="}, std::pair{"field_selector", "--field-selector="}}) {
    if (call.has(option)) {
      words.push_back(argument + call.text(option));
    }
  }
  tool::Command command = command_of(
      call, {.name = "get", .words = std::move(words), .is_namespaced = is_namespaced(call, kind)});
  const Json found = co_await read_json(call, std::move(command));
  if (!found.is_object() || !found.contains("items")) {
    refuse(Code::option_invalid, fmt::format("kind: \"{}\" is not a kind of objects", kind),
           "kubectl.get has one of them");
  }
  co_return redacted_but(found.at("items"), keep);
}

Function get_function() {
  return {.name = "get",
          .effect = Effect::read,
          .summary =
              "Reads an object. Values of Secrets, and of ConfigMaps whose keys look like "
              "credentials, are \"(redacted)\" unless keep makes them secrets of the run.",
          .options = with_namespace({kObjectOption, kKeepValueOption}),
          .returns = "the object as the cluster has it, nil if it has none",
          .errors = with_errors(
              {Code::kubernetes_type_unknown, Code::kubernetes_not_found, Code::secret_missing}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "local login = step(\"read the login\", function()\n"
              "  local secret = cluster:get {  -- kubectl.get\n"
              "    \"secret/login\", keep = { password = \"/data/password\" } }\n"
              "  return secret and secret.data.password\n"
              "end)",
          .run = get};
}

Function list_function() {
  return {.name = "list",
          .effect = Effect::read,
          .summary = "Reads all objects of a kind, redacted as by get.",
          .options = with_namespace({{.name = "kind",
                                      .type = Type::string,
                                      .required = Required::yes,
                                      .help = "\"pods\", or several: \"deployments,services\"",
                                      .positional = true},
                                     kSelectorOption,
                                     {.name = "field_selector",
                                      .type = Type::string,
                                      .help = "fields: \"status.phase=Running\""},
                                     kAllNamespacesOption,
                                     kKeepValueOption}),
          .returns = "list of objects; empty if there is none",
          .errors = with_errors(
              {Code::kubernetes_type_unknown, Code::kubernetes_invalid, Code::secret_missing}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "local names = step(\"find the pods\", function()\n"
              "  local names = {}\n"
              "  for i, pod in ipairs(cluster:list { \"pods\", selector = \"app=web\" }) do\n"
              "    names[i] = pod.metadata.name  -- of kubectl.list\n"
              "  end\n"
              "  return names\n"
              "end)",
          .run = list};
}

}  // namespace

std::vector<Function> read_functions() {
  return {get_function(), list_function()};
}

}  // namespace runbook::kubectl
