#include "engine/lua/sandbox.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/lua/base_functions.h"
#include "engine/lua/bigint.h"
#include "engine/lua/error_value.h"
#include "engine/lua/loader.h"
#include "engine/lua/order.h"
#include "engine/lua/registry.h"
#include "engine/lua/state.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

char kAwait = 0;  // its address is the tag

// LuaJIT's own functions that recipes get as they are.
constexpr std::array kBaseFunctions = {"assert", "error",    "ipairs", "pcall", "rawequal",
                                       "select", "tonumber", "type",   "unpack"};
constexpr std::array kMathFunctions = {"abs",   "acos", "asin",  "atan",  "atan2", "ceil",  "cos",
                                       "cosh",  "deg",  "exp",   "floor", "fmod",  "frexp", "huge",
                                       "ldexp", "log",  "log10", "max",   "min",   "modf",  "pi",
                                       "pow",   "rad",  "sin",   "sinh",  "sqrt",  "tan",   "tanh"};
constexpr std::array kStringFunctions = {"byte",  "char",  "find", "gmatch",  "gsub", "len",
                                         "lower", "match", "rep",  "reverse", "sub",  "upper"};
constexpr std::array kTableFunctions = {"concat", "insert", "maxn", "remove", "sort"};

// What people look for and do not find, and where it is instead.
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kAbsent = {{
    {"io", "files are in require \"fs\""},
    {"os", "use now(), env(\"NAME\"), or require \"process\" and \"fs\""},
    {"debug", "errors carry their traceback: runbook logs"},
    {"ffi", "recipes have no foreign functions"},
    {"jit", "recipes run without the JIT, so that they can be stopped"},
    {"package", "require finds modules, the standard library, and lib/NAME.lua beside the recipe"},
    {"module", "write local M = {} … return M"},
    {"dofile", "put shared code into lib/NAME.lua and require \"NAME\""},
    {"loadfile", "put shared code into lib/NAME.lua and require \"NAME\""},
    {"loadstring", "use load(text)"},
    {"getfenv", "functions have no environments here"},
    {"setfenv", "functions have no environments here"},
    {"newproxy", "use a table with a metatable"},
    {"collectgarbage", "memory is looked after; the limit is in recipe{ limits }"},
    {"gcinfo", "memory is looked after; the limit is in recipe{ limits }"},
    {"_G", "recipes have no global variables"},
    {"arg", "parameters come from recipe{ params }"},
}};

int open_library(lua_State* L, lua_CFunction open, const char* name) {
  lua_pushcfunction(L, open);
  lua_pushstring(L, name);
  lua_call(L, 1, 0);
  lua_getglobal(L, name);
  return lua_gettop(L);
}

void copy_fields(lua_State* L, int from, int to, const char* const* names, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    lua_getfield(L, from, names[i]);
    lua_setfield(L, to, names[i]);
  }
}

int refuse_random(lua_State* L) {
  throw Error(Code::unknown_global,
              located(L, "math.random is not here: a resumed run would draw other numbers"),
              "use random(), whose value is recorded")
      .with_effect(EffectDone::none);
}

std::vector<std::string> global_names(lua_State* L) {
  std::vector<std::string> names;
  push_slot(L, kGlobals);
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
      names.emplace_back(lua_tostring(L, -1));
    }
  }
  lua_pop(L, 1);
  return names;
}

/// Reached only for names that are not among the globals.
int refuse_read(lua_State* L) {
  const std::string name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
  for (const auto& [absent, instead] : kAbsent) {
    if (name == absent) {
      throw Error(Code::unknown_global, located(L, fmt::format("recipes have no {}", name)),
                  std::string(instead))
          .with_effect(EffectDone::none);
    }
  }
  const std::vector<std::string> names = global_names(L);
  const std::string_view near = closest_match(name, {names.begin(), names.end()});
  throw Error(
      Code::unknown_global,
      located(L, fmt::format("there is no variable \"{}\"{}", name,
                             near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near))))
      .with_effect(EffectDone::none);
}

int refuse_write(lua_State* L) {
  const std::string name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
  throw Error(
      Code::global_write,
      located(L, fmt::format("\"{}\" is assigned, but no local of this name is in reach", name)),
      fmt::format("write: local {} = …", name))
      .with_effect(EffectDone::none);
}

