#include "engine/recipe/header.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/base/duration.h"
#include "engine/base/version_range.h"
#include "engine/recipe/declaration.h"

namespace runbook {
namespace {

/// Names go into lock names and lists: parts of letters, digits, . _ -, joined by slashes.
bool is_recipe_name(std::string_view name) {
  return !name.empty() && name.size() <= 200 && name.front() != '/' && name.back() != '/' &&
         name.find("//") == std::string_view::npos &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") ==
             std::string_view::npos;
}

std::vector<Parameter> read_parameters(const Declaration& recipe) {
  std::vector<Parameter> parameters;
  if (!recipe.has("params")) {
    return parameters;
  }
  if (!recipe.at("params").is_object()) {
    recipe.refuse("params", "must be a table: params = { name = param.string { … } }");
  }
  for (const auto& [name, declaration] : recipe.at("params").items()) {
    parameters.push_back(parse_parameter(name, declaration));
  }
  return parameters;
}

std::vector<Need> read_needs(const Declaration& recipe) {
  std::vector<Need> needs;
  if (!recipe.has("needs")) {
    return needs;
  }
  if (!recipe.at("needs").is_object()) {
    recipe.refuse("needs", "must be a table: needs = { kubectl = \">=1.27\" }");
  }
  for (const auto& [tool, version] : recipe.at("needs").items()) {
    if (!version.is_string() || !VersionRange::parse(version.get_ref<const std::string&>())) {
      recipe.refuse("needs." + tool, "must be a version such as \">=1.27\", or \"*\"");
    }
    needs.push_back({tool, version.get<std::string>()});
  }
  return needs;
}

std::optional<Allow> read_allow(const Declaration& recipe) {
  if (!recipe.has("allow")) {
    return std::nullopt;
  }
  const Declaration declaration("recipe.allow", recipe.at("allow"), {"run", "net", "write"});
  Allow allow;
  const auto list = [&](const char* field) {
    return declaration.has(field) ? std::optional(declaration.strings(field)) : std::nullopt;
  };
  allow.run = list("run");
  allow.net = list("net");
  allow.write = list("write");
  return allow;
}

void read_limits(const Declaration& recipe, Header& header) {
  if (!recipe.has("limits")) {
    return;
  }
  const Declaration limits("recipe.limits", recipe.at("limits"), {"lua_time", "memory"});
  if (limits.has("lua_time")) {
    try {
      header.lua_time = parse_duration(limits.text("lua_time"));
    } catch (const Error& error) {
      limits.refuse("lua_time", "must be a duration such as \"10s\": " + error.message);
    }
    if (header.lua_time->count() == 0) {
      limits.refuse("lua_time", "must be more than nothing");
    }
  }
  if (limits.has("memory")) {
    constexpr std::size_t kLeast = std::size_t{4} << 20;  // less does not hold the standard library
    header.memory = parse_size(limits.text("memory"));
    if (!header.memory || *header.memory < kLeast) {
      limits.refuse("memory", "must be a size from 4MB on, such as \"512MB\"");
    }
  }
}

/// true stands for a function.
bool read_function(const Declaration& recipe, const char* field) {
  if (recipe.has(field) && recipe.at(field) != Json(true)) {
    recipe.refuse(field, "must be a function of the parameters");
  }
  return recipe.has(field);
}

void read_lock(const Declaration& recipe, Header& header) {
  if (!recipe.has("lock") || !recipe.at("lock").is_string()) {
    header.has_lock = read_function(recipe, "lock");
    return;
  }
  header.lock = recipe.text("lock");
  if (header.lock->empty()) {
    recipe.refuse("lock", "must not be empty");
  }
}

}  // namespace

Header parse_header(const Json& value) {
  const Declaration recipe("recipe", value,
                           {"name", "version", "summary", "description", "params", "needs",
                            "target", "lock", "allow", "limits"});
  Header header;
  header.name = recipe.text("name");
  if (recipe.has("name") && !is_recipe_name(header.name)) {
    recipe.refuse("name", "must be made of letters, digits, . _ - and /");
  }
  header.version = recipe.text("version");
  header.summary = recipe.text("summary");
  if (header.summary.find('\n') != std::string::npos) {
    recipe.refuse("summary", "must be one line; description takes more");
  }
  header.description = recipe.text("description");
  header.parameters = read_parameters(recipe);
  header.needs = read_needs(recipe);
  header.allow = read_allow(recipe);
  header.has_target = read_function(recipe, "target");
  read_lock(recipe, header);
  read_limits(recipe, header);
  return header;
}

std::optional<std::size_t> parse_size(std::string_view text) {
  double number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || !std::isfinite(number) || number < 0) {
    return std::nullopt;
  }
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  constexpr std::string_view kPrefixes = "KMG";
  const std::size_t prefix = unit.empty() ? std::string_view::npos : kPrefixes.find(unit[0]);
  if (prefix == std::string_view::npos || (unit.substr(1) != "B" && unit.substr(1) != "iB")) {
    return std::nullopt;
  }
  const double bytes = number * std::pow(1024.0, static_cast<double>(prefix + 1));
  constexpr double kMost = 1e15;
  return bytes <= kMost ? std::optional(static_cast<std::size_t>(bytes)) : std::nullopt;
}

}  // namespace runbook
