#include "modules/devspace/config.h"

#include <algorithm>
#include <string_view>

namespace runbook::devspace {

namespace {

Json part_of(const Json& object, const char* name) {
  return object.is_object() ? object.value(name, Json()) : Json();
}

std::string text_of(const Json& object, const char* name, const std::string& otherwise) {
  const Json value = part_of(object, name);
  return value.is_string() && !value.get_ref<const std::string&>().empty()
             ? value.get<std::string>()
             : otherwise;
}

/// The lines that are neither empty nor comments, without their indentation.
std::vector<std::string_view> commands_in(std::string_view script) {
  std::vector<std::string_view> commands;
  while (!script.empty()) {
    std::string_view line = script.substr(0, script.find('\n'));
    script.remove_prefix(std::min(script.size(), line.size() + 1));
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t")));
    if (!line.empty() && line.front() != '#') {
      commands.push_back(line);
    }
  }
  return commands;
}

// A pipeline that is not declared is devspace's own, which ends with create_deployments --all.
bool ends_with_deploying(const Json& config, const std::string& name) {
  const Json pipeline = part_of(part_of(config, "pipelines"), name.c_str());
  if (pipeline.is_null()) {
    return name == "deploy";
  }
  const std::string script =
      pipeline.is_string() ? pipeline.get<std::string>() : text_of(pipeline, "run", "");
  const std::vector<std::string_view> commands = commands_in(script);
  const auto deploys = [](std::string_view command) {
    return command.find("create_deployments") != std::string_view::npos;
  };
  return std::ranges::count_if(commands, deploys) == 1 &&
         commands.back().starts_with("create_deployments ") &&
         commands.back().find_first_of(";&|") == std::string_view::npos;
}

}  // namespace

std::vector<ExpectedRelease> expected_releases(const Json& config, const std::string& space) {
  std::vector<ExpectedRelease> releases;
  const Json deployments = part_of(config, "deployments");
  for (const auto& [name, deployment] : deployments.items()) {
    const Json helm = part_of(deployment, "helm");
    if (!helm.is_null()) {
      releases.push_back(
          {name, text_of(deployment, "namespace", space), text_of(helm, "releaseName", name)});
    }
  }
  return releases;
}

bool ends_with_releases(const Json& config, const std::string& pipeline) {
  const Json deployments = part_of(config, "deployments");
  const bool only_helm =
      !deployments.empty() && std::ranges::all_of(deployments, [](const Json& deployment) {
        return !part_of(deployment, "helm").is_null();
      });
  return only_helm && part_of(config, "hooks").is_null() &&
         part_of(config, "dependencies").is_null() && ends_with_deploying(config, pipeline);
}

}  // namespace runbook::devspace
