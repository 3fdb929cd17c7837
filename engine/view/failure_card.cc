#include "engine/view/failure_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engine/base/path.h"
#include "engine/journal/open_call.h"
#include "engine/view/card.h"
#include "engine/view/excerpt.h"
#include "engine/view/next_commands.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr std::size_t kLastLines = 20;
constexpr std::size_t kOtherFailures = 20;
constexpr std::size_t kOpenCalls = 8;

/// The argv of a command as one would type it.
std::string command_text(const Json& command) {
  if (command.is_string()) {
    return command.get<std::string>();
  }
  std::string text;
  for (const Json& word : command) {
    text += (text.empty() ? "" : " ") +
            (word.is_string() ? shell_word(word.get<std::string>()) : value_text(word));
  }
  return text;
}

/// "deploy.lua:84" and that line's text.
std::string place(const std::string& site, const std::string& root) {
  const std::size_t colon = site.rfind(':');
  if (colon == std::string::npos) {
    return site;
  }
  const std::size_t number = std::strtoul(site.c_str() + colon + 1, nullptr, 10);
  const std::filesystem::path file = std::filesystem::path(root) / site.substr(0, colon);
  const std::string line = number == 0 ? "" : source_line(file.string(), number);
  return line.empty() ? site : site + "    " + one_line(line, 120);
}

void add_last_lines(Card& card, const Json& detail, const std::string& log) {
  std::vector<std::string> lines;
  if (detail.is_object() && detail.contains("lines") && detail["lines"].is_array()) {
    for (const Json& line : detail["lines"]) {
      lines.push_back(one_line(value_text(line), 1000));
    }
  } else if (!log.empty()) {
    lines = last_log_lines(log, kLastLines);
  }
  if (lines.size() > kLastLines) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kLastLines));
  }
  if (!lines.empty()) {
    card.exact("last", fmt::format("{} {}", lines.size(), lines.size() == 1 ? "line" : "lines"));
    card.quote(lines);
  }
}

void add_command(Card& card, const Json& detail) {
  if (!detail.is_object() || !detail.contains("command")) {
    return;
  }
  std::string text = command_text(detail["command"]);
  if (detail.contains("exit") && !detail["exit"].is_null()) {
    text += "    exit " + value_text(detail["exit"]);
  } else if (detail.contains("signal") && !detail["signal"].is_null()) {
    text += "    signal " + value_text(detail["signal"]);
  }
  card.exact("command", text);
}

/// The other steps that failed in this session: several items of an each, a failing finally.
void add_other_failures(Card& card, const RunState& state, const std::string& path) {
  std::size_t count = 0;
  for (const StepState& step : state.steps) {
    const bool failed = step.state == State::failed || step.state == State::unknown;
    if (!failed || step.handled || step.session != state.sessions || step.path == path ||
        is_under(path, step.path) || step.value.empty()) {
      continue;
    }
    if (++count <= kOtherFailures) {
      const Error error = Error::from_json(step.value.parse());
      card.block(
          count == 1 ? "also" : "",
          fmt::format("{}  {} {}", step.path, code_text(error.code), one_line(error.message)));
    }
  }
  if (count > kOtherFailures) {
    card.block("", fmt::format("and {} more", count - kOtherFailures));
  }
}

}  // namespace

std::string site_of(const Json& detail, const StepState* step) {
  if (detail.is_object() && detail.contains("file") && detail.contains("line")) {
    return fmt::format("{}:{}", value_text(detail["file"]), value_text(detail["line"]));
  }
  return step == nullptr ? "" : step->site;
}

std::string error_lines(const Error& error, const StateOption& state_option) {
  std::string text =
      fmt::format("error {}: {}\n", code_text(error.code), plain_text(error.message));
  if (const std::string site = site_of(error.detail, nullptr); !site.empty()) {
    text += fmt::format("at: {}\n", site);
  }
  const std::string_view hint = error.hint.empty() ? code_info(error.code).hint : error.hint;
  if (!hint.empty()) {
    text += fmt::format("hint: {}\n", plain_text(state_option.put_into(hint)));
  }
  return text;
}

void add_step(Card& card, const CardFacts& facts, const StepState* step) {
  if (step != nullptr) {
    card.exact("step", fmt::format("{}    attempt {}", step->path, step->attempts));
  }
  if (const std::string site = site_of(facts.error.detail, step); !site.empty()) {
    card.exact("at", place(site, facts.state.created.root));
  }
}

void add_open_calls(Card& card, const RunState& state, std::string_view except) {
  std::size_t count = 0;
  for (const std::uint32_t index : state.open_calls) {
    const CallState& call = state.calls[index];
    if (call.step != except && ++count <= kOpenCalls) {
      card.block(count == 1 ? "open" : "", open_call_text(call));
    }
  }
  if (count > kOpenCalls) {
    card.block("", fmt::format("and {} more", count - kOpenCalls));
  }
}

std::string log_of(const CardFacts& facts, const StepState* step) {
  if (step == nullptr || !facts.log_file) {
    return {};
  }
  std::string log = facts.log_file(facts.run, facts.state.step_index.at(step->path) + 1, *step);
  std::error_code missing;
  return std::filesystem::exists(log, missing) ? log : "";
}

std::string failure_card(const CardFacts& facts, const Style& style) {
  const Error& error = facts.error;
  const StepState* step = facts.state.find_step(error.path);
  Card card(style, facts.state_option);
  card.head(error.code, Color::bad);
  add_step(card, facts, step);
  card.block("why", error.message);
  add_command(card, error.detail);
  const std::string log = log_of(facts, step);
  add_last_lines(card, error.detail, log);
  add_other_failures(card, facts.state, error.path);
  add_open_calls(card, facts.state, {});
  if (!log.empty()) {
    card.exact("log", log);
  }
  card.advice(error);
  card.say(kept_sentence(facts.state));
  if (!facts.state.cancel) {  // else it is being ended now
    card.next(next_steps(facts.state, facts.run, facts.phase));
  }
  return card.take();
}

}  // namespace runbook
