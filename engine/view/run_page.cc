#include "engine/view/run_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/duration.h"
#include "engine/base/hash.h"
#include "engine/base/path.h"
#include "engine/journal/open_call.h"
#include "engine/view/next_commands.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

/// A loop with more finished items than this is shown as one line.
constexpr std::size_t kItemsShown = 12;

std::string step_remark(const StepState& step, State state) {
  if (state == State::waiting || (state == State::running && !step.waiting_for.empty())) {
    return one_line(step.waiting_for) +
           (step.waiting_until == 0 ? "" : " until " + date_and_time(step.waiting_until));
  }
  const bool failed = state == State::failed || state == State::unknown ||
                      state == State::cancelled || state == State::interrupted;
  if (!failed) {
    return {};
  }
  std::string text;
  if (!step.value.empty()) {
    const Json error = step.value.parse();
    if (error.is_object()) {
      text = one_line(error.value("code", "") + " " + error.value("message", ""));
    }
  } else if (state == State::interrupted) {
    text = "began " + date_and_time(step.started_time) + ", its end was not recorded";
  }
  return step.handled ? text + " (handled by the recipe)" : text;
}

std::string step_line(const StepState& step, const RunFacts& facts) {
  const State state = step_state_now(step, facts.driver != 0);
  std::string time;
  if (step.finished_time != 0 && step.started_time != 0) {
    time = format_duration(std::chrono::milliseconds(step.finished_time - step.started_time));
  } else if (state == State::running || state == State::waiting) {
    time = format_duration(std::chrono::milliseconds(facts.now - step.started_time));
  }
  std::string line = fmt::format("  {:<11} {}", state_name(state), step.path);
  if (step.attempts > 1) {
    line += fmt::format("  attempt {}", step.attempts);
  }
  line += time.empty() ? "" : "  " + time;
  const std::string remark = step_remark(step, state);
  return line + (remark.empty() ? "" : "  " + remark) + "\n";
}

/// Number of finished items under each parent, to show large loops as one line.
std::map<std::string, std::size_t> finished_items(const RunState& state) {
  std::map<std::string, std::size_t> counts;
  for (const StepState& step : state.steps) {
    if (step.kind == Kind::item && step.state == State::ok) {
      ++counts[std::string(parent_path(step.path))];
    }
  }
  return counts;
}

std::string step_lines(const RunState& state, const RunFacts& facts) {
  std::map<std::string, std::size_t> large = finished_items(state);
  std::erase_if(large,
                [&](const auto& entry) { return facts.all_steps || entry.second <= kItemsShown; });
  std::map<std::string, bool> said;
  std::string text;
  for (const StepState& step : state.steps) {
    const std::string parent(parent_path(step.path));
    const auto loop =
        step.kind == Kind::item && step.state == State::ok ? large.find(parent) : large.end();
    if (loop == large.end()) {
      text += step_line(step, facts);
    } else if (!said[parent]) {
      said[parent] = true;
      text +=
          fmt::format("  {:<11} {}/*  {} items (--all lists them)\n", "ok", parent, loop->second);
    }
  }
  return text;
}

/// A call may be open still when its step is not: its intent is a fact of the world.
std::string what_became_of_its_step(const RunState& state, const CallState& call) {
  const StepState* step = state.find_step(call.step);
  if (call.forgotten || step == nullptr) {
    return "  (its step was rewound)";
  }
  const bool ended = has_result(step->state) || step->state == State::failed;
  return ended ? fmt::format("  (its step is {}{})", step->marked ? "marked " : "",
                             state_name(step->state))
               : "";
}

std::string open_call_lines(const RunState& state, Timestamp now) {
  std::string text;
  for (const std::uint32_t index : state.open_calls) {
    const CallState& call = state.calls[index];
    text += fmt::format("  {}  begun {} ({}){}{}\n", open_call_text(call),
                        date_and_time(call.begun_time), ago(call.begun_time, now),
                        call.resource.empty() ? "" : "  uses up " + call.resource,
                        what_became_of_its_step(state, call));
  }
  return text;
}

void add_section(std::string& page, std::string_view title, const std::string& lines) {
  if (!lines.empty()) {
    page += fmt::format("\n{}\n{}", title, lines);
  }
}

std::string head_lines(const RunState& state, const RunFacts& facts, RunPhase phase) {
  std::vector<std::pair<std::string, std::string>> rows = {
      {"recipe", state.created.recipe},
      {"started",
       fmt::format("{} ({}) by {}@{}", date_and_time(state.created_time),
                   ago(state.created_time, facts.now), state.created.user, state.created.host)}};
  if (state.sessions > 1) {
    rows.emplace_back("sessions", fmt::format("{}, the last began {}", state.sessions,
                                              date_and_time(state.session_started_time)));
  }
  for (const auto& [name, value] : state.targets) {
    rows.emplace_back("target", name + " " + one_line(value_text(value)));
  }
  const std::string why = why_not_moving(state, phase, facts.driver, facts.now);
  if (!why.empty()) {
    rows.emplace_back("why", why);
  }
  return aligned(rows, "  ");
}

}  // namespace

std::string step_outline(const RunState& state) {
  return step_lines(state, RunFacts());
}

std::string status_page(const RunState& state, const RunFacts& facts) {
  const RunPhase phase = phase_now(state, facts.driver != 0);
  std::string page =
      fmt::format("{}  run {}  {}\n", state.created.name, facts.row.id, phase_name(phase));
  page += head_lines(state, facts, phase);
  add_section(page, "Steps", step_lines(state, facts));
  add_section(page, "Open calls: their end is not recorded", open_call_lines(state, facts.now));
  std::string services;
  for (const ServiceLine& service : facts.services) {
    services += fmt::format("  {}  {}\n", service.name, service.status);
  }
  add_section(page, "Services", services);
  std::vector<std::pair<std::string, std::string>> outputs;
  for (const auto& [name, value] : state.outputs) {
    outputs.emplace_back(name, one_line(value_text(value), 400));
  }
  add_section(page, "Outputs", aligned(outputs, "  "));
  page +=
      fmt::format("\nJournal  {} events, head {}\n", facts.row.head, to_hex(facts.row.head_hash));
  std::string next;
  for (const std::string& command : next_commands(state, facts.row.id, phase)) {
    next += "  " + facts.state_option.put_into(command) + "\n";
  }
  add_section(page, "Next", next);
  return page;
}

}  // namespace runbook
