#pragma once
// What a session shows and asks: the view of --output, the prompts below it, the terminal's echo.

#include <memory>
#include <optional>
#include <string>

#include "engine/cli/terminal.h"
#include "engine/io/terminal_input.h"
#include "engine/io/terminal_mode.h"
#include "engine/recipe/runner.h"
#include "engine/view/view.h"

namespace runbook {

class SessionScreen {
 public:
  SessionScreen(OutputFormat format, const ViewOutput& output);
  SessionScreen(const SessionScreen&) = delete;
  SessionScreen& operator=(const SessionScreen&) = delete;

  /// What drive() is to tell it. With `asks` there is somebody at the terminal. REQUIRES: this
  /// outlives the session.
  RunListener listener(std::shared_ptr<Redactor> redactor, bool asks);
  void end(const Ending& ending);

 private:
  void tick(Timestamp now);
  Task<std::optional<std::string>> ask(Loop& loop, Prompt prompt, CancelPtr cancel);

  bool is_tree_;
  std::unique_ptr<View> view_;
  std::optional<TerminalMode> hidden_;  ///< what is typed would be written into what is drawn
  bool taken_ = false;                  ///< a child has the terminal
  bool background_ = false;             ///< a shell has it
  std::weak_ptr<Latch> asking_;  ///< held by who asks or wants to; closed while a question is open
};

}  // namespace runbook
