// A recipe before it is run: does it load, is what it needs there, what must it be given?

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/suggestion.h"
#include "engine/cli/doctor_tools.h"
#include "engine/lua/module.h"
#include "engine/recipe/header_reader.h"
#include "engine/recipe/libraries.h"
#include "engine/recipe/project.h"
#include "engine/view/failure_card.h"

namespace runbook {

namespace {

using Is = Finding::State;

Finding does_not_load(const Error& error) {
  Finding finding = wrong("recipe", error);
  const std::string site = site_of(error.detail, nullptr);
  finding.text += site.empty() ? "" : fmt::format(" ({})", site);
  return finding;
}

std::optional<std::string> variable(const std::string& name) {
  const char* text = std::getenv(name.c_str());
  return text == nullptr ? std::nullopt : std::optional<std::string>(text);
}

/// Of what was typed as NAME=VALUE: what is for this parameter.
std::vector<std::string> typed_for(const Parameter& parameter,
                                   const std::vector<std::string>& typed) {
  std::vector<std::string> own;
  for (const std::string& one : typed) {
    if (one.starts_with(parameter.name + "=")) {
      own.push_back(one);
    }
  }
  return own;
}

/// Its value as text, before anybody looked whether it is right.
std::optional<std::string> value_of(const Parameter& parameter,
                                    const std::vector<std::string>& typed) {
  const std::vector<std::string> own = typed_for(parameter, typed);
  if (!own.empty()) {
    return own.back().substr(parameter.name.size() + 1);
  }
  if (!parameter.env.empty() && variable(parameter.env)) {
    return variable(parameter.env);
  }
  if (parameter.fallback.is_null()) {
    return std::nullopt;
  }
  return parameter.fallback.is_string() ? parameter.fallback.get<std::string>()
                                        : parameter.fallback.dump();
}

/// What must be given on the command line, since nothing gives it now.
Finding missing_parameter(const Parameter& parameter) {
  const bool is_secret = parameter.type == ParameterType::secret;
  return {Is::remark, "parameter",
          fmt::format("{} is required and nothing gives it yet{}{}", parameter.name,
                      parameter.help.empty() ? "" : ": ", parameter.help),
          fmt::format("{}{}",
                      is_secret ? "in a file: -P FILE" : fmt::format("-p {}=...", parameter.name),
                      parameter.env.empty() ? "" : fmt::format(", or set {}", parameter.env))};
}

void look_at_parameters(const Header& header, const std::filesystem::path& root,
                        const std::vector<std::string>& typed, std::vector<Finding>& findings) {
  for (const Parameter& parameter : header.parameters) {
    const bool in_file = !parameter.file.empty() && std::filesystem::exists(root / parameter.file);
    if (!in_file && !value_of(parameter, typed)) {
      if (parameter.required) {
        findings.push_back(missing_parameter(parameter));
      }
      continue;
    }
    try {
      check_parameters(
          {parameter},
          {.arguments = typed_for(parameter, typed), .files = {}, .environment = variable}, root);
    } catch (const Error& error) {
      findings.push_back(wrong("parameter", error));
    }
  }
}

/// Those that no parameter is meant by.
void look_at_typed(const Header& header, const std::vector<std::string>& typed,
                   std::vector<Finding>& findings) {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : header.parameters) {
    names.push_back(parameter.name);
  }
  for (const std::string& one : typed) {
    const std::string name = one.substr(0, one.find('='));
    if (std::ranges::find(names, std::string_view(name)) == names.end()) {
      findings.push_back(
          {Is::wrong, "parameter",
           fmt::format("the recipe has no parameter {}{}", name, did_you_mean(name, names)),
           "runbook show RECIPE lists them"});
    }
  }
}

}  // namespace

void look_at_recipe(const std::vector<Module>& modules, const Project& project,
                    const std::string& name, const std::vector<std::string>& typed,
                    std::vector<Finding>& findings) {
  const std::filesystem::path path = find_recipe(project, std::filesystem::current_path(), name);
  Header header;
  try {
    header = read_recipe_file(project.root, path, modules).header.value_or(Header());
  } catch (const Error& error) {
    findings.push_back(does_not_load(error));
    return;
  }
  const std::size_t before = findings.size();
  for (const Error& error : broken_libraries(project.root, path, modules)) {
    findings.push_back(does_not_load(error));
  }
  if (findings.size() == before) {
    findings.push_back(
        {Is::ok, "recipe",
         fmt::format("{} loads, and all that it requires", recipe_name(project, path)), ""});
  }
  const auto value = [&](const std::string& parameter) {
    const auto declared = std::ranges::find(header.parameters, parameter, &Parameter::name);
    return value_of(*declared, typed);  // the header was refused if it names no parameter
  };
  const std::vector<Need> needs = needs_with(header.needs, value);
  look_at_found(look_at_needs(needs, modules, project.root), project.root, findings);
  look_at_typed(header, typed, findings);
  look_at_parameters(header, project.root, typed, findings);
}

}  // namespace runbook
