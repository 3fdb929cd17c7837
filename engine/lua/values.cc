#include "engine/lua/values.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "engine/base/error.h"
#include "engine/base/utf8.h"
#include "engine/lua/bigint.h"
#include "engine/lua/error_value.h"
#include "engine/lua/lazy.h"
#include "engine/lua/registry.h"

namespace runbook::lua {
namespace {

constexpr std::size_t kDeepest = 64;
constexpr double kLargestWhole = 9007199254740992.0;  // 2^53

/// Where a value is inside another; lives on the C++ stack while the value is walked.
struct Place {
  const Place* parent = nullptr;
  std::string_view key;    ///< of an object, or the name of the whole
  std::size_t number = 0;  ///< of a list, from 1; 0 = a key
  std::size_t depth = 0;
  const void* table = nullptr;  ///< to notice cycles
};

bool is_identifier(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) {
    return false;
  }
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
         std::string_view::npos;
}

/// "result.nodes[3].name"
std::string describe(const Place& place) {
  if (place.parent == nullptr) {
    return std::string(place.key);
  }
  const std::string before = describe(*place.parent);
  if (place.number > 0) {
    return fmt::format("{}[{}]", before, place.number);
  }
  return is_identifier(place.key) ? fmt::format("{}.{}", before, place.key)
                                  : fmt::format("{}[{:?}]", before, place.key);
}

[[noreturn]] void refuse_value(const Place& place, std::string_view problem) {
  throw Error(Code::value_not_data, fmt::format("{} {}", describe(place), problem))
      .with_effect(EffectDone::none);
}

std::string_view view_at(lua_State* L, int index) {
  std::size_t length = 0;
  const char* text = lua_tolstring(L, index, &length);
  return {text, length};
}

/// Walks one Lua value into JSON. Tables are read raw: what a metatable computes is not data.
class Reader {
 public:
  Reader(lua_State* L, Form form) : L_(L), form_(form) {}

  Json value(int index, const Place& place) {
    switch (lua_type(L_, index)) {
      case LUA_TNONE:  // an argument that was not given
      case LUA_TNIL:
        return nullptr;
      case LUA_TBOOLEAN:
        return lua_toboolean(L_, index) != 0;
      case LUA_TNUMBER:
        return number(lua_tonumber(L_, index), place);
      case LUA_TSTRING:
        return text(view_at(L_, index), place);
      case LUA_TTABLE:
        return table(index, place);
      case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L_, index) == nullptr) {
          return nullptr;
        }
        break;
      default:
        if (const std::optional<Bigint> value = to_bigint(L_, index)) {
          return bigint(*value);
        }
        break;
    }
    refuse_value(place, fmt::format("is {}", kind_of(L_, index)));
  }

 private:
  static Json number(double value, const Place& place) {
    if (std::isnan(value)) {
      refuse_value(place, "is not a number (NaN)");
    }
    if (std::isinf(value)) {
      refuse_value(place, "is infinite");
    }
    if (std::trunc(value) == value && std::fabs(value) <= kLargestWhole) {
      return static_cast<std::int64_t>(value);
    }
    return value;
  }

  static Json text(std::string_view value, const Place& place) {
    if (!is_utf8(value)) {
      refuse_value(place, "is not valid UTF-8 text; encode bytes as base64 or hex");
    }
    return std::string(value);
  }

  Json bigint(const Bigint& value) const {
    return form_ == Form::plain ? Json(value.text()) : Json{{"$bigint", value.text()}};
  }

  Json table(int index, const Place& outer) {
    index = absolute(L_, index);
    Place place = outer;
    place.table = lua_topointer(L_, index);
    for (const Place* above = place.parent; above != nullptr; above = above->parent) {
      if (above->table == place.table) {
        refuse_value(place, "contains itself");
      }
    }
    if (place.depth > kDeepest) {
      refuse_value(place, fmt::format("is nested more than {} levels deep", kDeepest));
    }
    luaL_checkstack(L_, 6, "value");
    fill(L_, index);
    const int top = lua_gettop(L_);
    if (push_viewed(L_, index)) {
      index = lua_gettop(L_);
    }
    Json value = is_array(L_, index) || lua_objlen(L_, index) > 0 ? list(index, place)
                                                                  : object(index, place);
    lua_settop(L_, top);
    return value;
  }

  Json list(int index, const Place& place) {
    const std::size_t count = lua_objlen(L_, index);
    check_list_keys(index, count, place);
    Json list = Json::array();
    list.get_ref<Json::array_t&>().reserve(count);
    for (std::size_t number = 1; number <= count; ++number) {
      lua_rawgeti(L_, index, static_cast<int>(number));
      list.push_back(value(-1, {&place, {}, number, place.depth + 1, nullptr}));
      lua_pop(L_, 1);
    }
    return list;
  }

  /// Every key must be one of 1 … count, and all of these be there.
  void check_list_keys(int index, std::size_t count, const Place& place) {
    std::size_t found = 0;
    lua_pushnil(L_);
    while (lua_next(L_, index) != 0) {
      lua_pop(L_, 1);
      if (lua_type(L_, -1) != LUA_TNUMBER) {
        refuse_value(place, "mixes list items and named fields");
      }
      const double key = lua_tonumber(L_, -1);
      if (key < 1 || std::trunc(key) != key || key > static_cast<double>(count)) {
        refuse_value(place, fmt::format("has holes: item {} is there, but not all before it", key));
      }
      ++found;
    }
    if (found != count) {
      refuse_value(place, "has holes: not all items from 1 to the last are there");
    }
  }

  Json object(int index, const Place& place) {
    Json object = Json::object();
    Json::object_t& fields = object.get_ref<Json::object_t&>();
    lua_pushnil(L_);
    while (lua_next(L_, index) != 0) {
      if (lua_type(L_, -2) == LUA_TNUMBER) {
        refuse_value(place, fmt::format("has item {} but not all before it", lua_tonumber(L_, -2)));
      }
      if (lua_type(L_, -2) != LUA_TSTRING) {
        refuse_value(place, fmt::format("has {} as a key", kind_of(L_, -2)));
      }
      const std::string_view key = view_at(L_, -2);
      if (!is_utf8(key)) {
        refuse_value(place, "has a key that is not valid UTF-8");
      }
      std::string name(form_ == Form::stored && key.starts_with('$') ? "$" : "");
      name += key;
      fields.emplace(std::move(name), value(-1, {&place, key, 0, place.depth + 1, nullptr}));
      lua_pop(L_, 1);
    }
    return object;
  }

  lua_State* L_;
  Form form_;
};

}  // namespace

