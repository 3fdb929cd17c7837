// What sets something that stays as it is when it is set again.

#include "modules/devspace/functions.h"
#include "modules/devspace/output.h"
#include "modules/devspace/project.h"

namespace runbook::devspace {

namespace {

Task<Json> run_purge(Call& call) {
  require_cluster(call);
  std::vector<std::string> arguments{"purge"};
  const tool::Ran ran = co_await run_devspace(call, std::move(arguments));
  co_return Json{{"purged", purged_told(ran.out)}, {"ms", ran.duration.count()}};
}

// The namespace is the command's own argument here, not where it acts.
Task<Json> use_namespace(Call& call) {
  require_cluster(call);
  const std::string space = call.text("namespace");
  const tool::Tool devspace = project_tool(call);
  tool::Command command = project_command(call, {"use", "namespace", space});
  std::erase(command.arguments, "--namespace=" + space);
  command.name = "use namespace";
  co_await tool::run(call, devspace, std::move(command));
  co_return Json{{"context", call.text("context")}, {"namespace", space}};
}

Function purge_function() {
  return {.name = "purge",
          .effect = Effect::idempotent,
          .summary =
              "Runs the project's purge pipeline. What is purged already stays so, but "
              "devspace first creates a namespace that is not there.",
          .options = project_options({}),
          .returns = "{ purged, ms }: names of the deployments that were there",
          .errors = project_errors({}),
          .example =
              "local devspace = require \"devspace\"\n"
              "local project = devspace.project {\n"
              "  cwd = \"crib\", context = \"staging\", namespace = \"crib-a\" }\n"
              "step(\"purge\", function() return project:purge().purged end)",
          .run = run_purge};
}

Function use_namespace_function() {
  return {.name = "use_namespace",
          .effect = Effect::idempotent,
          .summary =
              "Writes a namespace into the kubeconfig as the default of the context: for "
              "everybody and everything that uses this file, after the run too.",
          .options = project_options({}),
          .returns = "{ context, namespace }",
          .errors = project_errors({}),
          .example =
              "local devspace = require \"devspace\"\n"
              "step(\"choose the namespace\", function()\n"
              "  return devspace.use_namespace { context = \"staging\", namespace = "
              "\"crib-a\" }\n"
              "end)",
          .run = use_namespace};
}

}  // namespace

std::vector<Function> purge_functions() {
  return {purge_function(), use_namespace_function()};
}

}  // namespace runbook::devspace
