#pragma once
// What a person types while the loop runs: single keys, and lines edited without the terminal's
// help, so that a screen may be redrawn meanwhile. Loop thread.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/io/loop.h"

namespace runbook {

/// While it lives, what is typed at the controlling terminal comes here byte by byte and is not
/// shown; Ctrl-C and its kin keep their meaning. What was typed before is thrown away: it was no
/// answer to what is asked now. One at a time.
class TerminalInput {
 public:
  explicit TerminalInput(Loop& loop);
  ~TerminalInput();
  TerminalInput(const TerminalInput&) = delete;
  TerminalInput& operator=(const TerminalInput&) = delete;

  /// The next key that is a printable ASCII character or a return ('\n'). nullopt: Ctrl-D, or there
  /// is no terminal (any more). Throws Cancelled.
  Task<std::optional<char>> key(CancelPtr cancel);
  /// A line; `changed` is called with what it is so far. Likewise.
  Task<std::optional<std::string>> line(std::function<void(const std::string&)> changed,
                                        CancelPtr cancel);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runbook
