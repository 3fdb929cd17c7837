// TOML text. The only user of toml++.

#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include <toml++/toml.h>

#include "engine/lua/module.h"
#include "modules/modules.h"

namespace runbook {

namespace {

Error invalid(const std::string& name, const toml::source_region& where, std::string_view reason) {
  return Error(Code::toml_invalid,
               fmt::format("{}:{}:{}: {}", name, where.begin.line, where.begin.column, reason), {},
               {{"line", where.begin.line}, {"column", where.begin.column}})
      .with_effect(EffectDone::none);
}

template <typename Date>
Json text_of(const Date& date) {
  std::ostringstream text;
  text << date;
  return text.str();
}

Json to_json(const std::string& name, const toml::node& node);

Json table_to_json(const std::string& name, const toml::table& table) {
  Json value = Json::object();
  for (const auto& [key, item] : table) {
    value[std::string(key.str())] = to_json(name, item);
  }
  return value;
}

Json array_to_json(const std::string& name, const toml::array& array) {
  Json value = Json::array();
  for (const toml::node& item : array) {
    value.push_back(to_json(name, item));
  }
  return value;
}

Json to_json(const std::string& name, const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return table_to_json(name, *node.as_table());
    case toml::node_type::array:
      return array_to_json(name, *node.as_array());
    case toml::node_type::string:
      return node.as_string()->get();
    case toml::node_type::integer:
      return node.as_integer()->get();
    case toml::node_type::boolean:
      return node.as_boolean()->get();
    case toml::node_type::date:
      return text_of(node.as_date()->get());
    case toml::node_type::time:
      return text_of(node.as_time()->get());
    case toml::node_type::date_time:
      return text_of(node.as_date_time()->get());
    case toml::node_type::floating_point: {
      const double number = node.as_floating_point()->get();
      if (!std::isfinite(number)) {
        throw invalid(name, node.source(), "infinity and NaN cannot be recorded");
      }
      return number;
    }
    case toml::node_type::none:
      break;
  }
  return nullptr;
}

Json decode(Call& call) {
  const std::string text = call.text("text");
  const std::string name = call.text_or("name", "text");
  try {
    const toml::table table = toml::parse(std::string_view(text));
    return table_to_json(name, table);
  } catch (const toml::parse_error& error) {
    throw invalid(name, error.source(), error.description());
  }
}

}  // namespace

Module toml_module() {
  return {.name = "toml",
          .summary = "TOML text.",
          .functions = {{.name = "decode",
                         .summary = "Reads TOML. Dates and times become text as they are written.",
                         .options = {{.name = "text",
                                      .type = Type::string,
                                      .required = Required::yes,
                                      .help = "TOML text",
                                      .positional = true},
                                     {.name = "name",
                                      .type = Type::string,
                                      .help = "where the text is from, for error messages"}},
                         .returns = "table of its keys",
                         .errors = {Code::toml_invalid},
                         .example = "local toml = require \"toml\"\n"
                                    "local config = toml.decode('[server]\\nport = 8080')\n"
                                    "log(config.server.port)",
                         .compute = decode}}};
}

}  // namespace runbook
