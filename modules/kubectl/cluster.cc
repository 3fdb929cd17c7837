// The cluster itself: which it is, what it is, what may be done and what has happened in it.

#include <fmt/core.h>

#include <algorithm>

#include "engine/base/utf8.h"
#include "modules/kubectl/connection.h"
#include "modules/kubectl/diagnosis.h"
#include "modules/kubectl/events.h"
#include "modules/kubectl/functions.h"

namespace runbook::kubectl {

namespace {

/// What `config view --minify` has one of: { name, cluster = { server, … } }.
Json only_of(const Json& config, const char* list, const char* field) {
  const Json::json_pointer where = Json::json_pointer() / list / 0 / field;
  return config.contains(where) ? config.at(where) : Json::object();
}

// Of the kubeconfig alone: whether the cluster answers is found out by what needs it.
Task<Json> connect(Call& call) {
  std::vector<std::string> words{"config", "view", "--minify", "--output=json"};
  if (call.has("context")) {
    words.push_back("--context=" + call.text("context"));
  }
  tool::Command command = configuration_command(call, std::move(words));
  const Json config = co_await read_json(call, std::move(command));
  const std::string server = only_of(config, "clusters", "cluster").value("server", "");
  if (server.empty()) {
    refuse(Code::kubernetes_context, "the context has no cluster with a server",
           "kubectl config view shows what it has");
  }
  const Json context = only_of(config, "contexts", "context");
  co_return Json{{"context", config.value("current-context", call.text_or("context", ""))},
                 {"server", server},
                 {"namespace", call.text_or("namespace", context.value("namespace", "default"))}};
}

Task<Json> contexts(Call& call) {
  tool::Command command = configuration_command(call, {"config", "get-contexts", "--output=name"});
  command.logged = tool::Logged::errors;
  const tool::Ran ran = co_await run(call, std::move(command));
  Json names = Json::array();
  for (std::size_t at = 0; at < ran.out.size();) {
    const std::size_t end = std::min(ran.out.find('\n', at), ran.out.size());
    if (end > at) {
      names.push_back(ran.out.substr(at, end - at));
    }
    at = end + 1;
  }
  co_return names;
}

Task<Json> current_context(Call& call) {
  tool::Command command = configuration_command(call, {"config", "current-context"});
  command.logged = tool::Logged::errors;
  const tool::Ran ran = co_await run(call, std::move(command));
  co_return std::string(trimmed(ran.out));
}

Json version_of(const Json& versions, const char* side) {
  const std::string text = versions.value(side, Json::object()).value("gitVersion", "");
  return text.empty() ? Json() : Json(first_version(text));
}

Task<Json> version(Call& call) {
  tool::Command command = command_of(
      call, {.name = "version", .words = {"version", "--output=json"}, .is_namespaced = false});
  const Json versions = co_await read_json(call, std::move(command));
  co_return Json{{"client", version_of(versions, "clientVersion")},
                 {"server", version_of(versions, "serverVersion")}};
}

Task<Json> whoami(Call& call) {
  tool::Command command = command_of(call, {.name = "auth whoami",
                                            .words = {"auth", "whoami", "--output=json"},
                                            .is_namespaced = false});
  const Json review = co_await read_json(call, std::move(command));
  const Json user = review.value("status", Json::object()).value("userInfo", Json::object());
  co_return Json{{"name", user.value("username", "")},
                 {"groups", user.value("groups", Json::array())}};
}

Task<Json> can_i(Call& call) {
  const std::string kind = call.text("kind");
  refuse_option_like("verb", call.text("verb"));
  refuse_option_like("kind", kind);
  tool::Command command = command_of(call, {.name = "auth can-i",
                                            .words = {"auth", "can-i", call.text("verb"), kind},
                                            .is_namespaced = is_namespaced(call, kind)});
  if (call.flag("all_namespaces")) {
    command.arguments.emplace_back("--all-namespaces");
  }
  command.accepted = {0, 1};
  command.logged = tool::Logged::errors;
  const tool::Ran ran = co_await run(call, std::move(command));
  if (ran.exit != 0 && !ran.out.starts_with("no")) {
    throw diagnose({"kubectl auth can-i", ran.out, ran.err, ran.exit});
  }
  co_return ran.exit == 0;
}

Task<Json> events(Call& call) {
  std::vector<std::string> words{"events", "--output=json"};
  if (call.flag("all_namespaces")) {
    words.emplace_back("--all-namespaces");
  }
  if (call.has("object")) {
    words.push_back("--for=" + object_of(call));
  }
  if (call.flag("warnings")) {
    words.emplace_back("--types=Warning");
  }
  tool::Command command = command_of(call, {.name = "events",
                                            .words = std::move(words),
                                            .is_namespaced = is_namespaced(call, "events")});
  const Json found = co_await read_json(call, std::move(command));
  co_return found.is_object() ? event_rows(found.value("items", Json::array())) : Json::array();
}

Function connect_function() {
  return {.name = "connect",
          .effect = Effect::read,
          .summary =
              "Reads from the kubeconfig which cluster a context means; kubectl.cluster "
              "records it as its target.",
          .options = with_namespace({}),
          .returns =
              "{ context, server, namespace }: the current context and the context's own "
              "namespace where none is given",
          .errors = {Code::kubernetes_context, Code::tool_missing, Code::tool_failed},
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local server = step(\"where\", function()\n"
              "  return kubectl.connect { context = \"admin\" }.server\n"
              "end)",
          .run = connect};
}

Function contexts_function() {
  return {.name = "contexts",
          .effect = Effect::read,
          .summary = "Lists the contexts of the kubeconfig.",
          .options = {kKubeconfigOption},
          .returns = "list of names",
          .errors = {Code::kubernetes_context, Code::tool_missing, Code::tool_failed},
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local names = step(\"look\", function() return kubectl.contexts {} end)",
          .run = contexts};
}

Function current_context_function() {
  return {.name = "current_context",
          .effect = Effect::read,
          .summary = "Reads which context kubectl takes when none is said.",
          .options = {kKubeconfigOption},
          .returns = "its name",
          .errors = {Code::kubernetes_context, Code::tool_missing, Code::tool_failed},
          .example =
              "local kubectl = require \"kubectl\"\n"
              "target(\"context\", function() return kubectl.current_context {} end)",
          .run = current_context};
}

Function version_function() {
  return {.name = "version",
          .effect = Effect::read,
          .summary = "Reads the versions of kubectl and of the cluster.",
          .options = with_cluster({}),
          .returns = "{ client, server }, such as \"1.32.4\"",
          .errors = with_errors({}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\" }\n"
              "step(\"note the version\", function()\n"
              "  return cluster:version().server  -- kubectl.version\n"
              "end)",
          .run = version};
}

Function whoami_function() {
  return {.name = "whoami",
          .effect = Effect::read,
          .summary = "Asks the cluster as whom it knows its user.",
          .options = with_cluster({}),
          .returns = "{ name, groups }",
          .errors = with_errors({}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\" }\n"
              "step(\"note who acts\", function()\n"
              "  return cluster:whoami().name  -- kubectl.whoami\n"
              "end)",
          .run = whoami};
}

Function can_i_function() {
  return {.name = "can_i",
          .effect = Effect::read,
          .summary = "Asks the cluster whether its user may do something.",
          .options = with_namespace({{.name = "verb",
                                      .type = Type::string,
                                      .required = Required::yes,
                                      .help = "get, list, create, update, patch, delete …",
                                      .positional = true},
                                     {.name = "kind",
                                      .type = Type::string,
                                      .required = Required::yes,
                                      .help = "\"deployments\", \"pods/exec\", \"secret/login\"",
                                      .positional = true},
                                     kAllNamespacesOption}),
          .returns = "true or false",
          .errors = with_errors({}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "step(\"check the permissions\", function()\n"
              "  if not cluster:can_i(\"create\", \"deployments\") then  -- kubectl.can_i\n"
              "    fail { message = \"this user may not deploy\", exit = 40 }\n"
              "  end\n"
              "end)",
          .run = can_i};
}

Function events_function() {
  return {.name = "events",
          .effect = Effect::read,
          .summary = "Reads what has happened to the objects of a namespace, or to one of them.",
          .options = with_namespace(
              {{.name = "object",
                .type = Type::string,
                .help = "only of this one: kind and name, \"pod/web-1\"",
                .positional = true},
               {.name = "warnings", .type = Type::boolean, .help = "only what went wrong"},
               kAllNamespacesOption}),
          .returns =
              "list of { time, type, reason, object, message, count }, the oldest first; "
              "object as \"Pod/web-1\"",
          .errors = with_errors({}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "step(\"look for trouble\", function()\n"
              "  return cluster:events { warnings = true }  -- kubectl.events\n"
              "end)",
          .run = events};
}

}  // namespace

std::vector<Function> cluster_functions() {
  return {connect_function(), contexts_function(), current_context_function(), version_function(),
          whoami_function(),  can_i_function(),    events_function()};
}

}  // namespace runbook::kubectl
