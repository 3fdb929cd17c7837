// Waits for what the cluster does by itself.

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "modules/kubectl/functions.h"
#include "modules/kubectl/waiting.h"
#include "modules/kubectl/workload.h"

namespace runbook::kubectl {

namespace {

/// object, or kind and selector: what kubectl get is asked, and how people call it.
Goal object_goal(const Call& call) {
  if (call.has("object")) {
    const std::string object = object_of(call);
    return {.aim = object, .kind = kind_of(object), .words = {object}};
  }
  if (!call.has("kind") || !call.has("selector")) {
    refuse(Code::option_missing, "kubectl wait: what is waited for is not said",
           "object = \"deployment/web\", or kind = \"pods\" and selector = \"app=web\"");
  }
  const std::string kind = call.text("kind");
  refuse_option_like("kind", kind);
  return {.aim = fmt::format("{} with {}", kind, call.text("selector")),
          .kind = kind,
          .words = {kind, "--selector=" + call.text("selector")}};
}

Goal goal_of(const Call& call) {
  Goal goal = object_goal(call);
  if (call.flag("all_namespaces")) {  // without it, those of the namespace of the context
    goal.words.emplace_back("--all-namespaces");
  }
  return goal;
}

std::string value_text_of(const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number() || value.is_boolean()) {
    return value.dump();
  }
  refuse(Code::option_invalid, "value: it is neither text, a number nor true or false");
}

/// What is there instead is said all the while, and what came is recorded.
void refuse_hidden_values(std::string kinds) {
  std::ranges::transform(kinds, kinds.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  for (std::string_view rest = kinds; !rest.empty();) {
    const std::string_view kind = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(kind.size() + 1, rest.size()));
    const std::string_view bare = kind.substr(0, kind.find('.'));
    for (const char* hidden : {"secret", "secrets", "configmap", "configmaps", "cm"}) {
      if (bare == hidden) {
        refuse(Code::option_invalid,
               fmt::format("kubectl wait: jsonpath would show the values of {}", kind),
               "wait_until around kubectl.get, which redacts them and can keep one as a secret");
      }
    }
  }
}

void add_path(const Call& call, Goal& goal) {
  refuse_hidden_values(goal.kind);
  JsonPath path{.expression = call.text("jsonpath")};
  goal.aim += fmt::format(" to have {}", path.expression);
  if (call.has("value")) {
    path.value = value_text_of(call.options().at("value"));
    goal.aim += fmt::format(" = {}", *path.value);
  }
  goal.path = std::move(path);
}

void add_condition(const Call& call, Goal& goal) {
  const Condition wanted = condition_from(call.text("condition"));
  goal.aim += " to be " + call.text("condition");
  goal.look = [wanted](const Json& object) { return condition_of(object, wanted); };
}

Json found_ones(const Json& objects) {
  Json list = Json::array();
  for (const Json& object : objects) {
    Json identity = identity_of(object);
    if (object.contains("value")) {
      identity["value"] = object.at("value");
    }
    list.push_back(std::move(identity));
  }
  return list;
}

Task<Json> wait(Call& call) {
  const int ways = (call.has("condition") ? 1 : 0) + (call.has("jsonpath") ? 1 : 0) +
                   (call.flag("deleted") ? 1 : 0);
  if (ways != 1) {
    refuse(Code::option_missing, "kubectl wait: one of condition, jsonpath and deleted = true",
           "condition = \"Available\"; jsonpath = \".status.phase\", value = \"Running\"");
  }
  Goal goal = goal_of(call);
  if (call.has("condition")) {
    add_condition(call, goal);
  } else if (call.has("jsonpath")) {
    add_path(call, goal);
  } else {
    goal.aim += " to be gone";
    goal.is_absence = true;
  }
  const Json objects = co_await wait_for(call, std::move(goal));
  co_return found_ones(objects);
}

Task<Json> rollout_status(Call& call) {
  const std::string object = object_of(call);
  Goal goal{.aim = "the rollout of " + object,
            .kind = kind_of(object),
            .words = {object},
            .look = rollout_of};
  const Json objects = co_await wait_for(call, std::move(goal));
  const Json& found = objects.at(0);
  Json result = identity_of(found);
  result["generation"] = number_at(found, "/metadata/generation");
  result["replicas"] =
      number_at(found, "/status/replicas", number_at(found, "/status/currentNumberScheduled"));
  co_return result;
}

std::vector<Code> waiting_errors() {
  return with_errors({Code::kubernetes_not_ready, Code::kubernetes_will_not_heal,
                      Code::kubernetes_not_found, Code::kubernetes_type_unknown});
}

Function wait_function() {
  std::vector<Option> options =
      with_waiting({{.name = "object",
                     .type = Type::string,
                     .help = "kind and name: \"deployment/web\"",
                     .positional = true},
                    {.name = "kind", .type = Type::string, .help = "with selector: \"pods\""},
                    kSelectorOption,
                    {.name = "condition",
                     .type = Type::string,
                     .help = "\"Available\", \"Complete\", \"Ready=False\""},
                    {.name = "jsonpath", .type = Type::string, .help = "\".status.readyReplicas\""},
                    {.name = "value",
                     .type = Type::data,
                     .help = "what the jsonpath must yield; default: anything"},
                    {.name = "deleted", .type = Type::boolean, .help = "until they are gone"},
                    kAllNamespacesOption});
  return {.name = "wait",
          .effect = Effect::read,
          .summary =
              "Waits until objects have a condition, a value, or are gone, and says all the "
              "while why they do not; gives up on pods that will not heal.",
          .options = std::move(options),
          .returns =
              "list of { kind, namespace, name }, with value for a jsonpath; empty for "
              "deleted",
          .errors = waiting_errors(),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "step(\"wait for the web server\", function()\n"
              "  return cluster:wait {  -- kubectl.wait\n"
              "    \"deployment/web\", condition = \"Available\", timeout = \"5m\" }\n"
              "end)",
          .run = wait};
}

Function rollout_status_function() {
  return {.name = "rollout_status",
          .effect = Effect::read,
          .summary =
              "Waits until the newest pods of a deployment, a stateful set or a daemon set "
              "have replaced all others, and says all the while why they have not.",
          .options = with_waiting({kObjectOption}),
          .returns = "{ kind, namespace, name, generation, replicas }",
          .errors = waiting_errors(),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "step(\"wait for the rollout\", function()\n"
              "  return kubectl.rollout_status { \"deployment/web\",\n"
              "    context = \"admin\", namespace = \"web\", timeout = \"5m\" }\n"
              "end)",
          .run = rollout_status};
}

}  // namespace

std::vector<Function> wait_functions() {
  return {wait_function(), rollout_status_function()};
}

}  // namespace runbook::kubectl
