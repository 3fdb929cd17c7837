// A rollout begun anew, and one taken back. Both record what they are about to do, so that it can
// be seen afterwards whether they did.

#include <fmt/core.h>

#include "modules/kubectl/connection.h"
#include "modules/kubectl/functions.h"
#include "modules/kubectl/outcome.h"
#include "modules/kubectl/progress.h"
#include "modules/kubectl/revisions.h"
#include "modules/kubectl/workload.h"

namespace runbook::kubectl {

namespace {

constexpr const char* kRestartedAt = "kubectl.kubernetes.io/restartedAt";

/// null if the cluster does not have it.
Task<Json> object_now(Call& call) {
  const std::string object = object_of(call);
  tool::Command command = command_of(
      call, {.name = "get", .words = {"get", object, "--output=json", "--ignore-not-found"}});
  co_return co_await read_json(call, std::move(command));
}

Task<Json> object_to_roll(Call& call, std::string_view primitive) {
  Json object = co_await object_now(call);
  if (object.is_null()) {
    refuse(Code::kubernetes_not_found,
           fmt::format("kubectl {}: there is no {} in namespace {}", primitive, object_of(call),
                       call.text("namespace")));
  }
  rollout_of(object);  // refuses what is not rolled out
  if (at_path(object, "/spec/paused") == true) {
    refuse(Code::kubernetes_invalid,
           fmt::format("kubectl {}: {} is paused", primitive, object_of(call)),
           fmt::format("kubectl rollout resume {}", object_of(call)));
  }
  co_return object;
}

// --- restart -------------------------------------------------------------------------------------

Task<Intent> prepare_restart(Call& call) {
  co_await object_to_roll(call, "rollout_restart");
  const std::string time = format_timestamp(call.host().loop.clock().now());
  co_return Intent{
      {{"restarted_at", time}, {"text", fmt::format("{} restarted at {}", object_of(call), time)}},
      {}};
}

Json restarted(const Json& object, const Json& intent) {
  Json result = identity_of(object);
  result["restarted_at"] = intent.at("restarted_at");
  result["generation"] = number_at(object, "/metadata/generation");
  return result;
}

/// As kubectl does it, but with the time that was recorded: said twice it restarts once.
Task<Json> restart(Call& call) {
  Json patch;
  patch["spec"]["template"]["metadata"]["annotations"][kRestartedAt] =
      call.intent().at("restarted_at");
  tool::Command command = command_of(call, {.name = "rollout restart",
                                            .words = {"patch", object_of(call), "--type=merge",
                                                      "--patch-file=/dev/stdin", "--output=json"}});
  command.input = patch.dump();
  const Json object = co_await read_json(call, std::move(command));
  co_return restarted(object, call.intent());
}

Task<Outcome> probe_restart(Call& call) {
  const Json object = co_await object_now(call);
  const Json annotations = at_path(object, "/spec/template/metadata/annotations");
  const bool is_done = annotations.is_object() &&
                       annotations.value(kRestartedAt, Json()) == call.intent().at("restarted_at");
  co_return is_done ? Outcome::done(restarted(object, call.intent())) : Outcome::not_done();
}

// --- undo ----------------------------------------------------------------------------------------

std::optional<std::int64_t> wanted_revision(const Call& call) {
  return call.has("revision") ? std::optional(call.integer_or("revision", 0)) : std::nullopt;
}

// The revision is chosen here: without its number a second undo would undo the first.
Task<Intent> prepare_undo(Call& call) {
  const Json object = co_await object_to_roll(call, "rollout_undo");
  tool::Command command =
      command_of(call, {.name = "get",
                        .words = {"get", keeper_of(object), "--selector=" + pod_selector_of(object),
                                  "--output=json"}});
  const Json found = co_await read_json(call, std::move(command));
  const std::vector<Revision> all = revisions_of(object, found.at("items"));
  const auto before = revision_before(all, wanted_revision(call));
  if (!before) {
    const std::string which = call.has("revision")
                                  ? fmt::format("revision {}", call.integer_or("revision", 0))
                                  : std::string("earlier revision");
    refuse(Code::kubernetes_not_found,
           fmt::format("kubectl rollout_undo: {} has no {}", object_of(call), which),
           fmt::format("kubectl rollout history {}", object_of(call)));
  }
  const std::int64_t now = all.back().number;
  co_return Intent{{{"from", now},
                    {"to", before->number},
                    {"from_print", template_print(at_path(object, "/spec/template"))},
                    {"to_print", before->print},
                    {"text", fmt::format("{} from revision {} back to {}", object_of(call), now,
                                         before->number)}},
                   {}};
}

Json undone(Json identity, const Json& intent) {
  identity["from"] = intent.at("from");
  identity["to"] = intent.at("to");
  return identity;
}

Task<Json> undo(Call& call) {
  tool::Command command =
      command_of(call, {.name = "rollout undo",
                        .words = {"rollout", "undo", object_of(call),
                                  fmt::format("--to-revision={}", call.intent().at("to").dump())}});
  const tool::Ran ran = co_await tool::run(call, program(), std::move(command));
  Json outcome = outcome_of(call, ran.out);
  outcome.erase("outcome");
  co_return undone(std::move(outcome), call.intent());
}

Task<Outcome> probe_undo(Call& call) {
  const Json object = co_await object_now(call);
  const std::string print = template_print(at_path(object, "/spec/template"));
  if (print == call.intent().at("to_print")) {
    co_return Outcome::done(undone(identity_of(object), call.intent()));
  }
  if (object.is_null() || print == call.intent().at("from_print")) {
    co_return Outcome::not_done();
  }
  co_return Outcome::cannot_tell(
      fmt::format("{} is neither as it was nor as revision {}: somebody else has changed it",
                  object_of(call), call.intent().at("to").dump()));
}

/// The same object of the same cluster, however long it is waited for an answer.
Json rollout_identity(Call& call) {
  Json same = Json::object();
  for (const char* key : {"object", "revision", "context", "namespace", "kubeconfig"}) {
    same[key] = call.options().value(key, Json());
  }
  return same;
}

Function restart_function() {
  return {.name = "rollout_restart",
          .effect = Effect::once,
          .summary =
              "Replaces all pods of a deployment, a stateful set or a daemon set by new "
              "ones; rollout_status waits for them.",
          .options = with_namespace({kObjectOption}),
          .returns = "{ kind, namespace, name, restarted_at, generation }",
          .errors = with_errors({Code::kubernetes_not_found, Code::kubernetes_invalid}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "step(\"restart the web server\", function()\n"
              "  cluster:rollout_restart(\"deployment/web\")  -- kubectl.rollout_restart\n"
              "end)\n"
              "step(\"wait for the rollout\", function()\n"
              "  return cluster:rollout_status(\"deployment/web\")\n"
              "end)",
          .identity = rollout_identity,
          .run = restart,
          .prepare = prepare_restart,
          .probe = probe_restart};
}

Function undo_function() {
  return {.name = "rollout_undo",
          .effect = Effect::once,
          .summary =
              "Takes a deployment, a stateful set or a daemon set back to an earlier "
              "revision; rollout_status waits for it.",
          .options = with_namespace({kObjectOption,
                                     {.name = "revision",
                                      .type = Type::integer,
                                      .help = "its number (kubectl rollout history lists them); "
                                              "default: the one before"}}),
          .returns = "{ kind, namespace, name, from, to }: numbers of revisions",
          .errors = with_errors(
              {Code::kubernetes_not_found, Code::kubernetes_invalid, Code::tool_output}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "step(\"take the release back\", function()\n"
              "  return kubectl.rollout_undo { \"deployment/web\",\n"
              "    context = \"admin\", namespace = \"web\" }\n"
              "end)",
          .identity = rollout_identity,
          .run = undo,
          .prepare = prepare_undo,
          .probe = probe_undo};
}

}  // namespace

std::vector<Function> rollout_functions() {
  return {restart_function(), undo_function()};
}

}  // namespace runbook::kubectl
