// step, group, each and parallel (fan_out), wait_until, sleep.

#include <fmt/core.h>

#include <utility>

#include <lua.hpp>

#include "engine/base/duration.h"
#include "engine/base/path.h"
#include "engine/lua/globals.h"
#include "engine/lua/lazy.h"
#include "engine/lua/source.h"
#include "engine/lua/state.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

std::string read_name(lua_State* L, int index, std::string_view function) {
  if (lua_type(L, index) != LUA_TSTRING) {
    throw Error(Code::step_name_invalid, fmt::format("{}: the name must be a string", function))
        .with_effect(EffectDone::none);
  }
  std::size_t size = 0;
  const char* text = lua_tolstring(L, index, &size);
  return name_segment({text, size});
}

/// The options table without the functions in it; those are taken out by name.
Json read_options(lua_State* L, int index, const std::string& what,
                  std::map<std::string, int>& functions) {
  Json data = Json::object();
  if (!lua_istable(L, index)) {
    if (!lua_isnoneornil(L, index)) {
      throw Error(Code::option_invalid, what + ": the options must be a table")
          .with_effect(EffectDone::none);
    }
    return data;
  }
  fill(L, index);
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    const std::string key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    if (lua_isfunction(L, -1)) {
      functions[key] = 0;
    } else {
      data[key] = to_json(L, -1, what + "." + key);
    }
    lua_pop(L, 1);
  }
  return data;
}

}  // namespace

void Globals::place(lua_State* L, int function, StepSpec& spec) {
  const FunctionSource& source = scheduler_.state().sources().of(L, function);
  spec.body_hash = source.hash;
  spec.site = source.position;
}

StepSpec Globals::read_spec(lua_State* L, int name, int options, int function,
                            const std::vector<std::string_view>& also, Json& data) {
  StepSpec spec;
  spec.segment = read_name(L, name, "step");
  if (function != 0) {
    place(L, function, spec);
  }
  if (lua_isnoneornil(L, options)) {
    return spec;
  }
  std::map<std::string, int> functions;
  data = read_options(L, options, spec.segment, functions);
  std::vector<std::string_view> allowed = also;
  for (const auto& [key, unused] : functions) {
    if (key != "probe" && key != "undo" && std::find(also.begin(), also.end(), key) == also.end()) {
      throw Error(Code::option_invalid,
                  fmt::format("step \"{}\": option \"{}\" cannot be a function", spec.segment, key))
          .with_effect(EffectDone::none);
    }
  }
  spec.options = read_step_options(data, allowed);
  if (functions.contains("probe")) {
    lua_getfield(L, options, "probe");
    spec.options.probe = probe(ref(L, -1));
    lua_pop(L, 1);
  }
  if (functions.contains("undo")) {
    lua_getfield(L, options, "undo");
    spec.options.undo = undo(ref(L, -1));
    lua_pop(L, 1);
  }
  return spec;
}

StepProbe Globals::probe(Ref function) {
  return [this, function = std::move(function)](Scope& scope, Json intents) -> Task<Outcome> {
    Scheduler::Push arguments = [&intents](lua_State* L) {
      push(L, intents);
      return 1;
    };
    const Json found = co_await look(function, scope, arguments);
    const std::string kind = found.is_object() ? found.value("kind", "") : "";
    if (kind == "done") {
      co_return Outcome::done(found.value("value", Json()));
    }
    if (kind == "failed") {
      const Json problem = found.value("error", Json());
      co_return Outcome::failed(
          problem.is_object()
              ? Error::from_json(problem)
              : Error(Code::recipe_failed, problem.is_string() ? problem.get<std::string>()
                                                               : "the probe found it failed"));
    }
    if (kind == "not_done") {
      co_return Outcome::not_done();
    }
    if (kind == "in_progress") {
      co_return Outcome::in_progress(
          found.value("text", Json()).is_string() ? found["text"].get<std::string>() : "");
    }
    if (kind == "cannot_tell") {
      co_return Outcome::cannot_tell(
          found.value("text", Json()).is_string() ? found["text"].get<std::string>() : "");
    }
    throw Error(Code::option_invalid,
                "a probe must return outcome.done(…), failed, not_done, in_progress or cannot_tell")
        .with_effect(EffectDone::none);
  };
}

StepUndo Globals::undo(Ref function) {
  return [this, function = std::move(function)](Scope& scope, RawJson result) -> Task<Json> {
    Scheduler::Push arguments = [result](lua_State* L) {
      push_lazy(L, result);
      return 1;
    };
    Body work = body(function, std::move(arguments));
    co_return co_await work(scope);
  };
}

int Globals::step(lua_State* L) {
  Json data;
  require_function(L, 3, "step");
  StepSpec spec = read_spec(L, 1, 2, 3, {}, data);
  if (std::optional<RawJson> recorded = session_.replay(scheduler_.scope(), spec)) {
    return scheduler_.at_once(L, [&](lua_State* state) {
      push_lazy(state, *recorded);
      return 1;
    });
  }
  Body work = body(ref(L, 3));
  return scheduler_.await(L,
                          [this, spec = std::move(spec),
                           work = std::move(work)](Scope& scope) mutable -> Task<Scheduler::Push> {
                            RawJson result =
                                co_await session_.step(scope, std::move(spec), std::move(work));
                            co_return [result = std::move(result)](lua_State* state) {
                              push_lazy(state, result);
                              return 1;
                            };
                          });
}

