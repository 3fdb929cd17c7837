#include "engine/cli/hidden_line.h"

#include "engine/cli/terminal.h"
#include "engine/io/terminal_mode.h"

namespace runbook {

std::optional<std::string> ask_hidden_line(Context& context, const std::string& question) {
  TerminalMode mode(Typing::hidden);
  mode.drop_typed();
  const std::optional<std::string> line = ask_line(context, question);
  context.err.write("\n");  // the return that was typed is not shown either
  return line;
}

}  // namespace runbook
