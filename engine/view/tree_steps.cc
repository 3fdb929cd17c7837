#include "engine/view/tree_steps.h"

#include <fmt/format.h>

#include "engine/base/path.h"
#include "engine/view/transitions.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

void count(Progress& progress, State state) {
  if (state == State::ok) {
    ++progress.done;
  } else if (state == State::skipped) {
    ++progress.skipped;
  } else {
    ++progress.failed;
  }
}

void wait_for(LiveStep& step, std::string detail, std::string ending, Timestamp until) {
  step.waits = true;
  step.detail = std::move(detail);
  step.ending = std::move(ending);
  step.until = until;
}

void go_on(LiveStep& step) {
  wait_for(step, {}, {}, 0);
  step.waits = false;
}

void take_wait(LiveStep& step, const event::StepWaiting& waiting) {
  if (waiting.why.empty() && !only_waits(step.kind)) {
    go_on(step);
    return;
  }
  switch (step.kind) {
    case Kind::sleep:
      wait_for(step, "sleeps", "wakes", waiting.until);
      break;
    case Kind::gate:
    case Kind::ask:
    case Kind::manual:
      wait_for(step, "waits for " + one_line(waiting.why), "expires", waiting.until);
      break;
    default:
      wait_for(step, "waits: " + one_line(waiting.why), "gives up", waiting.until);
  }
}

}  // namespace

void TreeSteps::event(const Event& event, const RunState& /*state*/) {
  if (const auto* started = std::get_if<event::StepStarted>(&event.payload)) {
    begin(event, *started);
    return;
  }
  if (const auto* finished = std::get_if<event::StepFinished>(&event.payload)) {
    end(event.step, finished->state);
    return;
  }
  if (const auto* marked = std::get_if<event::StepMarked>(&event.payload)) {
    end(event.step, marked->state);
    return;
  }
  if (std::holds_alternative<event::StepSkipped>(event.payload)) {
    end(event.step, State::skipped);
    return;
  }
  LiveStep* step = live(event.step);
  if (step == nullptr) {
    return;
  }
  if (const auto* waiting = std::get_if<event::StepWaiting>(&event.payload)) {
    take_wait(*step, *waiting);
  } else if (const auto* retrying = std::get_if<event::StepRetrying>(&event.payload)) {
    wait_for(*step, error_text(retrying->error), "tries again", event.time + retrying->delay_ms);
  } else if (std::holds_alternative<event::AnswerRecorded>(event.payload)) {
    go_on(*step);
  }
}

bool TreeSteps::output(const std::string& path, const std::string& line) {
  LiveStep* step = live(path);
  if (step == nullptr || step->output == line) {
    return false;
  }
  step->output = line;
  return true;
}

const Progress& TreeSteps::progress(std::string_view prefix) const {
  static const Progress kNone;
  if (prefix.empty()) {
    return total_;
  }
  const auto found = progress_.find(prefix);
  return found == progress_.end() ? kNone : found->second;
}

const LiveStep* TreeSteps::find(std::string_view path) const {
  const auto found = running_.find(path);
  return found == running_.end() ? nullptr : &found->second;
}

LiveStep* TreeSteps::live(std::string_view path) {
  const auto found = running_.find(path);
  return found == running_.end() ? nullptr : &found->second;
}

void TreeSteps::begin(const Event& event, const event::StepStarted& started) {
  const auto [place, is_new] = running_.try_emplace(event.step);
  LiveStep& step = place->second;
  step.attempt = event.attempt;
  if (is_new) {
    step.begun = event.sequence;
    step.kind = started.kind;
    step.started = event.time;
  } else {
    step.output.clear();
    go_on(step);
  }
}

void TreeSteps::end(const std::string& path, State state) {
  running_.erase(path);
  const std::string_view parent = parent_path(path);
  if (!parent.empty()) {
    auto known = progress_.find(parent);
    if (known == progress_.end()) {
      known = progress_.emplace(parent, Progress{}).first;
    }
    count(known->second, state);
  }
  count(total_, state);
}

}  // namespace runbook
