#include "engine/recipe/header_reader.h"

#include <fmt/core.h>

#include <deque>
#include <exception>

#include <lua.hpp>

#include "engine/io/http.h"
#include "engine/io/loop.h"
#include "engine/lua/error_value.h"
#include "engine/lua/lazy.h"
#include "engine/lua/loader.h"
#include "engine/lua/module.h"
#include "engine/lua/passing.h"
#include "engine/lua/scheduler.h"
#include "engine/lua/state.h"
#include "engine/lua/values.h"
#include "engine/recipe/pure_call.h"

namespace runbook {
namespace {

/// Ends the reading: thrown by everything that would need a run.
struct HeaderEnds : std::exception {};

/// A primitive as Lua knows it.
struct Primitive {
  const Function& function;
  std::string name;
};

/// recipe{} → the table; pure primitives → their results; any other global or primitive → the end.
class HeaderPass {
 public:
  HeaderPass(Loop& loop, const std::filesystem::path& root, const std::filesystem::path& recipe,
             const std::vector<Module>& modules, SourceReader source)
      : loop_(loop),
        processes_(loop, nullptr, {}),
        http_(loop),
        host_{loop, processes_, http_, nullptr, root, {}, {}, nullptr},
        scheduler_(state_, nullptr),
        loader_(state_, root, recipe, loader_host(modules, std::move(source))) {
    install();
  }

  RecipeFile read() {
    lua_State* L = state_.main();
    loader_.push_recipe(L);
    const lua::Ref chunk(L, L, -1);
    lua_pop(L, 1);
    loop_.spawn(run(chunk));
    loop_.run();
    if (failure_) {
      std::rethrow_exception(failure_);
    }
    if (table_) {
      file_.header = parse_header(*table_);
    }
    return std::move(file_);
  }

 private:
  lua::LoaderHost loader_host(const std::vector<Module>& modules, SourceReader source) {
    lua::LoaderHost host;
    host.source = std::move(source);
    for (const Module& module : modules) {
      host.builtin_names.emplace_back(module.name);
    }
    host.builtin = [this, &modules](lua_State* L,
                                    std::string_view name) -> std::optional<std::string_view> {
      for (const Module& module : modules) {
        if (module.name == name) {
          lua_newtable(L);
          for (const Function& function : module.functions) {
            push_primitive(L, module, function);
            lua_setfield(L, -2, std::string(function.name).c_str());
          }
          return module.lua;
        }
      }
      return std::nullopt;
    };
    host.loaded = [this](const std::string& path, const std::string& content) {
      file_.sources[path] = content;
    };
    return host;
  }

  template <int (HeaderPass::*function)(lua_State*)>
  void push_function(lua_State* L) {
    lua_pushlightuserdata(L, this);
    lua_pushcclosure(L, lua::guarded<call<function>>, 1);
    scheduler_.make_raising(L);
  }

  template <int (HeaderPass::*function)(lua_State*)>
  static int call(lua_State* L) {
    auto* self = static_cast<HeaderPass*>(lua_touserdata(L, lua_upvalueindex(1)));
    return (self->*function)(L);
  }

  void push_primitive(lua_State* L, const Module& module, const Function& function) {
    if (function.compute == nullptr) {
      push_function<&HeaderPass::ends>(L);
      return;
    }
    pure_.push_back({function, fmt::format("{}.{}", module.name, function.name)});
    lua_pushlightuserdata(L, this);
    lua_pushlightuserdata(L, &pure_.back());
    lua_pushcclosure(L, lua::guarded<compute>, 2);
    scheduler_.make_raising(L);
  }

  static int compute(lua_State* L) {
    auto* self = static_cast<HeaderPass*>(lua_touserdata(L, lua_upvalueindex(1)));
    const auto* primitive = static_cast<const Primitive*>(lua_touserdata(L, lua_upvalueindex(2)));
    Json result;
    std::optional<Error> failure;
    try {
      PureCall call(self->host_,
                    lua::read_arguments(L, primitive->name, primitive->function, self->host_.root));
      result = primitive->function.compute(call);
    } catch (const Error& error) {
      failure = error;
    }
    return self->scheduler_.at_once(L, [&](lua_State* state) {
      if (failure) {
        throw *failure;
      }
      lua::push_result(state, result,
                       primitive->function.tagged ? lua::Form::stored : lua::Form::plain);
      return 1;
    });
  }

  void install() {
    lua_State* L = state_.main();
    for (const char* name :
         {"step",    "group",   "each",   "parallel", "wait_until", "sleep", "setup",  "gate",
          "ask",     "manual",  "output", "attach",   "note",       "log",   "fail",   "skip",
          "finally", "on_fail", "now",    "random",   "uuid",       "env",   "secret", "target"}) {
      push_function<&HeaderPass::ends>(L);
      state_.set_global(name);
    }
    push_function<&HeaderPass::recipe>(L);
    state_.set_global("recipe");
    lua_newtable(L);  // outcome's constructors are of no use before the first step
    state_.set_global("outcome");
    lua::run_stdlib(state_, "param", 0);
    state_.set_global("param");
  }

  int ends(lua_State* L) {
    return scheduler_.await(L, [](Scope&) -> Task<lua::Scheduler::Push> {
      throw HeaderEnds();
      co_return lua::Scheduler::Push{};
    });
  }

  int recipe(lua_State* L) {
    if (!lua_istable(L, 1)) {
      throw Error(Code::recipe_header_invalid,
                  "recipe needs a table: recipe { name = …, params = { … } }");
    }
    lua::fill(L, 1);
    table_ = Json::object();
    lua_pushnil(L);
    while (lua_next(L, 1) != 0) {
      const std::string key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
      const bool function = lua_isfunction(L, -1) && (key == "target" || key == "lock");
      (*table_)[key] = function ? Json(true) : lua::to_json(L, -1, "recipe." + key);
      lua_pop(L, 1);
    }
    return ends(L);
  }

  Task<void> run(lua::Ref chunk) {
    Attempt top;
    Scope scope{.path = {}, .attempt = &top, .cancel = Cancel::root(), .mode = Mode::act};
    try {
      co_await scheduler_.run(chunk, scope, {}, {});
    } catch (const HeaderEnds&) {
      file_.asks = true;
    } catch (const Error&) {
      failure_ = std::current_exception();
    }
  }

  Loop& loop_;
  RecipeFile file_;
  std::optional<Json> table_;
  std::exception_ptr failure_;
  Processes processes_;
  HttpClient http_;
  Host host_;
  std::deque<Primitive> pure_;  ///< where closures point to
  lua::State state_;
  lua::Scheduler scheduler_;
  lua::Loader loader_;
};

}  // namespace

RecipeFile read_recipe_file(const std::filesystem::path& root, const std::filesystem::path& recipe,
                            const std::vector<Module>& modules, SourceReader source) {
  SystemClock clock;
  Loop loop(clock);
  HeaderPass pass(loop, root, recipe, modules, std::move(source));
  return pass.read();
}

}  // namespace runbook
