// What a recipe declares and says: recipe, target, setup, output, attach, note, log, fail, skip,
// finally, on_fail.

#include <fmt/core.h>

#include <algorithm>

#include <lua.hpp>

#include "engine/base/command_text.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/references.h"
#include "engine/base/shown_text.h"
#include "engine/lua/globals.h"
#include "engine/lua/lazy.h"
#include "engine/lua/state.h"
#include "engine/lua/values.h"

namespace runbook::lua {
namespace {

std::string text_argument(lua_State* L, int index, std::string_view what) {
  if (lua_type(L, index) != LUA_TSTRING) {
    throw Error(Code::option_invalid,
                fmt::format("{} must be a string, not {}", what, kind_of(L, index)))
        .with_effect(EffectDone::none);
  }
  std::size_t size = 0;
  const char* text = lua_tolstring(L, index, &size);
  return {text, size};
}

/// What verify found: text, { message, step } with the first step whose effect is gone, or nothing.
Error changed(const std::string& run, const std::string& name, const Json& recorded,
              const Json& found, const Json& said) {
  const Json table = said.is_object() ? said : Json::object();
  const Json message = said.is_string() ? said : table.value("message", Json());
  const Json step = table.value("step", Json());
  Error error(Code::target_changed,
              fmt::format("{}: {}", name,
                          message.is_string() ? message.get<std::string>()
                                              : fmt::format("the run began with {}, now it is {}",
                                                            recorded.dump(), found.dump())));
  if (step.is_string()) {
    error.hint =
        fmt::format("switch back, or do again what is gone: {}",
                    command_text("rewind", {run}, "--to " + shell_word(step.get<std::string>())));
  }
  return error;
}

}  // namespace

// recipe { … }: the parameters, read-only.
int Globals::recipe(lua_State* L) {
  if (!lua_istable(L, 1)) {
    throw Error(Code::recipe_header_invalid,
                "recipe needs a table: recipe { name = …, params = { … } }")
        .with_effect(EffectDone::none);
  }
  RecipeTable table;
  table.data = Json::object();
  fill(L, 1);
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    const std::string key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    if (lua_isfunction(L, -1) && (key == "target" || key == "lock")) {
      (key == "target" ? table.target : table.lock) = ref(L, -1);
      table.data[key] = true;
    } else {
      table.data[key] = to_json(L, -1, "recipe." + key);
    }
    lua_pop(L, 1);
  }
  return scheduler_.await(
      L, [this, table = std::move(table)](Scope& scope) -> Task<Scheduler::Push> {
        Json parameters = co_await hooks_.recipe(table);
        const Scheduler::Push give = [parameters](lua_State* state) {
          push(state, parameters);
          push_read_only(state, -1, "parameter");
          lua_remove(state, -2);
          return 1;
        };
        if (table.target) {
          Target target{.name = "target", .read = table.target, .verify = {}, .arguments = give};
          co_await declare_target(scope, std::move(target));
        }
        Json name = table.data.value("lock", Json());  // true stands for a function
        if (table.lock) {
          name = co_await look(table.lock, scope, give);
          if (!name.is_string()) {
            throw Error(Code::recipe_header_invalid, "recipe{ lock } must return a string");
          }
        }
        if (name.is_string()) {
          if (session_.vault().mentions(name.get<std::string>())) {
            throw Error(Code::recipe_header_invalid,
                        "recipe{ lock } holds a secret, which no other run can compare");
          }
          co_await hooks_.lock(name.get<std::string>());
        }
        co_return give;
      });
}

// target(name, read, verify?)
int Globals::target(lua_State* L) {
  Target target;
  target.name = text_argument(L, 1, "target: the name");
  require_function(L, 2, "target");
  target.read = ref(L, 2);
  if (!lua_isnoneornil(L, 3)) {
    require_function(L, 3, "target: verify");
    target.verify = ref(L, 3);
  }
  return scheduler_.await(
      L, [this, target = std::move(target)](Scope& scope) -> Task<Scheduler::Push> {
        co_await declare_target(scope, target);
        co_return Scheduler::Push{};
      });
}

