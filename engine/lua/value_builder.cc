#include "engine/lua/value_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "engine/base/error.h"
#include "engine/lua/bigint.h"
#include "engine/lua/registry.h"
#include "engine/lua/state.h"

namespace runbook::lua {
namespace {

constexpr std::int64_t kLargestInteger = std::int64_t{1} << 53;
constexpr std::size_t kDeepestReceived =
    500;  // what other programs send may be deeper than our own 64

void push_view(lua_State* L, std::string_view text) {
  lua_pushlstring(L, text.data(), text.size());
}

}  // namespace

ValueBuilder::ValueBuilder(lua_State* L, Form form, int into)
    : L_(L), form_(form), into_(into), base_(lua_gettop(L)) {
  luaL_checkstack(L, 6, "value");
}

void ValueBuilder::walk(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      start_object(value.size());
      for (const auto& [name, field] : value.get_ref<const Json::object_t&>()) {
        key(name);
        walk(field);
      }
      end_object();
      break;
    case Json::value_t::array:
      start_array(value.size());
      for (const Json& item : value.get_ref<const Json::array_t&>()) {
        walk(item);
      }
      end_array();
      break;
    case Json::value_t::string:
      string(value.get_ref<const std::string&>());
      break;
    case Json::value_t::boolean:
      boolean(value.get<bool>());
      break;
    case Json::value_t::number_integer:
      number_integer(value.get<std::int64_t>());
      break;
    case Json::value_t::number_unsigned:
      number_unsigned(value.get<std::uint64_t>());
      break;
    case Json::value_t::number_float:
      number_float(value.get<double>(), ".");
      break;
    case Json::value_t::null:
    case Json::value_t::binary:
    case Json::value_t::discarded:
      null();
      break;
  }
}

void ValueBuilder::parse(std::string_view text) {
  if (!Json::sax_parse(text.begin(), text.end(), this)) {
    refuse("the parser stopped");
  }
}

bool ValueBuilder::null() {
  push_null(L_);
  add();
  return true;
}

bool ValueBuilder::boolean(bool value) {
  lua_pushboolean(L_, value ? 1 : 0);
  add();
  return true;
}

bool ValueBuilder::number_integer(std::int64_t value) {
  if (value < -kLargestInteger || value > kLargestInteger) {
    push_view(L_, std::to_string(value));
  } else {
    lua_pushnumber(L_, static_cast<lua_Number>(value));
  }
  add();
  return true;
}

bool ValueBuilder::number_unsigned(std::uint64_t value) {
  if (value > std::uint64_t{kLargestInteger}) {
    push_view(L_, std::to_string(value));
  } else {
    lua_pushnumber(L_, static_cast<lua_Number>(value));
  }
  add();
  return true;
}

// An integer of more than 64 bits arrives here, its digits in `text`.
bool ValueBuilder::number_float(double value, const std::string& text) {
  if (text.find_first_of(".eE") == std::string::npos) {
    push_view(L_, text);
  } else {
    lua_pushnumber(L_, value);
  }
  add();
  return true;
}

bool ValueBuilder::string(std::string_view value) {
  if (!open_.empty() && (open_.back().kind == Kind::bigint || open_.back().kind == Kind::secret)) {
    open_.back().text = value;
    return true;
  }
  push_view(L_, value);
  add();
  return true;
}

bool ValueBuilder::binary(const Json::binary_t&) {
  return null();
}  // JSON text has none

bool ValueBuilder::start_object(std::size_t size) {
  open(Kind::object, size);
  return true;
}

bool ValueBuilder::key(std::string_view name) {
  if (form_ == Form::stored && name.starts_with('$')) {
    Frame& frame = open_.back();
    if (name == "$bigint" || name == "$secret") {
      frame.kind = name == "$bigint" ? Kind::bigint : Kind::secret;
      return true;
    }
    name.remove_prefix(name.starts_with("$$") ? 1 : 0);
  }
  push_view(L_, name);
  return true;
}

bool ValueBuilder::end_object() {
  const Frame frame = std::move(open_.back());
  open_.pop_back();
  if (frame.kind != Kind::object) {
    lua_pop(L_, 1);  // the table that turned out to be a tag
    if (frame.kind == Kind::bigint) {
      push_stored_bigint(frame.text);
    } else {
      const auto& placeholder = State::of(L_).hooks().secret;
      push_view(L_, placeholder ? placeholder(frame.text) : "[secret " + frame.text + "]");
    }
  }
  add();
  return true;
}

/// Only what we write ourselves: equal bigints have equal text, for fingerprints and comparisons.
void ValueBuilder::push_stored_bigint(const std::string& text) {
  Bigint value;
  try {
    value = Bigint::parse(text);
  } catch (const Error& error) {
    refuse(error.message);
  }
  if (value.text() != text) {
    refuse(fmt::format("\"{}\" is not how a bigint is written", text));
  }
  push_bigint(L_, value);
}

bool ValueBuilder::start_array(std::size_t size) {
  open(Kind::array, size);
  return true;
}

bool ValueBuilder::end_array() {
  push_slot(L_, kArrayMetatable);
  lua_setmetatable(L_, -2);
  open_.pop_back();
  add();
  return true;
}

bool ValueBuilder::parse_error(std::size_t position, const std::string&,
                               const nlohmann::detail::exception&) {
  refuse(fmt::format("at byte {}", position));
}

void ValueBuilder::open(Kind kind, std::size_t size) {
  if (open_.size() >= kDeepestReceived) {
    refuse(fmt::format("it is nested more than {} levels deep", kDeepestReceived));
  }
  luaL_checkstack(L_, 6, "value");
  if (into_ > 0 && open_.empty()) {
    lua_pushvalue(L_, into_);
  } else {
    // The parser does not know sizes: it says the largest number.
    const int room = static_cast<int>(size > 10'000 ? 0 : size);
    lua_createtable(L_, kind == Kind::array ? room : 0, kind == Kind::array ? 0 : room);
  }
  open_.push_back({kind, 0, {}});
}

void ValueBuilder::add() {
  if (open_.empty()) {
    return;
  }
  Frame& frame = open_.back();
  if (frame.kind == Kind::array) {
    lua_rawseti(L_, -2, ++frame.count);
  } else if (frame.kind == Kind::object) {
    lua_rawset(L_, -3);
  } else {
    refuse("a tag holds no text");
  }
}

void ValueBuilder::refuse(const std::string& why) {
  lua_settop(L_, base_);
  throw Error(form_ == Form::stored ? Code::journal_corrupt : Code::json_invalid,
              "a value is not valid JSON: " + why)
      .with_effect(EffectDone::none);
}

void push(lua_State* L, const Json& value, Form form) {
  ValueBuilder(L, form).walk(value);
}

void push_text(lua_State* L, std::string_view json, Form form) {
  ValueBuilder(L, form).parse(json);
}

}  // namespace runbook::lua
