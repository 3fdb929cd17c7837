// A recipe before it is run: does it load, is what it needs there, what must it be given?

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "engine/base/error.h"
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

bool has_value(const Parameter& parameter, const std::filesystem::path& root) {
  return !parameter.fallback.is_null() || (!parameter.env.empty() && variable(parameter.env)) ||
         (!parameter.file.empty() && std::filesystem::exists(root / parameter.file));
}

/// What must be given on the command line, since nothing gives it now.
Finding missing_parameter(const Parameter& parameter) {
  return {Is::remark, "parameter",
          fmt::format("{} is required and nothing gives it yet{}{}", parameter.name,
                      parameter.help.empty() ? "" : ": ", parameter.help),
          fmt::format("-p {}=...{}", parameter.name,
                      parameter.env.empty() ? "" : fmt::format(", or set {}", parameter.env))};
}

void look_at_parameters(const Header& header, const std::filesystem::path& root,
                        std::vector<Finding>& findings) {
  for (const Parameter& parameter : header.parameters) {
    if (!has_value(parameter, root)) {
      if (parameter.required) {
        findings.push_back(missing_parameter(parameter));
      }
      continue;
    }
    try {
      check_parameters({parameter}, {.arguments = {}, .files = {}, .environment = variable}, root);
    } catch (const Error& error) {
      findings.push_back(wrong("parameter", error));
    }
  }
}

}  // namespace

void look_at_recipe(const std::vector<Module>& modules, const Project& project,
                    const std::string& name, std::vector<Finding>& findings) {
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
  look_at_found(look_at_needs(header.needs, modules, project.root), project.root, findings);
  look_at_parameters(header, project.root, findings);
}

}  // namespace runbook
