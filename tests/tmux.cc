#include "tests/tmux.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace {

std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) {
    throw std::runtime_error("no shell");
  }
  std::string text;
  char buffer[4096];
  for (std::size_t count = 0; (count = fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    text.append(buffer, count);
  }
  if (pclose(pipe) != 0) {
    throw std::runtime_error("failed: " + command);
  }
  return text;
}

std::string in_shell_quotes(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return quoted + "'";
}

}  // namespace

// A pane whose program ended stays, so that its last screen can be read.
Tmux::Tmux(const std::string& command, int columns, int rows, const std::string& environment) {
  const std::string config = (folder_.path() / "config").string();
  output_of("echo 'set -g remain-on-exit on\nset -g remain-on-exit-format \"\"' > " +
            in_shell_quotes(config));
  output_of(fmt::format(
      "env -u TMUX -u CI -u NO_COLOR -u CLICOLOR_FORCE -u GITHUB_ACTIONS -u RUNBOOK_STATE "
      "LC_ALL=C.UTF-8 {} tmux -u -f {} -S {} new-session -d -x {} -y {} {}",
      environment, in_shell_quotes(config), in_shell_quotes((folder_.path() / "socket").string()),
      columns, rows, in_shell_quotes(command)));
}

Tmux::~Tmux() {
  const std::string end = "tmux -S " + in_shell_quotes((folder_.path() / "socket").string()) +
                          " kill-server 2> /dev/null";
  if (std::system(end.c_str()) != 0) {
    std::fputs("the tmux server had ended by itself\n", stderr);
  }
}

std::string Tmux::tmux(const std::string& arguments) const {
  return output_of("env -u TMUX tmux -u -S " +
                   in_shell_quotes((folder_.path() / "socket").string()) + " " + arguments);
}

std::string Tmux::shown(bool escapes) const {
  std::string text = tmux(std::string("capture-pane -p -S -5000") + (escapes ? " -e" : ""));
  text.erase(text.find_last_not_of('\n') + 1);
  return text + "\n";
}

bool Tmux::shows(const std::string& text, int seconds) const {
  for (int tries = 0; tries < seconds * 50; ++tries) {
    if (shown().find(text) != std::string::npos) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

void Tmux::press(const std::string& keys) const {
  tmux("send-keys " + keys);
}

void Tmux::resize(int columns, int rows) const {
  tmux(fmt::format("resize-window -x {} -y {}", columns, rows));
}
