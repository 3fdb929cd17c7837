#include "engine/view/failure_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engine/base/path.h"
#include "engine/view/excerpt.h"
#include "engine/view/next_commands.h"
#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr std::size_t kLastLines = 20;
constexpr std::size_t kOtherFailures = 20;

/// A block of the card: its name in a column of its own, further lines under the first.
void add_block(std::string& card, std::string_view name, std::string_view text) {
  std::string plain = plain_text(text);
  while (!plain.empty() && plain.back() == '\n') {
    plain.pop_back();
  }
  std::size_t begin = 0;
  bool first = true;
  while (begin <= plain.size()) {
    const std::size_t end = std::min(plain.find('\n', begin), plain.size());
    card += fmt::format("  {:<8} {}\n", first ? name : "", plain.substr(begin, end - begin));
    first = false;
    begin = end + 1;
  }
}

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

std::string site_of(const Json& detail, const StepState* step) {
  if (detail.is_object() && detail.contains("file") && detail.contains("line")) {
    return fmt::format("{}:{}", value_text(detail["file"]), value_text(detail["line"]));
  }
  return step == nullptr ? "" : step->site;
}

void add_last_lines(std::string& card, const Json& detail, const std::string& log) {
  std::vector<std::string> lines;
  if (detail.is_object() && detail.contains("lines") && detail["lines"].is_array()) {
    for (const Json& line : detail["lines"]) {
      lines.push_back(one_line(value_text(line), 1000));
    }
  } else if (!log.empty()) {
    lines = last_log_lines(log, kLastLines);
  }
  const std::size_t hidden = lines.size() - std::min(lines.size(), kLastLines);
  if (!lines.empty()) {
    add_block(card, "last", fmt::format("{} lines", lines.size() - hidden));
  }
  for (std::size_t i = hidden; i < lines.size(); ++i) {
    card += "    " + lines[i] + "\n";
  }
}

void add_command(std::string& card, const Json& detail) {
  if (!detail.is_object() || !detail.contains("command")) {
    return;
  }
  std::string text = command_text(detail["command"]);
  if (detail.contains("exit") && !detail["exit"].is_null()) {
    text += "    exit " + value_text(detail["exit"]);
  } else if (detail.contains("signal") && !detail["signal"].is_null()) {
    text += "    signal " + value_text(detail["signal"]);
  }
  add_block(card, "command", text);
}

/// The other steps that failed in this session: several items of an each, a failing finally.
void add_other_failures(std::string& card, const RunState& state, const std::string& path) {
  std::size_t count = 0;
  for (const StepState& step : state.steps) {
    const bool failed = step.state == State::failed || step.state == State::unknown;
    if (!failed || step.handled || step.session != state.sessions || step.path == path ||
        is_under(path, step.path) || step.value.empty()) {
      continue;
    }
    if (++count <= kOtherFailures) {
      const Error error = Error::from_json(step.value.parse());
      add_block(
          card, count == 1 ? "also" : "",
          fmt::format("{}  {} {}", step.path, code_text(error.code), one_line(error.message)));
    }
  }
  if (count > kOtherFailures) {
    add_block(card, "", fmt::format("and {} more", count - kOtherFailures));
  }
}

std::string kept_line(const RunState& state) {
  const auto done =
      std::count_if(state.steps.begin(), state.steps.end(), [](const StepState& step) {
        return step.state == State::ok || step.state == State::skipped;
      });
  if (done == 0) {
    return "No step is done yet. State saved.\n";
  }
  return fmt::format("{} {} done and kept. State saved.\n", done,
                     done == 1 ? "step is" : "steps are");
}

}  // namespace

std::string error_lines(const Error& error) {
  std::string text =
      fmt::format("error {}: {}\n", code_text(error.code), plain_text(error.message));
  if (const std::string site = site_of(error.detail, nullptr); !site.empty()) {
    text += fmt::format("at: {}\n", site);
  }
  const std::string_view hint = error.hint.empty() ? code_info(error.code).hint : error.hint;
  if (!hint.empty()) {
    text += fmt::format("hint: {}\n", plain_text(hint));
  }
  return text;
}

std::string failure_card(const RunState& state, const std::string& run, const Error& error,
                         RunPhase phase, const LogFile& log_file) {
  const StepState* step = state.find_step(error.path);
  const std::string code = code_text(error.code);
  std::string card = fmt::format("\n{}  {}\n", code, code_info(error.code).sentence);
  std::string log;
  if (step != nullptr) {
    add_block(card, "step", fmt::format("{}    attempt {}", step->path, step->attempts));
    log = log_file ? log_file(run, state.step_index.at(step->path) + 1, *step) : "";
  }
  if (const std::string site = site_of(error.detail, step); !site.empty()) {
    add_block(card, "at", place(site, state.created.root));
  }
  add_block(card, "why", error.message);
  add_command(card, error.detail);
  add_last_lines(card, error.detail, log);
  add_other_failures(card, state, error.path);
  const std::string_view hint = error.hint.empty() ? code_info(error.code).hint : error.hint;
  add_block(card, "hint", hint);
  std::error_code missing;
  if (!log.empty() && std::filesystem::exists(log, missing)) {
    add_block(card, "log", log);
  }
  add_block(card, "more", "runbook explain " + code);
  card += "\n" + kept_line(state);
  std::string_view lead = "Next: ";
  for (const std::string& command : next_commands(state, run, phase)) {
    card += fmt::format("{:<6} {}\n", lead, command);
    lead = "";
  }
  return card;
}

}  // namespace runbook
