#pragma once
// One run of a recipe on a memory store, session after session, with somebody at the terminal who
// answers from a list, or nobody.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/lua/module.h"
#include "engine/recipe/reply.h"
#include "engine/recipe/runner.h"
#include "engine/recipe/steering.h"
#include "tests/recipe/folder.h"

namespace runbook {

inline constexpr const char* kGate = R"(
local answer = gate('go live', { show = { plan = '12 to add' }, text = 'Shall it?' })
step('after', function() return answer.by end)
)";

class AskedRun {
 public:
  explicit AskedRun(std::string recipe);
  ~AskedRun();

  /// The first session begins the run, later ones resume it.
  RunReport session();
  void write(const std::string& recipe) { folder.write("recipe.lua", recipe); }
  /// Between two sessions: as a command does that takes the run's lock.
  void steer_now(Instruction::Kind kind, const std::string& step, const Json& answers = nullptr);
  /// While it is driven: as a command does that finds it so. Returns whom the reply is to.
  std::string send(Instruction::Kind kind, const std::string& step,
                   const std::string& reason = "from elsewhere");
  /// The reply, if it is there; it is taken.
  std::optional<std::string> reply(const std::string& to) { return take_reply(*store, to); }
  std::filesystem::path run_folder() const;

  RunState state();
  std::string state_of(const std::string& step);
  Json result_of(const std::string& step);
  /// Every event as JSON lines: where a secret must not be.
  std::string journal();

  Folder folder;
  RunOptions options;  ///< for every session
  std::vector<Module> modules;
  SystemClock clock;
  std::unique_ptr<Store> store;

  /// What the person types, question after question; nullopt leaves it. Somebody is there as soon
  /// as this is set to anything, even to nothing.
  std::optional<std::deque<std::optional<std::string>>> typed;
  /// Instead of `typed`.
  std::function<Task<std::optional<std::string>>(Loop& loop, Prompt prompt, CancelPtr cancel)>
      person;
  std::vector<Prompt> prompts;  ///< all that were shown
  std::vector<std::string> notices;
  std::function<void(const Event& event)> on_event;
  std::string run;

 private:
  Instruction instruction(Instruction::Kind kind, const std::string& step) const;
  Task<std::optional<std::string>> answer(Loop& loop, Prompt prompt, CancelPtr cancel);
};

}  // namespace runbook