int Globals::group(lua_State* L) {
  std::string segment = read_name(L, 1, "group");
  require_function(L, 2, "group");
  return scheduler_.await(L,
                          [this, segment = std::move(segment),
                           function = ref(L, 2)](Scope& scope) -> Task<Scheduler::Push> {
                            Scope inner = session_.group(scope, segment);
                            std::vector<Ref> results;
                            Scheduler::Take take = [this, &results](lua_State* state, int count) {
                              for (int index = lua_gettop(state) - count + 1;
                                   index <= lua_gettop(state); ++index) {
                                results.push_back(ref(state, index));
                              }
                            };
                            co_await scheduler_.run(function, inner, {}, std::move(take));
                            co_return [results = std::move(results)](lua_State* state) {
                              for (const Ref& result : results) {
                                result.push(state);
                              }
                              return static_cast<int>(results.size());
                            };
                          });
}

// fan_out(name, step options, jobs, keep_going, keys, items or functions, function or nil)
int Globals::fan_out(lua_State* L) {
  FanOutSpec fan;
  fan.segment = read_name(L, 1, "each");
  const Json jobs = to_json(L, 3, "jobs");
  if (!jobs.is_number_integer() || jobs < 0) {
    throw Error(Code::option_invalid,
                fmt::format("\"{}\": jobs must be a whole number of at least 1", fan.segment))
        .with_effect(EffectDone::none);
  }
  fan.jobs = jobs.get<std::size_t>();
  fan.keep_going = lua_toboolean(L, 4) != 0;
  const bool shared = lua_isfunction(L, 7);
  const int count = static_cast<int>(lua_objlen(L, 5));
  std::vector<FanOutItem> items;
  std::vector<std::string> keys;
  Json data;
  StepSpec pattern;
  lua_pushlstring(L, fan.segment.data(), fan.segment.size());
  pattern = read_spec(L, lua_gettop(L), 2, shared ? 7 : 0, {}, data);
  lua_pop(L, 1);
  for (int index = 1; index <= count; ++index) {
    lua_rawgeti(L, 5, index);
    lua_rawgeti(L, 6, index);
    keys.emplace_back(lua_tostring(L, -2));
    FanOutItem item;
    item.step = pattern;
    item.step.kind = Kind::item;
    item.step.segment = key_segment(keys.back());
    if (shared) {
      item.body = body(ref(L, 7), [value = ref(L, lua_gettop(L)),
                                   key = ref(L, lua_gettop(L) - 1)](lua_State* state) {
        value.push(state);
        key.push(state);
        return 2;
      });
    } else {
      require_function(L, lua_gettop(L),
                       fmt::format("parallel(\"{}\"): {}", fan.segment, keys.back()));
      place(L, lua_gettop(L), item.step);
      item.body = body(ref(L, lua_gettop(L)));
    }
    items.push_back(std::move(item));
    lua_pop(L, 2);
  }
  return scheduler_.await(
      L,
      [this, fan, items = std::move(items),
       keys = std::move(keys)](Scope& scope) mutable -> Task<Scheduler::Push> {
        std::vector<RawJson> results = co_await session_.fan_out(scope, fan, std::move(items));
        co_return [results = std::move(results), names = std::move(keys)](lua_State* state) {
          lua_createtable(state, 0, static_cast<int>(results.size()));
          for (std::size_t index = 0; index < results.size(); ++index) {
            push_lazy(state, results[index]);
            lua_setfield(state, -2, names[index].c_str());
          }
          return 1;
        };
      });
}

int Globals::wait_until(lua_State* L) {
  require_function(L, 3, "wait_until");
  Json data;
  StepSpec spec = read_spec(L, 1, 2, 3, {"every", "why"}, data);
  WaitSpec wait;
  const auto read = [&](const char* name, std::chrono::milliseconds& into) {
    if (data.is_object() && data.contains(name)) {
      into = parse_duration(data[name].is_string() ? data[name].get<std::string>()
                                                   : data[name].dump());
    }
  };
  read("every", wait.every);
  read("timeout", wait.timeout);
  spec.options.timeout.reset();  // the wait's own deadline says what it last saw
  if (lua_istable(L, 2)) {
    lua_getfield(L, 2, "why");
    if (lua_isfunction(L, -1)) {
      wait.why = [this, function = ref(L, -1)](Scope& scope) -> Task<std::string> {
        const Json text = co_await look(function, scope);
        co_return text.is_string() ? text.get<std::string>() : text.dump();
      };
    }
    lua_pop(L, 1);
  }
  Look look_once = [this, function = ref(L, 3)](Scope& scope) -> Task<std::optional<Json>> {
    Json found = co_await look(function, scope);
    if (found.is_null() || found == false) {
      co_return std::nullopt;
    }
    co_return found;
  };
  return scheduler_.await(
      L,
      [this, spec = std::move(spec), wait = std::move(wait),
       look_once = std::move(look_once)](Scope& scope) -> Task<Scheduler::Push> {
        RawJson result = co_await session_.wait_until(scope, spec, wait, look_once);
        co_return [result = std::move(result)](lua_State* state) {
          push_lazy(state, result);
          return 1;
        };
      });
}

int Globals::sleep(lua_State* L) {
  Json data;
  StepSpec spec;
  spec.segment = read_name(L, 1, "sleep");
  if (lua_type(L, 2) != LUA_TSTRING) {
    throw Error(Code::duration_invalid, "sleep needs a duration such as \"30s\"")
        .with_effect(EffectDone::none);
  }
  const std::chrono::milliseconds duration = parse_duration(lua_tostring(L, 2));
  return scheduler_.await(
      L, [this, spec = std::move(spec), duration](Scope& scope) -> Task<Scheduler::Push> {
        co_await session_.sleep(scope, spec, duration);
        co_return Scheduler::Push{};
      });
}

}  // namespace runbook::lua
