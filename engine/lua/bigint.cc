// A bigint is an FFI struct without fields, not a userdata: LuaJIT asks the operators of userdata
// only where both sides are alike, so bigint(1) == 1 would be silently false; those of structs it
// asks always. Recipes have no ffi, and so nothing that reads or writes the bytes.

#include "engine/lua/bigint.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <type_traits>

#include "engine/base/error.h"
#include "engine/lua/error_value.h"
#include "engine/lua/registry.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

constexpr int kCdata = LUA_TTHREAD + 2;  // what lua_type says; lua.h has no name for it
constexpr double kLargestWhole = 9007199254740992.0;  // 2^53

// Unnamed bit fields: a size, and no member that Lua could name.
constexpr const char* kStruct =
    "struct bigint { uint32_t :32; uint32_t :32; uint32_t :32; uint32_t :32; uint32_t :32;"
    " uint32_t :32; uint32_t :32; uint32_t :32; uint32_t :32; uint32_t :32; };";
static_assert(sizeof(Bigint) == 40 && std::is_trivially_copyable_v<Bigint>);

[[noreturn]] void refuse_bigint(std::string message, std::string hint = {}) {
  throw Error(Code::bigint_invalid, std::move(message), std::move(hint))
      .with_effect(EffectDone::none);
}

std::string text_at(lua_State* L, int index) {
  std::size_t length = 0;
  const char* text = lua_tolstring(L, index, &length);
  return {text, length};
}

std::int64_t whole_number(double number) {
  if (std::trunc(number) != number) {
    refuse_bigint(fmt::format("{} is no whole number", number),
                  "write a fraction as a string with its unit: bigint(\"0.5 ether\")");
  }
  if (std::fabs(number) > kLargestWhole) {
    refuse_bigint(fmt::format("{} is beyond 2^53, where numbers are no longer exact", number),
                  "write all its digits as a string, or with a unit: bigint(\"1 ether\")");
  }
  return static_cast<std::int64_t>(number);
}

Bigint operand(lua_State* L, int index) {
  if (lua_type(L, index) == LUA_TNUMBER) {
    return whole_number(lua_tonumber(L, index));
  }
  if (lua_type(L, index) == LUA_TSTRING) {
    return Bigint::parse(text_at(L, index));
  }
  const std::optional<Bigint> value = to_bigint(L, index);
  if (!value) {
    refuse_bigint(
        fmt::format("a bigint cannot be computed or compared with {}", kind_of(L, index)));
  }
  return *value;
}

/// A unit's name or a number of decimals; 0 if there is none.
unsigned decimals_at(lua_State* L, int index) {
  if (lua_isnoneornil(L, index)) {
    return 0;
  }
  if (lua_type(L, index) == LUA_TSTRING) {
    return unit_decimals(text_at(L, index));
  }
  const double count = lua_type(L, index) == LUA_TNUMBER ? lua_tonumber(L, index) : -1;
  if (std::trunc(count) != count || count < 0 || count > 77) {
    refuse_bigint(
        "the unit must be \"wei\", \"gwei\", \"ether\" or a number of decimals from 0 to 77");
  }
  return static_cast<unsigned>(count);
}

Bigint compute(char operation, const Bigint& a, const Bigint& b) {
  switch (operation) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    default:
      return a.power(b);
  }
}

template <char operation>
int arithmetic(lua_State* L) {
  const Bigint a = operand(L, 1);
  const Bigint b = operand(L, 2);
  try {
    push_bigint(L, compute(operation, a, b));
  } catch (Error& error) {
    error.message = fmt::format("{} {} {}: {}", a.text(), operation, b.text(), error.message);
    throw;
  }
  return 1;
}

int negate(lua_State* L) {
  push_bigint(L, -operand(L, 1));
  return 1;
}

/// Only what could be meant as an amount is compared: nil, null and tables are simply not equal.
bool is_amount(lua_State* L, int index) {
  const int type = lua_type(L, index);
  return type == LUA_TNUMBER || type == LUA_TSTRING || type == kCdata;
}

int equal(lua_State* L) {
  const bool comparable = is_amount(L, 1) && is_amount(L, 2);
  lua_pushboolean(L, comparable && operand(L, 1) == operand(L, 2) ? 1 : 0);
  return 1;
}

int less(lua_State* L) {
  lua_pushboolean(L, operand(L, 1) < operand(L, 2) ? 1 : 0);
  return 1;
}

int less_or_equal(lua_State* L) {
  lua_pushboolean(L, operand(L, 1) <= operand(L, 2) ? 1 : 0);
  return 1;
}