/// Makes the table on top, read-only, the global `name`.
void publish_library(State& state, const char* name) {
  lua_State* L = state.main();
  push_read_only(L, -1, name);
  state.set_global(name);
  lua_pop(L, 1);
}

void publish_function(State& state, const char* name, lua_CFunction function) {
  lua_pushcfunction(state.main(), function);
  state.set_global(name);
}

void publish_base(State& state) {
  lua_State* L = state.main();
  lua_pushcfunction(L, luaopen_base);
  lua_pushstring(L, "");
  lua_call(L, 1, 0);
  for (const char* name : kBaseFunctions) {
    lua_getglobal(L, name);
    state.set_global(name);
  }
  lua_getglobal(L, "next");
  push_sorted_pairs(L);
  state.set_global("pairs");
  push_sorted_next(L);
  state.set_global("next");
  lua_pushliteral(L, "LuaJIT");
  state.set_global("_VERSION");
  publish_function(state, "tostring", masked_tostring);
  publish_function(state, "print", host_print);
  publish_function(state, "load", guarded<load_text>);
  publish_function(state, "bigint", guarded<make_bigint>);
  publish_function(state, "rawget", guarded<filled_rawget>);
  publish_function(state, "rawset", guarded<filled_rawset>);
  publish_function(state, "getmetatable", open_getmetatable);
  publish_function(state, "setmetatable", guarded<open_setmetatable>);
}

void publish_math_and_table(State& state) {
  lua_State* L = state.main();
  const int math = open_library(L, luaopen_math, "math");
  lua_newtable(L);
  copy_fields(L, math, math + 1, kMathFunctions.data(), kMathFunctions.size());
  for (const char* name : {"random", "randomseed"}) {
    lua_pushcfunction(L, guarded<refuse_random>);
    lua_setfield(L, -2, name);
  }
  publish_library(state, "math");
  const int table = open_library(L, luaopen_table, "table");
  lua_newtable(L);
  copy_fields(L, table, table + 1, kTableFunctions.data(), kTableFunctions.size());
  lua_getglobal(L, "unpack");
  lua_setfield(L, -2, "unpack");
  publish_library(state, "table");
  open_library(L, luaopen_bit, "bit");
  publish_library(state, "bit");
  lua_settop(L, math - 1);
}

/// The methods of strings are the fields of our table too: ("%p"):format must not get around it.
void publish_string(State& state) {
  lua_State* L = state.main();
  const int string = open_library(L, luaopen_string, "string");
  lua_newtable(L);
  copy_fields(L, string, string + 1, kStringFunctions.data(), kStringFunctions.size());
  lua_getfield(L, string, "format");
  lua_pushcclosure(L, masked_format, 1);
  lua_setfield(L, -2, "format");
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_pushvalue(L, string + 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 2);
  publish_library(state, "string");
  lua_settop(L, string - 1);
}

/// What is written in Lua, because it must be able to wait: stdlib/core.
void publish_waiting(State& state) {
  lua_State* L = state.main();
  lua_getglobal(L, "coroutine");
  push_await_tag(L);
  run_stdlib(state, "core/coroutine", 2);
  publish_library(state, "coroutine");
  run_stdlib(state, "core/xpcall", 0);
  state.set_global("xpcall");
}

/// An empty table in place of the globals: every write meets __newindex, also to names that exist.
void close_globals(lua_State* L) {
  lua_newtable(L);
  lua_createtable(L, 0, 2);
  push_slot(L, kGlobals);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, guarded<refuse_read>);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, guarded<refuse_write>);
  lua_setfield(L, -2, "__newindex");
  lua_setmetatable(L, -2);
  lua_replace(L, LUA_GLOBALSINDEX);
}

}  // namespace

void apply_sandbox(State& state) {
  publish_base(state);
  publish_math_and_table(state);
  publish_string(state);
  publish_waiting(state);
  close_globals(state.main());
}

void push_await_tag(lua_State* L) {
  lua_pushlightuserdata(L, &kAwait);
}

bool is_await_tag(lua_State* L, int index) {
  return lua_islightuserdata(L, index) && lua_touserdata(L, index) == &kAwait;
}

}  // namespace runbook::lua
