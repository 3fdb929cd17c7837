// Manifests brought into the cluster and out of it.

#include <fmt/core.h>

#include "modules/kubectl/diagnosis.h"
#include "modules/kubectl/functions.h"
#include "modules/kubectl/manifests.h"
#include "modules/kubectl/outcome.h"

namespace runbook::kubectl {

namespace {

/// With several manifests some may be applied and others refused: the error lists the first kind.
Error partly_applied(const Call& call, const tool::Failure& failure) {
  Error error = diagnose(failure);
  const Json applied = outcomes_of(call, failure.out);
  if (!applied.empty()) {
    error.message += fmt::format(" ({} other object{} applied)", applied.size(),
                                 applied.size() == 1 ? " was" : "s were");
    error.detail["applied"] = applied;
    error.with_effect(EffectDone::unknown);
  }
  return error;
}

Task<Json> apply(Call& call) {
  tool::Command command = command_of(
      call, {.name = "apply", .words = {"apply"}, .is_namespaced = is_namespaced(call, "")});
  for (const auto& [option, argument] : {std::pair{"server_side", "--server-side"},
                                         std::pair{"force_conflicts", "--force-conflicts"},
                                         std::pair{"dry_run", "--dry-run=server"}}) {
    if (call.flag(option)) {
      command.arguments.emplace_back(argument);
    }
  }
  if (call.has("field_manager")) {
    command.arguments.push_back("--field-manager=" + call.text("field_manager"));
  }
  add_manifests(call, command);
  command.accepted = {0, 1};
  const tool::Ran ran = co_await run(call, std::move(command));
  if (ran.exit != 0) {
    throw partly_applied(call, {"kubectl apply", ran.out, ran.err, ran.exit});
  }
  co_return outcomes_of(call, ran.out);
}

/// Whether what is deleted is waited for, and how long.
void add_wait(Call& call, tool::Command& command) {
  command.arguments.emplace_back(call.flag("wait") ? "--wait=true" : "--wait=false");
  if (call.flag("wait")) {
    command.arguments.push_back("--timeout=" +
                                go_duration(call.duration_or("timeout", std::chrono::minutes{10})));
  }
}

void add_chosen(const Call& call, tool::Command& command) {
  if (call.flag("all_namespaces")) {  // without it, those of the namespace of the context
    command.arguments.emplace_back("--all-namespaces");
  }
  if (call.has("object")) {
    command.arguments.push_back(object_of(call));
    return;
  }
  if (!call.has("kind") || !call.has("selector")) {
    refuse(Code::option_missing, "kubectl delete: what is to be deleted is not said",
           "object = \"deployment/web\", or kind = and selector =, or file =, text =, objects =");
  }
  refuse_option_like("kind", call.text("kind"));
  command.arguments.push_back(call.text("kind"));
  command.arguments.push_back("--selector=" + call.text("selector"));
}

/// "pod/web-1", as --output=name says it.
Json deleted_of(const Call& call, const std::string& out) {
  std::string lines;
  for (const char letter : out) {
    lines += letter == '\n' ? " deleted\n" : std::string(1, letter);
  }
  return outcomes_of(call, lines);
}

Task<Json> remove(Call& call) {
  const std::string kind =
      call.has("object") ? kind_of(call.text("object")) : call.text_or("kind", "");
  tool::Command command = command_of(call, {.name = "delete",
                                            .words = {"delete"},
                                            .is_namespaced = is_namespaced(call, kind),
                                            .lasts = true});
  add_wait(call, command);
  for (const char* argument : {"--ignore-not-found", "--output=name"}) {
    command.arguments.emplace_back(argument);
  }
  if (has_manifests(call)) {
    add_manifests(call, command);
  } else {
    add_chosen(call, command);
  }
  const tool::Ran ran = co_await run(call, std::move(command));
  co_return deleted_of(call, ran.out);
}

Function apply_function() {
  return {.name = "apply",
          .effect = Effect::idempotent,
          .summary = "Applies manifests, creating or updating the objects they describe.",
          .options = with_namespace(with_manifests(
              {{.name = "server_side",
                .type = Type::boolean,
                .help = "the cluster merges, and remembers who manages which field"},
               {.name = "force_conflicts",
                .type = Type::boolean,
                .help = "with server_side: take fields over that somebody else manages"},
               {.name = "field_manager",
                .type = Type::string,
                .help = "the name under which the cluster remembers it"},
               {.name = "dry_run",
                .type = Type::boolean,
                .help = "the cluster checks it, and changes nothing"},
               {.name = "all_namespaces",
                .type = Type::boolean,
                .help = "each object goes where its manifest says; for kinds without, too"}})),
          .returns =
              "list of { kind, namespace, name, outcome }; outcome is created, configured, "
              "unchanged or serverside-applied",
          .errors = with_errors({Code::kubernetes_invalid, Code::kubernetes_conflict,
                                 Code::kubernetes_type_unknown, Code::kubernetes_terminating,
                                 Code::kubernetes_not_found, Code::file_not_found}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "step(\"apply the manifests\", function()\n"
              "  return cluster:apply { file = \"manifests\" }  -- kubectl.apply\n"
              "end)",
          .run = apply};
}

Function delete_function() {
  std::vector<Option> options = with_manifests(
      {{.name = "object", .type = Type::string, .help = "kind and name: \"deployment/web\""},
       {.name = "kind", .type = Type::string, .help = "with selector: \"pods\""},
       kSelectorOption,
       {.name = "wait",
        .type = Type::boolean,
        .help = "until they are gone, finalizers and all",
        .fallback = true},
       {.name = "timeout", .type = Type::duration, .help = "for the wait", .fallback = "10m"},
       kAllNamespacesOption});
  options.front().positional = false;
  options.at(5).positional = true;
  return {.name = "delete",
          .effect = Effect::idempotent,
          .summary = "Deletes objects; those that are gone already are no failure.",
          .options = with_namespace(std::move(options)),
          .returns =
              "list of { kind, namespace, name, outcome = \"deleted\" }: without those that "
              "were gone",
          .errors = with_errors({Code::kubernetes_not_ready, Code::kubernetes_type_unknown,
                                 Code::kubernetes_invalid, Code::file_not_found}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "step(\"delete the job\", function()\n"
              "  return kubectl.delete { \"job/migrate\", context = \"admin\", namespace = "
              "\"web\", timeout = \"2m\" }\n"
              "end)",
          .run = remove};
}

}  // namespace

std::vector<Function> manifest_functions() {
  return {apply_function(), delete_function(), diff_function()};
}

}  // namespace runbook::kubectl