// Recorded in the first session; in later ones compared before the first action, or at once if that
// is over.
Task<void> Globals::declare_target(Scope& scope, Target target) {
  targets_.push_back(target);
  const bool known = session_.state().targets.contains(target.name);
  if (!known && session_.replays_only()) {
    throw RecordEnds();
  }
  if (!known) {
    Json value = co_await look(target.read, scope, target.arguments);
    value = recordable(session_.vault(), value);
    session_.journal().append(
        event::TargetRecorded{.name = target.name, .value = std::move(value)});
  } else if (!session_.replaying() && session_.state().sessions > 1) {
    co_await check_target(target);
  }
}

Task<void> Globals::check_target(Target target) {
  const Json recorded = session_.vault().from_references(session_.state().targets.at(target.name));
  const Json found = co_await look(target.read, session_.root(), target.arguments);
  Json same = found == recorded;
  if (target.verify) {
    Json calls = Json::array();
    for (const CallState& call : session_.state().calls) {
      if (call.end == CallState::End::ok && !call.forgotten) {
        calls.push_back({{"step", call.step},
                         {"primitive", call.primitive},
                         {"arguments", call.arguments},
                         {"intent", call.intents.back()},
                         {"result", call.result.parse()}});
      }
    }
    const Scheduler::Push arguments = [&](lua_State* L) {
      push(L, recorded);
      push(L, calls);
      return 2;
    };
    same = co_await look(target.verify, session_.root(), arguments);
  }
  if (same != true) {
    throw SessionStop(RunPhase::interrupted,
                      changed(session_.journal().run(), target.name, recorded, found, same));
  }
}

// setup(fn): runs at every start and resume; may only look.
int Globals::setup(lua_State* L) {
  require_function(L, 1, "setup");
  return scheduler_.await(L, [this, function = ref(L, 1)](Scope& scope) -> Task<Scheduler::Push> {
    const Json result = co_await look(function, scope);
    co_return [result](lua_State* state) {
      push(state, result);
      return 1;
    };
  });
}

int Globals::output(lua_State* L) {
  const Json values = stored(L, 1, "output");
  if (!values.is_object()) {
    throw Error(Code::option_invalid, "output needs a table of named results")
        .with_effect(EffectDone::none);
  }
  bool news = false;
  for (const auto& [name, value] : values.items()) {
    const auto known = session_.state().outputs.find(name);
    news = news || known == session_.state().outputs.end() || known->second != value;
  }
  return scheduler_.at_once(L, [&](lua_State*) {
    if (news && !session_.replays_only()) {
      const Scope& scope = scheduler_.scope();
      session_.journal().append(event::OutputSet{.values = values}, scope.attempt->path,
                                scope.attempt->number);
    }
    return 0;
  });
}

// attach(path, { caption = }): the file's content into the journal; returns { name, sha256, size }.
int Globals::attach(lua_State* L) {
  const std::string name = text_argument(L, 1, "attach: the file");
  const Json options = to_json(L, 2, "attach");
  const std::string caption = options.is_object() ? options.value("caption", "") : "";
  return scheduler_.await(L, [this, name, caption](Scope& scope) -> Task<Scheduler::Push> {
    std::optional<event::AttachmentAdded> added;
    for (const event::AttachmentAdded& attachment : session_.state().attachments) {
      if (attachment.name == name && session_.replaying()) {
        added = attachment;
      }
    }
    if (!added && session_.replays_only()) {
      throw RecordEnds();
    }
    if (!added) {
      std::string content;
      std::function<void()> read = [&] {
        content = session_.vault().conceal(std::string_view(read_file(hooks_.root / name)));
      };
      co_await session_.loop().blocking(std::move(read));
      added = event::AttachmentAdded{
          .name = name, .blob = {}, .caption = caption, .size = content.size()};
      added->blob = session_.journal().put_blob(std::move(content));
      session_.journal().append(*added, scope.attempt->path, scope.attempt->number);
    }
    const Json result{{"name", added->name}, {"sha256", added->blob}, {"size", added->size}};
    co_return [result](lua_State* state) {
      push(state, result);
      return 1;
    };
  });
}

