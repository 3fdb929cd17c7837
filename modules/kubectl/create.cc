// Namespaces and Secrets that shall be there.

#include <fmt/core.h>

#include "engine/base/hash.h"
#include "modules/kubectl/connection.h"
#include "modules/kubectl/functions.h"
#include "modules/kubectl/manifests.h"
#include "modules/kubectl/outcome.h"

namespace runbook::kubectl {

namespace {

Json metadata_of(const Call& call) {
  Json metadata{{"name", call.text("name")}};
  for (const char* field : {"labels", "annotations"}) {
    if (call.has(field)) {
      metadata[field] = call.options().at(field);
    }
  }
  return metadata;
}

Json encoded(const Json& data) {
  Json result = Json::object();
  for (const auto& [key, value] : data.items()) {
    if (!value.is_string()) {
      refuse(Code::option_invalid, fmt::format("data: the value of {} is not text", key));
    }
    result[key] = to_base64(value.get<std::string>());
  }
  return result;
}

// The cluster merges it: the other way of applying keeps a copy of the data in an annotation.
Task<Json> create_secret(Call& call) {
  tool::Command command = command_of(call, {.name = "apply", .words = {"apply", "--server-side"}});
  if (call.flag("force_conflicts")) {
    command.arguments.emplace_back("--force-conflicts");
  }
  add_object({{"apiVersion", "v1"},
              {"kind", "Secret"},
              {"metadata", metadata_of(call)},
              {"type", call.text("type")},
              {"data", encoded(call.options().at("data"))}},
             command);
  const tool::Ran ran = co_await run(call, std::move(command));
  co_return outcome_of(call, ran.out);
}

Task<Json> existing_namespace(Call& call) {
  tool::Command command = command_of(call, {.name = "get",
                                            .words = {"get", "namespace/" + call.text("name"),
                                                      "--output=json", "--ignore-not-found"},
                                            .is_namespaced = false});
  const Json found = co_await read_json(call, std::move(command));
  if (found.is_object() && found.at("metadata").contains("deletionTimestamp")) {
    refuse(Code::kubernetes_terminating,
           fmt::format("namespace {} is being deleted since {}", call.text("name"),
                       found.at("metadata").at("deletionTimestamp").get<std::string>()));
  }
  co_return found;
}

/// True if it has these labels and annotations among its own.
bool has_all(const Json& found, const Json& wanted) {
  Json merged = found;
  merged.merge_patch(wanted);
  return merged == found;
}

tool::Command command_with(Call& call, std::vector<std::string> words, const Json& object) {
  const std::string verb = words.front();
  tool::Command command =
      command_of(call, {.name = verb, .words = std::move(words), .is_namespaced = false});
  command.input = dump_json(object);
  return command;
}

Task<Json> create_namespace(Call& call) {
  const std::string name = call.text("name");
  const Json metadata = metadata_of(call);
  const Json found = co_await existing_namespace(call);
  Json result{{"kind", "namespace"}, {"name", name}, {"outcome", "unchanged"}};
  if (found.is_null()) {
    const Json object{{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", metadata}};
    tool::Command command = command_with(call, {"create", "--filename=-"}, object);
    co_await run(call, std::move(command));
    result["outcome"] = "created";
  } else if (!has_all(found.at("metadata"), metadata)) {
    const Json patch{{"metadata", metadata}};
    tool::Command command = command_with(
        call, {"patch", "namespace/" + name, "--type=merge", "--patch-file=/dev/stdin"}, patch);
    co_await run(call, std::move(command));
    result["outcome"] = "configured";
  }
  co_return result;
}

const Option kNameOption{.name = "name",
                         .type = Type::string,
                         .required = Required::yes,
                         .help = "its name",
                         .positional = true};
const Option kLabelsOption{.name = "labels", .type = Type::table, .help = "{ app = \"web\" }"};
const Option kAnnotationsOption{
    .name = "annotations", .type = Type::table, .help = "{ owner = \"ops\" }"};

Function create_secret_function() {
  return {.name = "create_secret",
          .effect = Effect::idempotent,
          .summary =
              "Makes a Secret be as given, whether it is there already or not. Its values "
              "stand in no command line, log or annotation.",
          .options = with_namespace({kNameOption,
                                     {.name = "data",
                                      .type = Type::table,
                                      .required = Required::yes,
                                      .help = "{ password = p.password }, as text",
                                      .positional = true},
                                     {.name = "type",
                                      .type = Type::string,
                                      .help = "such as kubernetes.io/tls",
                                      .fallback = "Opaque"},
                                     kLabelsOption,
                                     kAnnotationsOption,
                                     {.name = "force_conflicts",
                                      .type = Type::boolean,
                                      .help = "replace values that somebody else manages"}}),
          .returns = "{ kind, namespace, name, outcome = \"serverside-applied\" }",
          .errors = with_errors({Code::kubernetes_invalid, Code::kubernetes_conflict,
                                 Code::kubernetes_terminating, Code::kubernetes_not_found,
                                 Code::tool_output}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "local password = secret(\"PASSWORD\", { env = \"WEB_PASSWORD\" })\n"
              "step(\"hand over the login\", function()\n"
              "  return cluster:create_secret(\"login\", { user = \"web\", password = "
              "password })  -- kubectl.create_secret\n"
              "end)",
          .run = create_secret};
}

Function create_namespace_function() {
  return {.name = "create_namespace",
          .effect = Effect::idempotent,
          .summary =
              "Makes sure that there is a namespace with these labels and annotations. One "
              "that is being deleted is refused.",
          .options = with_cluster({kNameOption, kLabelsOption, kAnnotationsOption}),
          .returns = "{ kind, name, outcome }: created, configured or unchanged",
          .errors = with_errors({Code::kubernetes_terminating, Code::kubernetes_invalid}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "step(\"create the namespace\", function()\n"
              "  return cluster:create_namespace(\"web\")  -- kubectl.create_namespace\n"
              "end)",
          .run = create_namespace};
}

}  // namespace

std::vector<Function> create_functions() {
  return {create_secret_function(), create_namespace_function()};
}

}  // namespace runbook::kubectl
