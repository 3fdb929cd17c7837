// What devspace.yaml says after profiles and variables, and which cluster it acts on. Values whose
// names are those of secrets are not given back.

#include <algorithm>

#include "engine/base/secret_name.h"
#include "modules/devspace/functions.h"
#include "modules/devspace/output.h"
#include "modules/devspace/project.h"

namespace runbook::devspace {

namespace {

/// True of the value in { name = "DB_PASSWORD", value = … }, as containers and variables have it.
bool is_named_beside(const Json& object, const std::string& key) {
  const Json name = object.value("name", Json());
  return (key == "value" || key == "default") && name.is_string() &&
         names_secret(name.get_ref<const std::string&>());
}

/// Texts and numbers under the name of a secret, at any depth.
Json without_secrets(Json value, bool is_secret = false) {
  if (!value.is_structured()) {
    return is_secret ? Json("(redacted)") : value;
  }
  for (auto entry = value.begin(); entry != value.end(); ++entry) {
    const bool is_named =
        value.is_object() && (names_secret(entry.key()) || is_named_beside(value, entry.key()));
    *entry = without_secrets(std::move(*entry), is_secret || is_named);
  }
  return value;
}

Task<Json> list_vars(Call& call) {
  const tool::Tool devspace = project_tool(call);
  tool::Command command = project_command(call, {"list", "vars", "-o", "json"});
  command.name = "list vars";
  command.logged = tool::Logged::nothing;
  Json variables = co_await tool::run_json(call, devspace, std::move(command));
  co_return without_secrets(std::move(variables));
}

Task<Json> print(Call& call) {
  std::vector<std::string> arguments{"print"};
  const tool::Ran ran = co_await ask_devspace(call, std::move(arguments));
  co_return without_secrets(printed_config(ran.out));
}

Task<Json> list_deployments(Call& call) {
  require_cluster(call);
  std::vector<std::string> arguments{"list", "deployments"};
  const tool::Ran ran = co_await run_devspace(call, std::move(arguments));
  co_return table_rows(ran.out, "list deployments");
}

Task<Json> list_profiles(Call& call) {
  std::vector<std::string> arguments{"list", "profiles"};
  const tool::Ran ran = co_await run_devspace(call, std::move(arguments));
  co_return table_rows(ran.out, "list profiles");
}

/// What `config view --minify` has one of.
Json only_field(const Json& config, const char* list, const char* field) {
  const Json::json_pointer where = Json::json_pointer() / list / 0 / field;
  return config.contains(where) ? config.at(where) : Json::object();
}

// Of the kubeconfig alone: whether the cluster answers is found out by what needs it.
Task<Json> connect(Call& call) {
  std::vector<std::string> question{"config", "view", "--minify", "--output=json"};
  const tool::Ran ran = co_await ask_kubectl(call, std::move(question));
  const Json config = parse_json(ran.out, "what kubectl config view printed");
  const std::string server = only_field(config, "clusters", "cluster").value("server", "");
  if (server.empty()) {
    refuse(Code::kubernetes_context, "the context has no cluster with a server",
           "kubectl config view shows what it has");
  }
  const std::string own = only_field(config, "contexts", "context").value("namespace", "default");
  co_return Json{{"context", config.value("current-context", call.text_or("context", ""))},
                 {"server", server},
                 {"namespace", call.text_or("namespace", own)}};
}

Function connect_function() {
  return {.name = "connect",
          .effect = Effect::read,
          .summary =
              "Reads from the kubeconfig which cluster a context means; devspace.project "
              "records it as its target.",
          .options = project_options({}),
          .returns =
              "{ context, server, namespace }: the current context and the context's own "
              "namespace where none is given",
          .errors = {Code::kubernetes_context, Code::tool_missing, Code::tool_failed},
          .example =
              "local devspace = require \"devspace\"\n"
              "local server = step(\"where\", function()\n"
              "  return devspace.connect { context = \"staging\" }.server\n"
              "end)",
          .run = connect};
}

Function list_vars_function() {
  return {.name = "list_vars",
          .effect = Effect::read,
          .summary = "Reads the variables of devspace.yaml.",
          .options = project_options({}),
          .returns = "{ NAME = value }; \"(redacted)\" where the name is that of a secret",
          .errors = project_errors({Code::tool_output}),
          .example =
              "local devspace = require \"devspace\"\n"
              "local tag = step(\"look\", function()\n"
              "  return devspace.list_vars { cwd = \"crib\" }.IMAGE_TAG\n"
              "end)",
          .run = list_vars};
}

Function list_profiles_function() {
  return {.name = "list_profiles",
          .effect = Effect::read,
          .summary = "Reads the profiles of devspace.yaml.",
          .options = project_options({}),
          .returns = "list of { name, description }",
          .errors = project_errors({Code::tool_output}),
          .example =
              "local devspace = require \"devspace\"\n"
              "local first = step(\"look\", function()\n"
              "  return devspace.list_profiles { cwd = \"crib\" }[1].name\n"
              "end)",
          .run = list_profiles};
}

Function list_deployments_function() {
  return {.name = "list_deployments",
          .effect = Effect::read,
          .summary = "Reads what the deployments of devspace.yaml have come to in the cluster.",
          .options = project_options({}),
          .returns =
              "list of { name, type, deploy, status }; status \"Status:deployed\", \"Not "
              "deployed\", \"N/A\" (not made by helm)",
          .errors = project_errors({Code::tool_output}),
          .example =
              "local devspace = require \"devspace\"\n"
              "local project = devspace.project {\n"
              "  cwd = \"crib\", context = \"staging\", namespace = \"crib-a\" }\n"
              "step(\"look\", function() return project:list_deployments() end)",
          .run = list_deployments};
}

Function print_function() {
  return {.name = "print",
          .effect = Effect::read,
          .summary = "Reads the configuration as devspace has it after profiles and variables.",
          .options = project_options({}),
          .returns =
              "{ path, config }: the file, and a table of what it says; \"(redacted)\" under "
              "the name of a secret",
          .errors = project_errors({Code::tool_output, Code::yaml_invalid}),
          .example =
              "local devspace = require \"devspace\"\n"
              "step(\"look\", function()\n"
              "  local printed = devspace.print { cwd = \"crib\", profiles = { \"keystone\" } "
              "}\n"
              "  return printed.config.deployments.app.helm\n"
              "end)",
          .run = print};
}

}  // namespace

std::vector<Function> reading_functions() {
  return {connect_function(), list_vars_function(), list_profiles_function(),
          list_deployments_function(), print_function()};
}

}  // namespace runbook::devspace