Json to_json(lua_State* L, int index, std::string_view what, Form form) {
  const int top = lua_gettop(L);
  try {
    return Reader(L, form).value(absolute(L, index), {nullptr, what, 0, 0, nullptr});
  } catch (const Error&) {
    lua_settop(L, top);
    throw;
  }
}

namespace {

template <typename Rename>
Json with_keys(const Json& value, Rename rename) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& entry : value) {
      list.push_back(with_keys(entry, rename));
    }
    return list;
  }
  if (!value.is_object()) {
    return value;
  }
  Json object = Json::object();
  for (const auto& [key, entry] : value.items()) {
    object[rename(key)] = with_keys(entry, rename);
  }
  return object;
}

}  // namespace

Json escape_keys(const Json& plain) {
  return with_keys(plain,
                   [](const std::string& key) { return key.starts_with('$') ? "$" + key : key; });
}

Json unescape_keys(const Json& stored) {
  return with_keys(
      stored, [](const std::string& key) { return key.starts_with("$$") ? key.substr(1) : key; });
}

std::string_view kind_of(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TNONE:
      return "nil";
    case LUA_TBOOLEAN:
      return "a boolean";
    case LUA_TNUMBER:
      return "a number";
    case LUA_TSTRING:
      return "a string";
    case LUA_TTABLE:
      return "a table";
    case LUA_TFUNCTION:
      return "a function";
    case LUA_TTHREAD:
      return "a coroutine";
    case LUA_TLIGHTUSERDATA:
      return lua_touserdata(L, index) == nullptr ? "null" : "a host object";
    case LUA_TUSERDATA:
      return "a host object";
    default:
      return to_bigint(L, index) ? "a bigint" : "a C value";
  }
}

void require_function(lua_State* L, int index, std::string_view what) {
  if (!lua_isfunction(L, index)) {
    refuse(Code::option_invalid,
           fmt::format("{} needs a function, not {}", what, kind_of(L, index)));
  }
}

}  // namespace runbook::lua
