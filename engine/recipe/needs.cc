#include "engine/recipe/needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "engine/base/command_text.h"
#include "engine/base/suggestion.h"
#include "engine/io/loop.h"
#include "engine/lua/module.h"

namespace runbook {
namespace {

/// "--context={context}" with its value; nullopt if the recipe does not say any.
std::optional<std::string> filled_in(const std::string& argument, const Need& need) {
  const std::size_t begin = argument.find("={");
  if (begin == std::string::npos || !argument.ends_with("}")) {
    return argument;
  }
  const std::string what = argument.substr(begin + 2, argument.size() - begin - 3);
  if (what.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != std::string::npos) {
    return argument;  // the tool's own language
  }
  const auto value = need.with.find(what);
  return value == need.with.end() ? std::nullopt
                                  : std::optional(argument.substr(0, begin + 1) + value->second);
}

/// The tool with checks that ask about what the recipe will use.
ToolProgram asking_about(ToolProgram tool, const Need& need) {
  for (ToolCheck& check : tool.checks) {
    std::vector<std::string> arguments;
    for (const std::string& argument : check.arguments) {
      if (auto filled = filled_in(argument, need)) {
        arguments.push_back(std::move(*filled));
      }
    }
    check.arguments = std::move(arguments);
  }
  return tool;
}

FoundNeed declared_need(const Need& need, const std::vector<ToolProgram>& tools) {
  const auto declared = std::ranges::find(tools, std::string_view(need.tool), &ToolProgram::name);
  if (declared != tools.end()) {
    return {need, asking_about(*declared, need), {}, std::nullopt};
  }
  const bool any = need.version == "*";
  return {need,
          {need.tool, any ? std::vector<std::string>{} : std::vector<std::string>{"--version"},
           any ? nullptr : first_version, ""},
          {},
          std::nullopt};
}

/// What to do about it, where there is no run to resume.
std::string advice(const FoundNeed& found, const std::vector<ToolProgram>& tools) {
  if (!found.tool.install.empty()) {
    return fmt::format("install {}: {}", found.need.tool, found.tool.install);
  }
  std::vector<std::string_view> names;
  std::ranges::transform(tools, std::back_inserter(names), &ToolProgram::name);
  const std::string meant = did_you_mean(found.need.tool, names);
  return found.problem->code == Code::tool_missing
             ? fmt::format("install {}, or put it on PATH{}", found.need.tool, meant)
             : fmt::format("install a {} that fits, or need \"*\" of it", found.need.tool);
}

Task<void> look_at_need(Processes& processes, std::string path_variable, std::filesystem::path root,
                        FoundNeed& found) {
  try {
    const auto path = find_program(found.need.tool, path_variable);
    found.installed.path = path ? path->string() : "";
    if (!path || found.tool.version_in != nullptr) {
      found.installed = co_await find_tool(processes, found.tool, path_variable, root, nullptr);
      require_version(found.tool, found.installed, found.need.version);
    }
  } catch (const Error& error) {
    found.problem = error;
  }
}

std::string problem_text(const FoundNeed& found) {
  const bool says_range = found.problem->code == Code::tool_missing && found.need.version != "*";
  return says_range
             ? fmt::format("{}, and {} is needed", found.problem->message, found.need.version)
             : found.problem->message;
}

}  // namespace

std::vector<ToolProgram> known_tools(const std::vector<Module>& modules) {
  std::vector<ToolProgram> tools;
  for (const Module& module : modules) {
    std::ranges::copy(module.tools, std::back_inserter(tools));
  }
  return tools;
}

std::vector<Need> needs_with(
    const std::vector<Need>& needs,
    const std::function<std::optional<std::string>(const std::string& parameter)>& value_of) {
  std::vector<Need> applying;
  for (Need need : needs) {
    if (!need.unless.empty() && value_of(need.unless)) {
      continue;
    }
    const auto parameters = std::exchange(need.with, {});
    for (const auto& [what, parameter] : parameters) {
      if (const auto value = value_of(parameter)) {
        need.with[what] = *value;
      }
    }
    applying.push_back(std::move(need));
  }
  return applying;
}

std::vector<Need> needs_with(const std::vector<Need>& needs, const Json& parameters) {
  return needs_with(needs, [&](const std::string& name) -> std::optional<std::string> {
    const auto found = parameters.find(name);
    if (found == parameters.end() || found->is_null()) {
      return std::nullopt;
    }
    return found->is_string() ? found->get<std::string>() : found->dump();
  });
}

std::vector<FoundNeed> look_at_needs(const std::vector<Need>& needs,
                                     const std::vector<Module>& modules,
                                     const std::filesystem::path& root) {
  const std::vector<ToolProgram> tools = known_tools(modules);
  const char* path_variable = std::getenv("PATH");
  SystemClock clock;
  Loop loop(clock);
  Processes processes(loop, nullptr, {});
  std::vector<FoundNeed> all;
  std::ranges::transform(needs, std::back_inserter(all),
                         [&](const Need& need) { return declared_need(need, tools); });
  for (FoundNeed& found : all) {
    loop.spawn(look_at_need(processes, path_variable == nullptr ? "" : path_variable, root, found));
  }
  loop.run();
  for (FoundNeed& found : all) {
    if (found.problem) {
      found.problem->hint = advice(found, tools);
    }
  }
  return all;
}

void check_needs(const std::vector<Need>& needs, const std::vector<Module>& modules,
                 const std::filesystem::path& root, const std::string& recipe) {
  if (needs.empty()) {
    return;
  }
  std::vector<FoundNeed> missing = look_at_needs(needs, modules, root);
  std::erase_if(missing, [](const FoundNeed& found) { return !found.problem; });
  if (missing.empty()) {
    return;
  }
  std::string message = "this recipe needs what this machine does not have:";
  Json detail = Json::array();
  for (const FoundNeed& found : missing) {
    message += fmt::format("\n  {}\n    -> {}", problem_text(found), found.problem->hint);
    detail.push_back({{"tool", found.need.tool},
                      {"needed", found.need.version},
                      {"installed", found.installed.version},
                      {"path", found.installed.path}});
  }
  const bool absent = std::ranges::any_of(
      missing, [](const FoundNeed& found) { return found.problem->code == Code::tool_missing; });
  throw Error(absent ? Code::tool_missing : Code::tool_version, std::move(message),
              fmt::format("{} looks at all that it needs", command_text("doctor", {recipe}, "")),
              std::move(detail))
      .with_effect(EffectDone::none);
}

}  // namespace runbook