void push_digits(lua_State* L, const std::string& text) {
  lua_pushlstring(L, text.data(), text.size());
}

int to_text(lua_State* L) {
  push_digits(L, operand(L, 1).text());
  return 1;
}

int concatenate(lua_State* L) {
  lua_settop(L, 2);
  for (int index = 1; index <= 2; ++index) {
    if (const std::optional<Bigint> value = to_bigint(L, index)) {
      push_digits(L, value->text());
      lua_replace(L, index);
    } else if (lua_isstring(L, index) == 0) {
      refuse_bigint(fmt::format("a bigint cannot be joined with {}", kind_of(L, index)));
    }
  }
  lua_concat(L, 2);
  return 1;
}

int to_hex(lua_State* L) {
  push_digits(L, operand(L, 1).hex());
  return 1;
}

int to_number(lua_State* L) {
  lua_pushnumber(L, operand(L, 1).number());
  return 1;
}

int format(lua_State* L) {
  push_digits(L, operand(L, 1).text_in(decimals_at(L, 2)));
  return 1;
}

constexpr luaL_Reg kOperators[] = {{"__add", guarded<arithmetic<'+'>>},
                                   {"__sub", guarded<arithmetic<'-'>>},
                                   {"__mul", guarded<arithmetic<'*'>>},
                                   {"__div", guarded<arithmetic<'/'>>},
                                   {"__mod", guarded<arithmetic<'%'>>},
                                   {"__pow", guarded<arithmetic<'^'>>},
                                   {"__unm", guarded<negate>},
                                   {"__eq", guarded<equal>},
                                   {"__lt", guarded<less>},
                                   {"__le", guarded<less_or_equal>},
                                   {"__concat", guarded<concatenate>},
                                   {"__tostring", guarded<to_text>}};
constexpr luaL_Reg kMethods[] = {
    {"to_hex", guarded<to_hex>}, {"to_number", guarded<to_number>}, {"format", guarded<format>}};

template <std::size_t count>
void push_functions(lua_State* L, const luaL_Reg (&functions)[count]) {
  lua_createtable(L, 0, static_cast<int>(count) + 1);
  for (const auto& [name, function] : functions) {
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
  }
}

}  // namespace

void register_bigint(lua_State* L) {
  const int top = lua_gettop(L);
  lua_pushcfunction(L, luaopen_ffi);
  lua_call(L, 0, 1);
  lua_pushvalue(L, -1);
  lua_rawseti(L, LUA_REGISTRYINDEX, kForeign);
  lua_getfield(L, top + 1, "cdef");
  lua_pushstring(L, kStruct);
  lua_call(L, 1, 0);
  lua_getfield(L, top + 1, "metatype");
  lua_pushliteral(L, "struct bigint");
  push_functions(L, kOperators);
  push_functions(L, kMethods);
  lua_setfield(L, -2, "__index");
  lua_call(L, 2, 1);
  lua_rawseti(L, LUA_REGISTRYINDEX, kBigintStruct);
  lua_settop(L, top);
}

void push_bigint(lua_State* L, const Bigint& value) {
  luaL_checkstack(L, 2, "bigint");
  push_slot(L, kBigintStruct);
  lua_call(L, 0, 1);
  std::memcpy(const_cast<void*>(lua_topointer(L, -1)), &value, sizeof value);
}

std::optional<Bigint> to_bigint(lua_State* L, int index) {
  if (lua_type(L, index) != kCdata) {
    return std::nullopt;
  }
  index = absolute(L, index);
  luaL_checkstack(L, 4, "bigint");
  push_slot(L, kForeign);
  lua_getfield(L, -1, "istype");
  push_slot(L, kBigintStruct);
  lua_pushvalue(L, index);
  lua_call(L, 2, 1);
  const bool is_bigint = lua_toboolean(L, -1) != 0;  // not the int64 of a literal such as 1LL
  lua_pop(L, 2);
  Bigint value;
  if (is_bigint) {
    std::memcpy(&value, lua_topointer(L, index), sizeof value);
  }
  return is_bigint ? std::optional(value) : std::nullopt;
}

int make_bigint(lua_State* L) {
  const unsigned decimals = decimals_at(L, 2);
  if (lua_type(L, 1) == LUA_TSTRING && !lua_isnoneornil(L, 2)) {
    push_bigint(L, Bigint::parse(text_at(L, 1), decimals));
  } else {
    push_bigint(L, operand(L, 1) * Bigint(10).power(decimals));
  }
  return 1;
}

}  // namespace runbook::lua
