#include "engine/cli/definitions.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/shown_text.h"
#include "engine/cli/lua_definitions.h"
#include "engine/cli/lua_functions.h"
#include "engine/cli/primitives.h"
#include "engine/lua/loader.h"

namespace runbook {

namespace {

std::string_view lua_type_of(Type type) {
  switch (type) {
    case Type::integer:
      return "integer";
    case Type::number:
      return "number";
    case Type::boolean:
      return "boolean";
    case Type::list:
      return "any[]";
    case Type::strings:
      return "string[]";
    case Type::table:
      return "table";
    case Type::data:
      return "any";
    case Type::string:
    case Type::bytes:
    case Type::path:
    case Type::duration:
    case Type::url:
    case Type::secret:
      return "string";
  }
  return "any";
}

std::string comment_line(std::string_view text) {
  return fmt::format("--- {}\n", one_line(text, 1000));
}

std::string option_class(const Primitive& primitive, const std::vector<Handle>& handles) {
  std::string text = comment_line(fmt::format("@class {}.Options", primitive.name()));
  for (const Option& option : primitive.function->options) {
    const bool known = std::any_of(handles.begin(), handles.end(), [&](const Handle& handle) {
      return handle.options.contains(option.name);
    });
    const bool optional = known || option.required == Required::no;
    text += comment_line(fmt::format("@field {}{} {} {}", option.rest ? "[integer]" : option.name,
                                     optional && !option.rest ? "?" : "",
                                     option.rest ? "any" : lua_type_of(option.type), option.help));
  }
  return text + "\n";
}

/// The parameters of a function that is called with a table, or with values by position: the first
/// of those may be the table.
std::string parameters_of(const Primitive& primitive, std::vector<std::string>& names) {
  std::string text;
  bool needs_any = false;
  for (const Option& option : primitive.function->options) {
    needs_any = needs_any || option.required == Required::yes;
    if (option.positional) {
      text += comment_line(names.empty() ? fmt::format("@param {}{} {}|{}.Options {}", option.name,
                                                       option.required == Required::yes ? "" : "?",
                                                       lua_type_of(option.type), primitive.name(),
                                                       option.help)
                                         : fmt::format("@param {}? {} {}", option.name,
                                                       lua_type_of(option.type), option.help));
      names.emplace_back(option.name);
    }
  }
  if (names.empty() && !primitive.function->options.empty()) {
    names.emplace_back("options");
    text += comment_line(
        fmt::format("@param options{} {}.Options", needs_any ? "" : "?", primitive.name()));
  }
  return text;
}

std::string definition(const Primitive& primitive, const std::vector<Handle>& handles) {
  const Function& function = *primitive.function;
  std::string text = function.options.empty() ? "" : option_class(primitive, handles);
  text += comment_line(function.summary);
  text += comment_line(fmt::format("Class: {}; after it was cut off: {}.", effect_text(function),
                                   settled_text(function)));
  std::string errors;
  for (const Code code : function.errors) {
    errors += fmt::format("{}{} {}", errors.empty() ? "Errors: " : " · ", code_text(code),
                          code_info(code).sentence);
  }
  text += errors.empty() ? "" : comment_line(errors);
  std::vector<std::string> names;
  text += parameters_of(primitive, names);
  text += comment_line(fmt::format("@return any result {}", function.returns));
  return text + fmt::format("function {}({}) end\n\n", primitive.name(), fmt::join(names, ", "));
}

bool is_redefined(const std::vector<LuaFunction>& functions, std::string_view name) {
  return std::any_of(functions.begin(), functions.end(),
                     [&](const LuaFunction& function) { return function.name == name; });
}

}  // namespace

std::string global_definitions() {
  return source_definitions(lua::stdlib_source("core/globals").value_or(""), "G", "", nullptr) +
         source_definitions(lua::stdlib_source("param").value_or(""), "M", "param.", nullptr) +
         "--- @type param\nparam = {}\n\n--- @type bigint.make\nbigint = nil\n";
}

std::string module_definitions(const Module& module) {
  std::string text = comment_line(module.summary);
  text += fmt::format("--- @class {}\nlocal {} = {{}}\n\n", module.name, module.name);
  const std::vector<LuaFunction> redefined = lua_functions(module.lua);
  const std::vector<Handle> handles = handles_of(module);
  for (const Function& function : module.functions) {
    const Primitive primitive{&module, &function};
    text += is_redefined(redefined, function.name) ? option_class(primitive, handles)
                                                   : definition(primitive, handles);
  }
  return text + source_definitions(module.lua, "M", fmt::format("{}.", module.name), &module);
}

std::string data_definitions() {
  return R"(--- What JSON has and Lua has not.
--- @class data
--- @field null userdata a null inside lists and tables
local data = {}

--- Marks a table as a list, also while it is empty; without one it makes a new list.
--- @param list? table
--- @return table
function data.array(list) end

--- @param value any
--- @return boolean
function data.is_null(value) end

--- @param value any
--- @return boolean
function data.is_array(value) end

)";
}

}  // namespace runbook
