#pragma once
// The globals of a recipe (design §5), between Lua and the step engine. Their Lua face is
// globals.lua: it sorts arguments and raises errors; everything that means something is here.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/lua/scheduler.h"
#include "engine/step/session.h"

namespace runbook::lua {

/// recipe{}'s table as found: the data part, and the functions at `target` and `lock`.
struct RecipeTable {
  Json data;
  Ref target, lock;
};

/// A target declared anywhere (recipe{ target = }, target(…), a module's handle).
struct Target {
  std::string name;
  Ref read, verify;
  Scheduler::Push arguments;  ///< of read: the parameters for recipe{ target = }
};

class Globals {
 public:
  /// What the recipe runner provides.
  struct Hooks {
    /// recipe{}: returns the checked parameters in stored form. Throws Error.
    std::function<Task<Json>(RecipeTable table)> recipe;
    /// recipe{ lock = }: holds the name for this run. Throws Error or SessionStop.
    std::function<Task<void>(std::string name)> lock;
    std::function<void(const std::string& step, const std::string& line)> log;
    /// ask and manual: the declarations of what is asked for, by name. Throws Error.
    std::function<void(const Json& fields)> check_fields;
    std::filesystem::path root;
  };

  Globals(Scheduler& scheduler, Session& session, Hooks hooks);
  Globals(const Globals&) = delete;
  Globals& operator=(const Globals&) = delete;

  /// Puts the globals into the state's recipe environment.
  void install();

  /// Registered so far, in order; run by the recipe runner when the run ends for good, or after a
  /// failure.
  const std::vector<Ref>& finally() const { return finally_; }
  const std::vector<Ref>& on_fail() const { return on_fail_; }
  const std::vector<Target>& targets() const { return targets_; }

  /// A body, look or probe from a Lua function.
  Body body(Ref function, Scheduler::Push arguments = {});
  Task<void> declare_target(Scope& scope, Target target);
  /// Reads a target again, looking only: SessionStop(target_changed) if it differs from what was
  /// recorded.
  Task<void> check_target(Target target);
  /// Runs a Lua function that may only look and returns its result.
  Task<Json> look(Ref function, Scope& scope, Scheduler::Push arguments = {});

 private:
  using Raw = int (Globals::*)(lua_State* L);
  struct Row;
  static const Row kRows[];
  static int call(lua_State* L);

  // globals_steps.cc
  int step(lua_State* L);
  int group(lua_State* L);
  int fan_out(lua_State* L);
  int wait_until(lua_State* L);
  int sleep(lua_State* L);
  // globals_questions.cc
  int question(lua_State* L);
  // globals_values.cc
  int now(lua_State* L);
  int random(lua_State* L);
  int uuid(lua_State* L);
  int env(lua_State* L);
  int secret(lua_State* L);
  // globals_run.cc
  int recipe(lua_State* L);
  int target(lua_State* L);
  int setup(lua_State* L);
  int output(lua_State* L);
  int attach(lua_State* L);
  int note(lua_State* L);
  int log(lua_State* L);
  int fail(lua_State* L);
  int skip(lua_State* L);
  int at_end(lua_State* L);
  int at_failure(lua_State* L);

  StepSpec read_spec(lua_State* L, int name, int options, int function,
                     const std::vector<std::string_view>& also, Json& data);
  /// Where the function at the index stands, and its body hash.
  void place(lua_State* L, int function, StepSpec& spec);
  StepProbe probe(Ref function);
  StepUndo undo(Ref function);
  /// Ends the session without an error that the recipe could catch.
  int refuse(lua_State* L, Error error);
  Ref ref(lua_State* L, int index);
  Json stored(lua_State* L, int index, const std::string& what);

  Scheduler& scheduler_;
  Session& session_;
  Hooks hooks_;
  std::vector<Ref> finally_, on_fail_;
  std::vector<Target> targets_;
  std::map<std::string, std::size_t> said_;  ///< notes already in the journal, met again on replay
};

}  // namespace runbook::lua
