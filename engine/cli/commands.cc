// The one table of commands, in the order of the help: by group.

#include <algorithm>

#include "engine/cli/command.h"

namespace runbook {

Command run_command();
Command resume_command();
Command status_command();
Command logs_command();
Command list_command();
Command approve_command();
Command deny_command();
Command answer_command();
Command mark_command();
Command skip_command();
Command rewind_command();
Command cancel_command();
Command undo_command();
Command show_command();
Command runs_command();
Command services_command();
Command state_command();
Command explain_command();
Command tools_command();
Command reference_command();
Command doctor_command();
Command meta_command();
Command completion_command();
Command man_command();
Command version_command();

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands = {
      run_command(),     resume_command(),  status_command(),     logs_command(),
      approve_command(), deny_command(),    answer_command(),     list_command(),
      mark_command(),    skip_command(),    rewind_command(),     cancel_command(),
      undo_command(),    show_command(),    runs_command(),       services_command(),
      state_command(),   explain_command(), tools_command(),      reference_command(),
      doctor_command(),  meta_command(),    completion_command(), man_command(),
      version_command()};
  return commands;
}

const std::vector<std::string_view>& command_groups() {
  static const std::vector<std::string_view> groups = {"Everyday", "Repair", "Look",
                                                       "Housekeeping"};
  return groups;
}

const Command* find_command(std::string_view name) {
  const auto& commands = all_commands();
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& command) { return command.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

std::string_view CommandParameter::long_name() const {
  const std::size_t dashes = name.find("--");
  return dashes == std::string_view::npos ? name : name.substr(dashes);
}

std::vector<std::string_view> CommandParameter::choice_words() const {
  std::vector<std::string_view> words;
  for (std::string_view rest = choices; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    words.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

}  // namespace runbook
