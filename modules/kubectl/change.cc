// Parts of objects that are there already: labels, annotations, replicas.

#include <fmt/core.h>

#include "modules/kubectl/connection.h"
#include "modules/kubectl/functions.h"
#include "modules/kubectl/outcome.h"

namespace runbook::kubectl {

namespace {

/// "deployment/web", or all of a kind that a selector chooses.
std::vector<std::string> chosen(const Call& call) {
  if (call.has("object") == call.has("kind")) {
    refuse(Code::option_missing, "which objects are meant is not said",
           "object = \"deployment/web\", or kind = \"pods\" and selector = \"app=web\"");
  }
  if (call.has("object")) {
    return {object_of(call)};
  }
  refuse_option_like("kind", call.text("kind"));
  if (!call.has("selector")) {
    refuse(Code::option_missing, "kind: which of them is not said",
           "selector = \"app=web\" beside it");
  }
  return {call.text("kind"), "--selector=" + call.text("selector")};
}

std::string chosen_kind(const Call& call) {
  return call.has("object") ? kind_of(call.text("object")) : call.text_or("kind", "");
}

std::string value_of(const std::string& key, const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number_integer() || value == Json(true)) {
    return value.dump();
  }
  refuse(Code::option_invalid, fmt::format("{}: the value is neither text nor a number", key),
         "false removes the key");
}

/// "tier=front", or "tier-" for false.
std::vector<std::string> marks_of(const Call& call, const char* option) {
  std::vector<std::string> marks;
  for (const auto& [key, value] : call.options().at(option).items()) {
    refuse_option_like(option, key);
    marks.push_back(value == Json(false) ? key + "-"
                                         : fmt::format("{}={}", key, value_of(key, value)));
  }
  if (marks.empty()) {
    refuse(Code::option_missing, fmt::format("{}: there is none", option));
  }
  return marks;
}

Task<Json> mark(Call& call, std::string verb, const char* option) {
  tool::Command command = command_of(
      call,
      {.name = verb, .words = {verb}, .is_namespaced = is_namespaced(call, chosen_kind(call))});
  for (const std::string& word : chosen(call)) {
    command.arguments.push_back(word);
  }
  if (call.flag("all_namespaces")) {
    command.arguments.emplace_back("--all-namespaces");
  }
  if (call.flag("overwrite")) {
    command.arguments.emplace_back("--overwrite");
  }
  for (std::string& argument : marks_of(call, option)) {
    command.arguments.push_back(std::move(argument));
  }
  const tool::Ran ran = co_await run(call, std::move(command));
  co_return outcomes_of(call, ran.out);
}

Task<Json> label(Call& call) {
  return mark(call, "label", "labels");
}

Task<Json> annotate(Call& call) {
  return mark(call, "annotate", "annotations");
}

Task<Json> scale(Call& call) {
  const std::string object = object_of(call);
  tool::Command command = command_of(
      call,
      {.name = "scale",
       .words = {"scale", object, fmt::format("--replicas={}", call.integer_or("replicas", 0))},
       .is_namespaced = is_namespaced(call, kind_of(object))});
  const tool::Ran ran = co_await run(call, std::move(command));
  co_return outcome_of(call, ran.out);
}

std::vector<Option> marking_options(const char* option, std::string_view help) {
  return with_namespace(
      {{.name = "object",
        .type = Type::string,
        .help = "kind and name: \"namespace/web\"",
        .positional = true},
       {.name = option,
        .type = Type::table,
        .required = Required::yes,
        .help = help,
        .positional = true},
       {.name = "kind", .type = Type::string, .help = "instead of object: all that selector has"},
       kSelectorOption,
       {.name = "overwrite", .type = Type::boolean, .help = "replace another value"},
       kAllNamespacesOption});
}

Function label_function() {
  return {.name = "label",
          .effect = Effect::idempotent,
          .summary = "Sets labels of objects.",
          .options = marking_options("labels", "{ tier = \"front\" }; false removes one"),
          .returns = "list of { kind, namespace, name, outcome }: labeled, unlabeled, not labeled",
          .errors = with_errors({Code::kubernetes_not_found, Code::kubernetes_conflict,
                                 Code::kubernetes_invalid, Code::kubernetes_type_unknown}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "step(\"keep it for a week\", function()\n"
              "  return kubectl.label { \"namespace/web\", { keep = \"7d\" }, overwrite = "
              "true, context = \"admin\" }\n"
              "end)",
          .run = label};
}

Function annotate_function() {
  return {.name = "annotate",
          .effect = Effect::idempotent,
          .summary = "Sets annotations of objects.",
          .options = marking_options("annotations", "{ owner = \"ops\" }; false removes one"),
          .returns = "list of { kind, namespace, name, outcome = \"annotated\" }",
          .errors = with_errors({Code::kubernetes_not_found, Code::kubernetes_conflict,
                                 Code::kubernetes_invalid, Code::kubernetes_type_unknown}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "step(\"say whose it is\", function()\n"
              "  return cluster:annotate(\"deployment/web\", { owner = \"ops\" })  -- "
              "kubectl.annotate\n"
              "end)",
          .run = annotate};
}

Function scale_function() {
  return {.name = "scale",
          .effect = Effect::idempotent,
          .summary = "Sets how many pods a workload has.",
          .options = with_namespace({kObjectOption,
                                     {.name = "replicas",
                                      .type = Type::integer,
                                      .required = Required::yes,
                                      .help = "how many",
                                      .positional = true}}),
          .returns = "{ kind, namespace, name, outcome = \"scaled\" }",
          .errors = with_errors(
              {Code::kubernetes_not_found, Code::kubernetes_type_unknown, Code::tool_output}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "step(\"three pods\", function()\n"
              "  return cluster:scale(\"deployment/web\", 3)  -- kubectl.scale\n"
              "end)",
          .run = scale};
}

}  // namespace

std::vector<Function> change_functions() {
  return {label_function(), annotate_function(), scale_function(), patch_function()};
}

}  // namespace runbook::kubectl
