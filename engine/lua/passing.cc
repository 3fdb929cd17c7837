#include "engine/lua/passing.h"

#include <fmt/core.h>

#include <algorithm>

#include <lua.hpp>

#include "engine/lua/arguments.h"
#include "engine/lua/lazy.h"

namespace runbook::lua {
namespace {

/// May this argument be the table of named options, or is it itself a value given by position?
bool takes_tables(const Function& function, std::size_t position) {
  std::size_t seen = 0;
  for (const Option& option : function.options) {
    if (option.positional && seen++ == position) {
      return option.type == Type::data || option.type == Type::table || option.type == Type::list ||
             option.type == Type::strings;
    }
  }
  return false;
}

/// A lone table cannot be the first of several arguments that must all be there: it holds them.
bool holds_arguments(const Function& function, int count) {
  const auto required = std::ranges::count_if(function.options, [](const Option& option) {
    return option.positional && option.required == Required::yes;
  });
  return count == 1 && required > 1;
}

const Option* rest_option(const Function& function) {
  const auto found = std::find_if(function.options.begin(), function.options.end(),
                                  [](const Option& option) { return option.rest; });
  return found == function.options.end() ? nullptr : &*found;
}

/// { "git", "push", cwd = "x" } → the list part and the named part, each as JSON.
void split_table(lua_State* L, int index, const std::string& what, Form form, Json& list,
                 Json& named) {
  list = Json::array();
  named = Json::object();
  const int count = static_cast<int>(lua_objlen(L, index));
  for (int position = 1; position <= count; ++position) {
    lua_rawgeti(L, index, position);
    list.push_back(to_json(L, -1, what, form));
    lua_pop(L, 1);
  }
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    if (lua_type(L, -2) == LUA_TSTRING) {
      const std::string key = lua_tostring(L, -2);
      if (!lua_isfunction(L, -1)) {
        named[key] = to_json(L, -1, what + "." + key, form);
      } else {
        throw Error(Code::option_invalid,
                    fmt::format("{}: option \"{}\" cannot be a function", what, key))
            .with_effect(EffectDone::none);
      }
    }
    lua_pop(L, 1);
  }
}

}  // namespace

void push_result(lua_State* L, const Json& result, Form form) {
  if (result.is_null()) {
    lua_pushnil(L);
  } else {
    push(L, result, form);
  }
}

Json read_arguments(lua_State* L, const std::string& name, const Function& function,
                    const std::filesystem::path& root) {
  Json positional = Json::array();
  Json table = Json::object();
  const Form form = function.takes_tagged ? Form::stored : Form::plain;
  const int count = lua_gettop(L);
  for (int index = 1; index <= count; ++index) {
    const bool options_table = index == count && lua_istable(L, index) &&
                               (!takes_tables(function, static_cast<std::size_t>(index - 1)) ||
                                holds_arguments(function, count));
    if (!options_table) {
      positional.push_back(to_json(L, index, name, form));
      continue;
    }
    fill(L, index);
    Json list;
    split_table(L, index, name, form, list, table);
    if (list.empty()) {
      continue;
    }
    if (const Option* rest = rest_option(function)) {
      table[std::string(rest->name)] = std::move(list);
    } else {
      positional.insert(positional.end(), list.begin(), list.end());
    }
  }
  return check_arguments(name, function, positional, table, root);
}

}  // namespace runbook::lua
