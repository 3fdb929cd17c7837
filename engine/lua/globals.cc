#include "engine/lua/globals.h"

#include <fmt/core.h>

#include <lua.hpp>

#include "engine/base/references.h"
#include "engine/lua/error_value.h"
#include "engine/lua/loader.h"
#include "engine/lua/state.h"
#include "engine/lua/values.h"

namespace runbook::lua {

struct Globals::Row {
  const char* name;
  Raw function;
};

const Globals::Row Globals::kRows[] = {
    {"step", &Globals::step},       {"group", &Globals::group},
    {"fan_out", &Globals::fan_out}, {"wait_until", &Globals::wait_until},
    {"sleep", &Globals::sleep},     {"question", &Globals::question},
    {"now", &Globals::now},         {"random", &Globals::random},
    {"uuid", &Globals::uuid},       {"env", &Globals::env},
    {"secret", &Globals::secret},   {"recipe", &Globals::recipe},
    {"target", &Globals::target},   {"setup", &Globals::setup},
    {"output", &Globals::output},   {"attach", &Globals::attach},
    {"note", &Globals::note},       {"log", &Globals::log},
    {"fail", &Globals::fail},       {"skip", &Globals::skip},
    {"finally", &Globals::at_end},  {"on_fail", &Globals::at_failure},
};

Globals::Globals(Scheduler& scheduler, Session& session, Hooks hooks)
    : scheduler_(scheduler), session_(session), hooks_(std::move(hooks)) {}

// The border: what a function throws before it waits becomes (false, error) like what an operation
// throws.
int Globals::call(lua_State* L) {
  auto* self = static_cast<Globals*>(lua_touserdata(L, lua_upvalueindex(1)));
  const auto* row = static_cast<const Row*>(lua_touserdata(L, lua_upvalueindex(2)));
  std::optional<Error> failure;
  try {
    return (self->*row->function)(L);
  } catch (const Error& error) {
    failure = error;
  }
  return self->scheduler_.at_once(L, [&](lua_State*) -> int { throw *failure; });
}

void Globals::install() {
  State& state = scheduler_.state();
  lua_State* L = state.main();
  lua_newtable(L);
  for (const Row& row : kRows) {
    lua_pushlightuserdata(L, this);
    lua_pushlightuserdata(L, const_cast<Row*>(&row));
    lua_pushcclosure(L, guarded<call>, 2);
    scheduler_.make_raising(L);
    lua_setfield(L, -2, row.name);
  }
  run_stdlib(state, "core/globals", 1);
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    const std::string name = lua_tostring(L, -2);
    state.set_global(name.c_str());
  }
  lua_pop(L, 1);
  run_stdlib(state, "param", 0);
  state.set_global("param");
}

Ref Globals::ref(lua_State* L, int index) {
  return Ref(scheduler_.state().main(), L, index);
}

Json Globals::stored(lua_State* L, int index, const std::string& what) {
  return recordable(session_.vault(), to_json(L, index, what));
}

Body Globals::body(Ref function, Scheduler::Push arguments) {
  return [this, function = std::move(function),
          arguments = std::move(arguments)](Scope& scope) -> Task<Json> {
    Json result;
    Scheduler::Take take = [&result](lua_State* L, int count) {
      if (count > 0) {
        result = to_json(L, lua_gettop(L) - count + 1, "result");
      }
    };
    co_await scheduler_.run(function, scope, arguments, std::move(take));
    co_return result;
  };
}

Task<Json> Globals::look(Ref function, Scope& scope, Scheduler::Push arguments) {
  Scope looking{
      .path = scope.path, .attempt = scope.attempt, .cancel = scope.cancel, .mode = Mode::look};
  Body work = body(std::move(function), std::move(arguments));
  try {
    co_return co_await work(looking);
  } catch (const Error& error) {
    if (session_.replays_only()) {
      throw SessionStop(RunPhase::failed, error);  // not an error that the record knows
    }
    throw;
  }
}

int Globals::refuse(lua_State* L, Error error) {
  return scheduler_.await(L, [error = std::move(error)](Scope&) -> Task<Scheduler::Push> {
    throw SessionStop(RunPhase::interrupted, error);
    co_return Scheduler::Push{};
  });
}

}  // namespace runbook::lua
