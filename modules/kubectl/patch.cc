// Any field of an object. Merging twice is merging once; a JSON patch may add to a list, so it is
// bound to the object as it was and signed with a field manager of its own: it happens once, and
// one can see whether it did.

#include <fmt/core.h>

#include <algorithm>

#include "engine/base/hash.h"
#include "engine/base/id.h"
#include "modules/kubectl/connection.h"
#include "modules/kubectl/functions.h"
#include "modules/kubectl/outcome.h"
#include "modules/kubectl/workload.h"

namespace runbook::kubectl {

namespace {

std::string checked_type(const Json& options) {
  std::string type = options.value("type", "strategic");
  if (type != "strategic" && type != "merge" && type != "json") {
    refuse(Code::option_invalid,
           fmt::format("type: \"{}\" is none of strategic, merge, json", type));
  }
  return type;
}

Effect effect_of_patch(const Json& options) {
  return options.value("type", "") == "json" ? Effect::once : Effect::idempotent;
}

Json patch_of(const Call& call) {
  const Json& given = call.options().at("patch");
  Json patch = given.is_string() ? parse_json(given.get<std::string>(), "patch") : given;
  if (patch.is_array() != (checked_type(call.options()) == "json")) {
    refuse(
        Code::option_invalid, "patch: a JSON patch is a list of operations, any other a table",
        "type = \"json\" takes { { op = \"add\", path = \"/metadata/labels/a\", value = \"b\" } }");
  }
  return patch;
}

/// null if the cluster does not have it.
Task<Json> object_to_patch(Call& call) {
  const std::string object = object_of(call);
  tool::Command command = command_of(
      call,
      {.name = "get",
       .words = {"get", object, "--output=json", "--show-managed-fields", "--ignore-not-found"},
       .is_namespaced = is_namespaced(call, kind_of(object))});
  co_return co_await read_json(call, std::move(command));
}

/// Without what changes by itself.
Json settled_part(Json object) {
  object.erase("status");
  Json& metadata = object.at("metadata");
  metadata.erase("managedFields");
  metadata.erase("resourceVersion");
  if (metadata.contains("annotations")) {
    metadata.at("annotations").erase("deployment.kubernetes.io/revision");
  }
  return object;
}

std::string print_of(const Json& object) {
  return to_hex(sha256(settled_part(object).dump()));
}

Task<Intent> prepare_patch(Call& call) {
  patch_of(call);
  const Json object = co_await object_to_patch(call);
  if (object.is_null()) {
    refuse(Code::kubernetes_not_found,
           fmt::format("kubectl patch: there is no {}", object_of(call)));
  }
  const std::string manager = "runbook-" + new_uuid().substr(0, 8);
  co_return Intent{{{"resource_version", text_at(object, "/metadata/resourceVersion")},
                    {"print", print_of(object)},
                    {"manager", manager},
                    {"text", fmt::format("patches {} as {}", object_of(call), manager)}},
                   {}};
}

// The cluster refuses the first operation if the object is another by now.
Json bound(Json patch, const Json& intent) {
  patch.insert(patch.begin(), Json{{"op", "replace"},
                                   {"path", "/metadata/resourceVersion"},
                                   {"value", intent.at("resource_version")}});
  return patch;
}

Task<Json> patch(Call& call) {
  const std::string object = object_of(call);
  const std::string type = checked_type(call.options());
  Json content = patch_of(call);
  tool::Command command =
      command_of(call, {.name = "patch",
                        .words = {"patch", object, "--type=" + type, "--patch-file=/dev/stdin"},
                        .is_namespaced = is_namespaced(call, kind_of(object))});
  if (type == "json") {
    command.arguments.push_back("--field-manager=" +
                                call.intent().at("manager").get<std::string>());
    content = bound(std::move(content), call.intent());
  }
  command.input = dump_json(content);
  const tool::Ran ran = co_await run(call, std::move(command));
  Json result = outcome_of(call, ran.out);
  result["changed"] = ran.out.find("(no change)") == std::string::npos;
  co_return result;
}

bool has_manager(const Json& object, const Json& manager) {
  const Json fields = at_path(object, "/metadata/managedFields");
  return fields.is_array() && std::any_of(fields.begin(), fields.end(), [&](const Json& entry) {
           return entry.value("manager", Json()) == manager;
         });
}

Task<Outcome> probe_patch(Call& call) {
  const Json object = co_await object_to_patch(call);
  if (object.is_null()) {
    co_return Outcome::not_done();  // the next attempt says that it is gone
  }
  if (has_manager(object, call.intent().at("manager"))) {
    Json result = identity_of(object);
    result["outcome"] = "patched";
    result["changed"] = true;
    co_return Outcome::done(std::move(result));
  }
  if (call.intent().at("print") == print_of(object)) {
    co_return Outcome::not_done();
  }
  co_return Outcome::cannot_tell(
      fmt::format("{} was changed since, and not under the name of {}; the patch may have been "
                  "overwritten",
                  object_of(call), call.intent().at("manager").get<std::string>()));
}

}  // namespace

Function patch_function() {
  return {.name = "patch",
          .effect = Effect::idempotent,
          .effect_of = effect_of_patch,
          .summary = "Changes fields of an object. A JSON patch is once, any other idempotent.",
          .options = with_namespace(
              {kObjectOption,
               {.name = "patch",
                .type = Type::data,
                .required = Required::yes,
                .help = "table of the fields, or JSON; with type = \"json\" a list of operations",
                .positional = true},
               {.name = "type",
                .type = Type::string,
                .help = "strategic (lists by key; not for custom resources), merge or json",
                .fallback = "strategic"}}),
          .returns = "{ kind, namespace, name, outcome = \"patched\", changed }",
          .errors = with_errors({Code::kubernetes_not_found, Code::kubernetes_invalid,
                                 Code::kubernetes_conflict, Code::kubernetes_type_unknown,
                                 Code::json_invalid, Code::tool_output}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "step(\"keep five revisions\", function()\n"
              "  return cluster:patch(\"deployment/web\",  -- kubectl.patch\n"
              "    { spec = { revisionHistoryLimit = 5 } })\n"
              "end)",
          .run = patch,
          .prepare = prepare_patch,
          .probe = probe_patch};
}

}  // namespace runbook::kubectl
