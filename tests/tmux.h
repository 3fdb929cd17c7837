#pragma once
// A terminal as people have them: tmux draws what a program writes, and tells what is to be seen.

#include <string>

#include "tests/base/temporary_folder.h"

class Tmux {
 public:
  /// Starts `command` (for a shell) on a terminal of its own. `environment` as "NAME=VALUE …".
  Tmux(const std::string& command, int columns, int rows, const std::string& environment = {});
  ~Tmux();  ///< ends the terminal and what runs on it
  Tmux(const Tmux&) = delete;
  Tmux& operator=(const Tmux&) = delete;

  /// What stands on it and what scrolled away, without the empty lines at its end; `escapes`: with
  /// its colours.
  std::string shown(bool escapes = false) const;
  /// Waits until `text` is to be seen; false after `seconds`.
  bool shows(const std::string& text, int seconds = 20) const;
  /// As tmux names keys: "a", "Enter", "C-c".
  void press(const std::string& keys) const;
  void resize(int columns, int rows) const;

 private:
  std::string tmux(const std::string& arguments) const;

  runbook::TemporaryFolder folder_;
};
