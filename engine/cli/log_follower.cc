#include "engine/cli/log_follower.h"

#include <fmt/format.h>

#include <fstream>

#include "engine/step/step_log.h"
#include "engine/view/text_width.h"

namespace runbook {

void write_log(TextStream& out, const std::string& lines) {
  out.write(out.is_terminal() ? screen_lines(lines) : lines);
}

LogFollower::LogFollower(Store& store, std::string run, std::filesystem::path logs,
                         std::string path, TextStream& out)
    : store_(store),
      run_(std::move(run)),
      logs_(std::move(logs)),
      path_(std::move(path)),
      out_(out) {}

void LogFollower::look() {
  read_events();
  for (const StepState& step : state_.steps) {
    if (is_wanted(step)) {
      begun_ = true;
      print_new(step);
    }
  }
}

// The chain is checked by whoever drives the run; a look that folds only what is new stays cheap.
void LogFollower::read_events() {
  store_.read_events(run_, state_.last,
                     [this](StoredEvent& stored) { apply(state_, decode(std::move(stored))); });
}

bool LogFollower::is_wanted(const StepState& step) const {
  return path_.empty() || step.path == path_ || step.path.starts_with(path_ + "/");
}

/// Earlier attempts are printed to their end before the next one's first line.
void LogFollower::print_new(const StepState& step) {
  Log& log = printed_[state_.step_index.at(step.path)];
  print_rest(step, log);
  while (log.attempt < step.attempts) {
    log = {log.attempt + 1, 0};
    print_rest(step, log);
  }
}

void LogFollower::print_rest(const StepState& step, Log& log) {
  const std::size_t ordinal = state_.step_index.at(step.path) + 1;
  std::ifstream file(logs_ / step_log_name(ordinal, step.path, log.attempt), std::ios::binary);
  if (!file.seekg(static_cast<std::streamoff>(log.printed))) {
    return;
  }
  std::string text;
  for (std::string line; std::getline(file, line) && !file.eof();) {
    text += line + "\n";  // what does not end in a newline is still being written
  }
  if (text.empty()) {
    return;
  }
  log.printed += text.size();
  std::string heading = fmt::format("== {} (attempt {})\n", step.path, log.attempt);
  if (heading != last_heading_) {
    out_.write(heading);
    last_heading_ = std::move(heading);
  }
  write_log(out_, text);
}

}  // namespace runbook
