// The one table of commands, in the order of the help.

#include "engine/cli/command.h"

namespace runbook {

Command run_command();
Command resume_command();
Command status_command();
Command logs_command();
Command mark_command();
Command explain_command();
Command runs_command();
Command show_command();
Command services_command();
Command state_command();
Command version_command();

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands = {
      run_command(),      resume_command(),  status_command(), logs_command(),
      mark_command(),     explain_command(), runs_command(),   show_command(),
      services_command(), state_command(),   version_command()};
  return commands;
}

}  // namespace runbook
