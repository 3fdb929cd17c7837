#include "engine/cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/cli/command.h"

namespace runbook {

namespace {

constexpr std::string_view kTitle = "runbook: resumable recipes for operators\n";

std::string command_line(const Command& command) {
  return fmt::format("  {:<11} {}\n", command.name, command.summary);
}

/// Two codes a line where they fit.
std::string exit_code_lines() {
  std::string text, line;
  for (const ExitCode& row : exit_codes()) {
    const std::string cell = fmt::format("{} {}", row.code, row.meaning);
    if (line.size() + cell.size() > 90) {
      text += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "  " : " · ") + cell;
  }
  return text + line + "\n";
}

}  // namespace

const std::vector<ExitCode>& exit_codes() {
  static const std::vector<ExitCode> codes = {{"0", "done"},
                                              {"1", "a step failed"},
                                              {"2", "usage or parameters"},
                                              {"3", "the recipe does not load"},
                                              {"10", "waiting"},
                                              {"11", "unknown outcome needs a decision"},
                                              {"12", "needs a choice"},
                                              {"20", "locked by a live process"},
                                              {"30", "permission refused"},
                                              {"40", "prerequisite missing"},
                                              {"50", "store unusable"},
                                              {"70", "internal error"},
                                              {"124", "--timeout reached"},
                                              {"130/143", "interrupted, state saved"}};
  return codes;
}

std::string overview() {
  std::string text(kTitle);
  for (const std::string_view group : command_groups()) {
    text += fmt::format("\n{}\n", group);
    for (const Command& command : all_commands()) {
      text += command.group == group ? command_line(command) : "";
    }
  }
  text +=
      "\n`runbook COMMAND --help` shows the options of a command; `runbook deploy.lua` is `runbook "
      "run deploy.lua`.\n\nExit codes\n";
  return text + exit_code_lines();
}

std::string short_help() {
  std::string text(kTitle);
  text += "\n";
  for (const Command& command : all_commands()) {
    text += command.group == command_groups().front() ? command_line(command) : "";
  }
  return text + "\nrunbook --help lists all commands\n";
}

}  // namespace runbook
