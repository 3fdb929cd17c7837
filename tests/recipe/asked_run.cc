#include "tests/recipe/asked_run.h"

#include <fmt/format.h>

#include <utility>

#include "engine/base/identity.h"

namespace runbook {

AskedRun::AskedRun(std::string recipe) : store(make_memory_store()) {
  write(recipe);
}

AskedRun::~AskedRun() = default;

RunReport AskedRun::session() {
  RunOptions now = options;
  now.root = folder.path;
  now.state_folder = folder.path / ".runbook";
  now.recipe = folder.path / "recipe.lua";
  now.run = run;
  RunListener listener;
  listener.begun = [this](const std::string& id) { run = id; };
  listener.notice = [this](const std::string& sentence) { notices.push_back(sentence); };
  listener.event = [this](const Event& event, const RunState&) {
    if (on_event) {
      on_event(event);
    }
  };
  if (typed || person) {
    listener.prompt = [this](Loop& loop, Prompt prompt, CancelPtr cancel) {
      prompts.push_back(prompt);
      return person ? person(loop, std::move(prompt), std::move(cancel))
                    : answer(loop, std::move(prompt), std::move(cancel));
    };
  }
  return drive(clock, *store, modules, now, std::move(listener), {}, Journal::Writer::on_loop);
}

Task<std::optional<std::string>> AskedRun::answer(Loop&, Prompt, CancelPtr) {
  std::optional<std::string> text;
  if (!typed->empty()) {
    text = typed->front();
    typed->pop_front();
  }
  co_return text;
}

Instruction AskedRun::instruction(Instruction::Kind kind, const std::string& step) const {
  Instruction said;
  said.kind = kind;
  said.run = run;
  said.step = step;
  said.actor = actor_name();
  said.reason = "from elsewhere";
  return said;
}

void AskedRun::steer_now(Instruction::Kind kind, const std::string& step, const Json& answers) {
  Instruction said = instruction(kind, step);
  said.answers = answers;
  Redactor redactor;
  SecretVault vault(run, redactor);
  append_directly(*store, run, clock, steer(state(), said, clock.now(), false, vault).events);
}

std::string AskedRun::send(Instruction::Kind kind, const std::string& step,
                           const std::string& reason) {
  Instruction said = instruction(kind, step);
  said.reason = reason;
  said.reply_to = "to " + step;
  hand_over_typed(said, run_folder());
  store->put_message(run, said.to_json().dump());
  return said.reply_to;
}

std::filesystem::path AskedRun::run_folder() const {
  return folder.path / ".runbook/runs" / run;
}

RunState AskedRun::state() {
  return read_run_state(*store, run);
}

std::string AskedRun::state_of(const std::string& step) {
  const RunState now = state();
  const StepState* found = now.find_step(step);
  return found == nullptr ? "" : std::string(state_name(found->state));
}

Json AskedRun::result_of(const std::string& step) {
  const RunState now = state();
  const StepState* found = now.find_step(step);
  return found == nullptr || found->value.empty() ? Json() : found->value.parse();
}

std::string AskedRun::journal() {
  std::string lines;
  store->read_events(run, 0, [&](StoredEvent& stored) {
    lines += to_json_line(decode(std::move(stored)), run).dump() + "\n";
  });
  return lines;
}

}  // namespace runbook
