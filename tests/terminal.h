#pragma once
// A program on a pseudo-terminal, as a person would have it: type, read what is shown, press
// Ctrl-C.

#include <string>
#include <utility>
#include <vector>

#include "engine/base/file.h"

class TerminalProgram {
 public:
  /// Starts `argv` (a path first) in a session of its own whose terminal we hold the other end of.
  /// `env` is added to ours.
  explicit TerminalProgram(std::vector<std::string> argv,
                           std::vector<std::pair<std::string, std::string>> env = {});
  ~TerminalProgram();  ///< kills what is left of it
  TerminalProgram(const TerminalProgram&) = delete;
  TerminalProgram& operator=(const TerminalProgram&) = delete;

  int pid() const { return pid_; }
  void type(const std::string& text);
  void press_control(char key) { type(std::string(1, static_cast<char>(key & 0x1f))); }
  /// Closes our end, as a terminal window does: the program gets SIGHUP.
  void hang_up();
  /// Reads until `text` has appeared after what an earlier call found. False after `seconds`, or
  /// when the program's end of the terminal is closed.
  bool shows(const std::string& text, int seconds = 20);
  /// Everything shown so far.
  const std::string& screen() const { return screen_; }
  /// Reads on until it ends; its wait status as from waitpid, -1 after `seconds`.
  int wait(int seconds = 20);
  /// The terminal echoes what is typed (a program left it in its usual state).
  bool echoes() const;

 private:
  bool read_some(int milliseconds);

  int pid_ = -1;
  runbook::FileDescriptor terminal_;
  std::string screen_;
  std::size_t seen_ = 0;
  int status_ = -1;
};
