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

/// `name` must be a parameter: a recipe says what it means, not what it might mean.
std::string parameter_name(const Declaration& need, const std::string& field, const Json& name,
                           const std::vector<Parameter>& parameters) {
  const bool is_known =
      name.is_string() && std::ranges::find(parameters, name.get_ref<const std::string&>(),
                                            &Parameter::name) != parameters.end();
  if (!is_known) {
    need.refuse(field, "must be the name of a parameter");
  }
  return name.get<std::string>();
}

Need read_need(const std::string& tool, const Json& declared,
               const std::vector<Parameter>& parameters) {
  const Json table = declared.is_object() ? declared : Json{{"version", declared}};
  const Declaration need("recipe.needs." + tool, table, {"version", "unless", "with"});
  const bool is_range = need.has("version") && need.at("version").is_string() &&
                        VersionRange::parse(need.at("version").get_ref<const std::string&>());
  if (!is_range) {
    refuse_header(
        fmt::format("recipe.needs.{} must be a version such as \">=1.27\", or \"*\"", tool));
  }
  Need read{tool, need.text("version")};
  if (need.has("unless")) {
    read.unless = parameter_name(need, "unless", need.at("unless"), parameters);
  }
  if (need.has("with")) {
    if (!need.at("with").is_object()) {
      need.refuse("with", "must be a table: with = { context = \"kube_context\" }");
    }
    for (const auto& [what, name] : need.at("with").items()) {
      read.with[what] = parameter_name(need, "with." + what, name, parameters);
    }
  }
  return read;
}

std::vector<Need> read_needs(const Declaration& recipe, const std::vector<Parameter>& parameters) {
  std::vector<Need> needs;
  if (!recipe.has("needs")) {
    return needs;
  }
  if (!recipe.at("needs").is_object()) {
    recipe.refuse("needs", "must be a table: needs = { kubectl = \">=1.27\" }");
  }
  for (const auto& [tool, declared] : recipe.at("needs").items()) {
    needs.push_back(read_need(tool, declared, parameters));
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
  header.needs = read_needs(recipe, header.parameters);
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
