#pragma once
// How the terminal takes what is typed, changed for a while and put back whatever happens: not
// every shell does that itself after Ctrl-Z (dash does not), nor for what a signal ends.

namespace runbook {

enum class Typing {
  hidden,  ///< line by line, not shown
  keys     ///< byte by byte, not shown; Ctrl-C and its kin keep their meaning
};

/// While it lives and the process is in the foreground, the controlling terminal (without one:
/// stdin) takes what is typed so. Several may live at once and end in any order; they share
/// handlers for the signals that stop and, unless somebody handles those already, end the process.
/// One thread.
class TerminalMode {
 public:
  explicit TerminalMode(Typing typing);
  ~TerminalMode();
  TerminalMode(const TerminalMode&) = delete;
  TerminalMode& operator=(const TerminalMode&) = delete;

  enum class Found {
    ours,       ///< as we left it, or there is none
    returned,   ///< somebody had it meanwhile: a shell that stopped us and let us go on
    background  ///< it is somebody else's; nothing was done
  };
  /// Sets it again where it has to be. To be called again and again.
  Found look();
  /// Throws away what was typed and not read yet: it is no answer to what is asked now.
  void drop_typed();

 private:
  Typing typing_;
  unsigned continued_;
};

}  // namespace runbook
