// Commands that error pages, hints and the examples' comments tell people to type are commands,
// with the options and the arguments that they need.

#include <algorithm>
#include <iterator>
#include <sstream>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/cli/command.h"
#include "tests/catch.h"
#include "tests/cli/program.h"

using namespace runbook;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

bool has_option(const Command& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  return std::ranges::any_of(command.parameters, [&](const CommandParameter& parameter) {
    return name == parameter.long_name() ||
           name == parameter.name.substr(0, parameter.name.find(','));
  });
}

/// "resume RUN --rerun STEP": what is wrong with it; empty if nothing is. `whole`: it is a command
/// to be typed as it stands, not one that a sentence names.
std::string problem_of(const std::string& text, bool whole) {
  const std::vector<std::string> words = words_of(text);
  if (words.empty() || words[0] == "COMMAND" || words[0] == "--help" || words[0] == "--version") {
    return {};
  }
  const bool is_recipe = words[0].ends_with(".lua");
  const Command* command = find_command(is_recipe ? "run" : words[0]);
  if (command == nullptr) {
    return "there is no command " + words[0];
  }
  for (const std::string& word : words) {
    if (word.starts_with('-') && word != "--help" && !has_option(*command, word)) {
      return "no option " + word;
    }
  }
  for (const CommandParameter& parameter : command->parameters) {
    const bool needed = parameter.count == CommandParameter::Count::required;
    if (whole && needed && parameter.is_option() &&
        std::ranges::find(words, parameter.long_name()) == words.end()) {
      return std::string(parameter.long_name()) + " is needed";
    }
  }
  return {};
}

/// The commands in lines of code: "    runbook status RUN        lists the steps".
std::vector<std::string> commands_in_code(const std::string& text, const std::string& indent) {
  std::vector<std::string> commands;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(indent)) {
      continue;
    }
    line = line.substr(indent.size());
    line.erase(std::min(line.find("   "), line.size()));
    for (auto at = line.find("runbook "); at != std::string::npos;
         at = line.find("runbook ", at + 1)) {
      const auto begin = at + std::string_view("runbook ").size();
      commands.push_back(line.substr(begin, line.find_first_of(";`", begin) - begin));
    }
  }
  return commands;
}

}  // namespace

TEST_CASE("Commands on error pages can be typed as they stand", "[pages]") {
  std::size_t checked = 0;
  for (const CodeInfo& row : all_codes()) {
    for (const std::string& command : commands_in_code(std::string(code_page(row.code)), "    ")) {
      INFO(code_text(row.code) << ": runbook " << command);
      CHECK(problem_of(command, true).empty());
      ++checked;
    }
  }
  CHECK(checked > 50);
}

TEST_CASE("Commands that a hint of the table names exist, with its options", "[pages]") {
  std::size_t checked = 0;
  for (const CodeInfo& row : all_codes()) {
    const std::string hint(row.hint);
    for (auto at = hint.find("runbook "); at != std::string::npos;
         at = hint.find("runbook ", at + 1)) {
      const auto begin = at + std::string_view("runbook ").size();
      const auto end = std::min(hint.find_first_of(";,.", begin), hint.find(" or ", begin));
      const std::string command = hint.substr(begin, end - begin);
      INFO(code_text(row.code) << ": runbook " << command);
      CHECK(problem_of(command, false).empty());
      ++checked;
    }
  }
  CHECK(checked > 20);
}

TEST_CASE("What an example tells its reader to type can be typed as it stands", "[pages]") {
  std::size_t checked = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(SOURCE_FOLDER) / "examples")) {
    if (entry.path().extension() == ".lua") {
      const std::vector<std::string> commands = commands_in_code(read_file(entry.path()), "--   ");
      INFO(entry.path().string());
      CHECK((!commands.empty() || entry.path().stem() == "quickstart"));
      for (const std::string& command : commands) {
        INFO(command);
        CHECK(problem_of(command, true).empty());
      }
      checked += commands.size();
    }
  }
  CHECK(checked > 16);
}
