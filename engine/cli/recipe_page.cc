#include "engine/cli/recipe_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/command_text.h"
#include "engine/cli/columns.h"
#include "engine/view/run_page.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

std::string type_text(const Parameter& parameter) {
  if (parameter.type == ParameterType::enumeration) {
    return fmt::format("one of {}", fmt::join(parameter.values, ", "));
  }
  std::string text(parameter_type_name(parameter.type));
  if (parameter.type == ParameterType::list) {
    text += fmt::format(" of {}", parameter_type_name(parameter.of));
  }
  if (parameter.min || parameter.max) {
    text += fmt::format(" {}..{}", parameter.min ? fmt::to_string(*parameter.min) : "",
                        parameter.max ? fmt::to_string(*parameter.max) : "");
  }
  return text;
}

/// "url, required or $RPC_URL: JSON-RPC endpoint".
std::string parameter_text(const Parameter& parameter) {
  std::string text = type_text(parameter);
  if (!parameter.fallback.is_null()) {
    text += ", default " + one_line(value_text(parameter.fallback));
  } else {
    text += parameter.required ? ", required" : ", optional";
  }
  text += parameter.env.empty() ? "" : fmt::format(", or ${}", parameter.env);
  text += parameter.file.empty() ? "" : fmt::format(", or file {}", parameter.file);
  return text + (parameter.help.empty() ? "" : ": " + one_line(parameter.help));
}

std::string command_to_run(const ShownRecipe& recipe) {
  std::string options;
  if (recipe.file.header) {
    for (const Parameter& parameter : recipe.file.header->parameters) {
      if (parameter.required && parameter.fallback.is_null() && parameter.env.empty()) {
        options += fmt::format("{}-p {}=...", options.empty() ? "" : " ", parameter.name);
      }
    }
  }
  return command_text("run", {recipe.name}, options);
}

using TableRows = std::vector<std::pair<std::string, std::string>>;

std::string wrapped_table(const TableRows& rows, std::size_t columns) {
  std::size_t width = 0;
  for (const auto& [name, text] : rows) {
    width = std::max(width, name.size());
  }
  std::string lines;
  for (const auto& [name, text] : rows) {
    lines += beside(fmt::format("  {:<{}}  ", name, width), text, columns);
  }
  return lines;
}

std::string header_lines(const Header& header, std::size_t columns) {
  std::string page;
  if (!header.summary.empty()) {
    page += plain_text(header.summary) + "\n";
  }
  if (!header.description.empty()) {
    page += "\n" + plain_text(header.description) + "\n";
  }
  TableRows rows;
  for (const Parameter& parameter : header.parameters) {
    rows.emplace_back(parameter.name, parameter_text(parameter));
  }
  page += rows.empty() ? "" : "\nParameters\n" + wrapped_table(rows, columns);
  rows.clear();
  for (const Need& need : header.needs) {
    rows.emplace_back(need.tool, need.unless.empty() ? need.version
                                                     : fmt::format("{}, unless {} is given",
                                                                   need.version, need.unless));
  }
  page += rows.empty() ? "" : "\nNeeds\n" + wrapped_table(rows, columns);
  if (header.lock || header.has_lock) {
    page += fmt::format("\nLock  {}\n", header.lock.value_or("its name depends on the parameters"));
  }
  return page;
}

OrderedJson parameter_json(const Parameter& parameter) {
  OrderedJson json;
  json["name"] = parameter.name;
  json["type"] = parameter_type_name(parameter.type);
  json["required"] = parameter.required && parameter.fallback.is_null();
  json["default"] = OrderedJson(parameter.fallback);
  json["env"] = parameter.env;
  json["help"] = parameter.help;
  json["values"] = parameter.values;
  json["of"] = parameter.type == ParameterType::list
                   ? OrderedJson(parameter_type_name(parameter.of))
                   : OrderedJson(nullptr);
  json["min"] = parameter.min ? OrderedJson(*parameter.min) : OrderedJson(nullptr);
  json["max"] = parameter.max ? OrderedJson(*parameter.max) : OrderedJson(nullptr);
  return json;
}

}  // namespace

std::string recipe_page(const ShownRecipe& recipe, const StateOption& state_option, Timestamp now,
                        std::size_t columns) {
  const std::optional<Header>& header = recipe.file.header;
  std::string page = header && !header->name.empty() ? header->name + "  " : "";
  page += recipe.name + (header && !header->version.empty() ? "  " + header->version : "") + "\n";
  page += header ? header_lines(*header, columns) : "it has no recipe{} header: no parameters\n";
  if (recipe.last) {
    page += fmt::format("\nSteps of its last finished run, {} ({}); the next may take others\n",
                        recipe.last->id, ago(recipe.last->state.updated, now));
    page += step_outline(recipe.last->state);
  } else {
    page += "\nSteps are known once a run of it has finished.\n";
  }
  return page + fmt::format("\nNext\n  {}\n", state_option.put_into(command_to_run(recipe)));
}

OrderedJson recipe_json(const ShownRecipe& recipe) {
  const Header header = recipe.file.header.value_or(Header());
  OrderedJson json;
  json["v"] = 1;
  json["recipe"] = recipe.name;
  json["name"] = header.name;
  json["version"] = header.version;
  json["summary"] = header.summary;
  json["description"] = header.description;
  json["params"] = OrderedJson::array();
  for (const Parameter& parameter : header.parameters) {
    json["params"].push_back(parameter_json(parameter));
  }
  json["needs"] = OrderedJson::object();
  for (const Need& need : header.needs) {
    json["needs"][need.tool] = need.version;
  }
  json["steps"] = OrderedJson::array();
  json["steps_from"] = recipe.last ? OrderedJson(recipe.last->id) : OrderedJson(nullptr);
  if (recipe.last) {
    for (const StepState& step : recipe.last->state.steps) {
      json["steps"].push_back({{"path", step.path}, {"kind", kind_name(step.kind)}});
    }
  }
  return json;
}

}  // namespace runbook