// note(markdown): into the journal, once: the n-th equal note of a replay is the n-th of the
// journal.
int Globals::note(lua_State* L) {
  const std::string text = session_.vault().conceal(std::string_view(text_argument(L, 1, "note")));
  return scheduler_.at_once(L, [&](lua_State*) {
    const std::vector<std::string>& notes = session_.state().notes;
    const auto times = static_cast<std::size_t>(std::count(notes.begin(), notes.end(), text));
    if (++said_[text] > times && !session_.replays_only()) {
      const Scope& scope = scheduler_.scope();
      session_.journal().append(event::NoteAdded{.text = text}, scope.attempt->path,
                                scope.attempt->number);
    }
    return 0;
  });
}

// log(text): to stderr and the step's log; silent where it was said before.
int Globals::log(lua_State* L) {
  const std::string text = text_argument(L, 1, "log");
  return scheduler_.at_once(L, [&](lua_State*) {
    if (!session_.replaying()) {
      Scope& scope = scheduler_.scope();
      session_.log(scope, "log", text);
      if (hooks_.log) {
        hooks_.log(scope.attempt->path, text);
      }
    }
    return 0;
  });
}

// fail "text" | fail { message, hint =, code =, exit = 1 | 2 | 12 | 40 }
int Globals::fail(lua_State* L) {
  Json options = Json::object();
  if (lua_istable(L, 1)) {
    fill(L, 1);
    lua_rawgeti(L, 1, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
      options["message"] = lua_tostring(L, -1);
    }
    lua_pop(L, 1);
    for (const char* name : {"message", "hint", "code", "exit"}) {
      lua_getfield(L, 1, name);
      if (!lua_isnil(L, -1)) {
        options[name] = to_json(L, -1, name);
      }
      lua_pop(L, 1);
    }
  } else {
    options["message"] = text_argument(L, 1, "fail: the message");
  }
  const int exit = options.value("exit", 1);
  if (exit != 1 && exit != 2 && exit != 12 && exit != 40) {
    throw Error(Code::option_invalid, "fail: exit must be 1, 2, 12 or 40")
        .with_effect(EffectDone::none);
  }
  Json detail{{"exit_code", exit}};
  if (options.contains("code")) {
    detail["code"] = options["code"];
  }
  const Json message = options.value("message", Json("failed"));
  const Json hint = options.value("hint", Json(""));
  throw Error(Code::recipe_failed,
              message.is_string() ? message.get<std::string>() : message.dump(),
              hint.is_string() ? hint.get<std::string>() : hint.dump(), std::move(detail))
      .with_effect(EffectDone::none);
}

// skip(reason): ends the innermost step as skipped; its body is dropped.
int Globals::skip(lua_State* L) {
  const std::string reason = text_argument(L, 1, "skip: the reason");
  if (!scheduler_.scope().in_step()) {
    throw Error(Code::wrong_place, "skip is for the body of a step").with_effect(EffectDone::none);
  }
  return scheduler_.await(L, [reason](Scope&) -> Task<Scheduler::Push> {
    throw Skipped(reason);
    co_return Scheduler::Push{};
  });
}

int Globals::at_end(lua_State* L) {
  require_function(L, 1, "finally");
  if (scheduler_.scope().in_step()) {
    throw Error(Code::wrong_place,
                "finally belongs to the top level of the recipe, not into a step")
        .with_effect(EffectDone::none);
  }
  finally_.push_back(ref(L, 1));
  return scheduler_.at_once(L, [](lua_State*) { return 0; });
}

int Globals::at_failure(lua_State* L) {
  require_function(L, 1, "on_fail");
  if (scheduler_.scope().in_step()) {
    throw Error(Code::wrong_place,
                "on_fail belongs to the top level of the recipe, not into a step")
        .with_effect(EffectDone::none);
  }
  on_fail_.push_back(ref(L, 1));
  return scheduler_.at_once(L, [](lua_State*) { return 0; });
}

}  // namespace runbook::lua
