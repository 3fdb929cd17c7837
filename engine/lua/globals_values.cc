// What a recipe knows: now, random, uuid, env (recorded) and secret.

#include <fmt/core.h>

#include <cstdlib>

#include <lua.hpp>

#include "engine/base/file.h"
#include "engine/base/id.h"
#include "engine/base/secret_name.h"
#include "engine/lua/globals.h"
#include "engine/lua/state.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

std::optional<std::string> optional_text(lua_State* L, int index, std::string_view what) {
  if (lua_isnoneornil(L, index)) {
    return std::nullopt;
  }
  if (lua_type(L, index) != LUA_TSTRING) {
    throw Error(Code::option_invalid, fmt::format("{} must be a string", what))
        .with_effect(EffectDone::none);
  }
  return lua_tostring(L, index);
}

}  // namespace

// now(name?): seconds since 1970, with milliseconds.
int Globals::now(lua_State* L) {
  const std::optional<std::string> name = optional_text(L, 1, "now: the name");
  const Json value = session_.value(scheduler_.scope(), "now", name, [this] {
    return Json(static_cast<double>(session_.loop().clock().now()) / 1000.0);
  });
  return scheduler_.at_once(L, [&](lua_State* state) {
    push(state, value);
    return 1;
  });
}

// random(): [0, 1) · random(n): 1…n · random(low, high).
int Globals::random(lua_State* L) {
  const int count = lua_gettop(L);
  const auto bound = [L](int index) {
    const Json value = to_json(L, index, "random");
    if (!value.is_number_integer()) {
      throw Error(Code::option_invalid, "random takes whole numbers").with_effect(EffectDone::none);
    }
    return value.get<std::int64_t>();
  };
  const std::int64_t low = count >= 2 ? bound(1) : 1;
  const std::int64_t high = count >= 2 ? bound(2) : count == 1 ? bound(1) : 0;
  if (count > 0 && low > high) {
    throw Error(Code::option_invalid,
                fmt::format("random: nothing lies between {} and {}", low, high))
        .with_effect(EffectDone::none);
  }
  const std::string function = count == 0 ? "random" : fmt::format("random({},{})", low, high);
  const Json value = session_.value(scheduler_.scope(), function, std::nullopt, [&]() -> Json {
    const double unit = random_unit();
    if (count == 0) {
      return unit;
    }
    return low + static_cast<std::int64_t>(unit * static_cast<double>(high - low + 1));
  });
  return scheduler_.at_once(L, [&](lua_State* state) {
    push(state, value);
    return 1;
  });
}

// uuid(name?): inside a step an idempotency key, the same for all its attempts.
int Globals::uuid(lua_State* L) {
  const std::optional<std::string> name = optional_text(L, 1, "uuid: the name");
  const Json value =
      session_.value(scheduler_.scope(), "uuid", name, [] { return Json(new_uuid()); });
  return scheduler_.at_once(L, [&](lua_State* state) {
    push(state, value);
    return 1;
  });
}

// env(variable, default?)
int Globals::env(lua_State* L) {
  const std::optional<std::string> name = optional_text(L, 1, "env: the variable");
  if (!name) {
    throw Error(Code::option_missing, "env needs the name of a variable")
        .with_effect(EffectDone::none);
  }
  if (names_secret(*name)) {
    throw Error(Code::environment_secret, fmt::format("env(\"{}\") looks like a secret", *name),
                fmt::format("use secret(\"{}\", {{ env = \"{}\" }})", *name, *name))
        .with_effect(EffectDone::none);
  }
  const Json fallback = to_json(L, 2, "env: the default");
  const Json value = session_.value(scheduler_.scope(), "env", *name, [&]() -> Json {
    if (const char* text = std::getenv(name->c_str())) {
      return session_.vault().conceal(std::string_view(text));
    }
    if (fallback.is_null()) {
      throw Error(Code::environment_unset,
                  fmt::format("the environment variable {} is not set", *name))
          .with_effect(EffectDone::none);
    }
    return fallback;
  });
  return scheduler_.at_once(L, [&](lua_State* state) {
    push(state, value);
    return 1;
  });
}

// secret(name, { env = | file = }): the placeholder. Its fingerprint is recorded; another value on
// resume is refused.
int Globals::secret(lua_State* L) {
  const std::optional<std::string> name = optional_text(L, 1, "secret: the name");
  if (!name) {
    throw Error(Code::option_missing, "secret needs a name").with_effect(EffectDone::none);
  }
  const Json options = to_json(L, 2, "secret");
  std::optional<std::string> value = session_.vault().value(*name);
  const std::string variable = options.is_object() ? options.value("env", "") : "";
  const std::string file = options.is_object() ? options.value("file", "") : "";
  if (!variable.empty()) {
    const char* text = std::getenv(variable.c_str());
    value = text == nullptr ? value : std::optional<std::string>(text);
  } else if (!file.empty()) {
    value = read_file(hooks_.root / file, std::size_t{1} << 20);
    while (!value->empty() && (value->back() == '\n' || value->back() == '\r')) {
      value->pop_back();
    }
  }
  if (!value) {
    Error missing(Code::secret_missing,
                  fmt::format("the secret \"{}\" has no value{}", *name,
                              variable.empty() ? "" : fmt::format(": {} is not set", variable)));
    missing.effect = EffectDone::none;
    if (session_.replays_only()) {
      return refuse(L, std::move(missing));
    }
    throw missing;
  }
  const std::string placeholder = session_.vault().add(*name, *value);
  const std::string print = session_.vault().fingerprint(*value);
  Scope& top = session_.root();
  const Json known = session_.value(top, "secret", *name, [&] { return Json(print); });
  if (known != print) {
    return refuse(
        L, Error(Code::secret_changed,
                 fmt::format("the secret \"{}\" has another value than when the run was started",
                             *name)));
  }
  return scheduler_.at_once(L, [&](lua_State* state) {
    push(state, placeholder);
    return 1;
  });
}

}  // namespace runbook::lua
