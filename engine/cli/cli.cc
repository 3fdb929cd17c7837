#include "engine/cli/cli.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/suggestion.h"
#include "engine/cli/complete.h"
#include "engine/cli/front_page.h"
#include "engine/cli/help.h"
#include "engine/cli/parse.h"
#include "engine/cli/state_folder.h"
#include "engine/cli/terminal.h"
#include "engine/view/failure_card.h"

namespace runbook {

namespace {

bool looks_like_recipe(const std::string& word) {
  std::error_code missing;
  return word.ends_with(".lua") ||
         (word.find('/') != std::string::npos && !word.starts_with('-')) ||
         (!word.starts_with('-') && std::filesystem::is_regular_file(word, missing));
}

[[noreturn]] void refuse_command(const std::string& word) {
  if (word.starts_with('-')) {
    throw Error(Code::unknown_option, fmt::format("there is no option {} before the command", word),
                "options come after the command: runbook COMMAND " + word);
  }
  std::vector<std::string_view> names;
  for (const Command& command : all_commands()) {
    names.push_back(command.name);
  }
  throw Error(Code::usage,
              fmt::format("there is no command \"{}\"{}", word, did_you_mean(word, names)));
}

/// `help`, `help COMMAND` and --version as the commands they mean; nullptr: none of them.
const Command* translated(std::vector<std::string>& arguments) {
  const std::string first = arguments.front();
  if (first == "--version") {
    return find_command("version");
  }
  if (first == "help" && arguments.size() > 1) {
    const Command* command = find_command(arguments[1]);
    if (command == nullptr) {
      refuse_command(arguments[1]);
    }
    arguments = {first, "--help"};
    return command;
  }
  return nullptr;
}

/// The command that is meant; what is left in `arguments` are its own.
const Command& chosen_command(std::vector<std::string>& arguments) {
  const Command* command = translated(arguments);
  if (command == nullptr) {
    command = find_command(arguments.front());
  }
  if (command != nullptr) {
    arguments.erase(arguments.begin());
    return *command;
  }
  if (!looks_like_recipe(arguments.front())) {
    refuse_command(arguments.front());
  }
  return *find_command("run");
}

/// Tells `state_option` as soon as it is known: also the error that is thrown needs it.
int dispatch(std::vector<std::string> arguments, Clock& clock, TextStream& out, TextStream& err,
             ModuleList modules, StateOption& state_option) {
  const Arguments none;
  Context bare{none, clock, out, err, modules};
  if (arguments.empty()) {
    bare.state_option = state_option = state_option_for(none);
    return front_page(bare);
  }
  const std::string& first = arguments.front();
  const bool is_help = first == "--help" || first == "-h" || first == "help";
  if (is_help && (arguments.size() == 1 || arguments[1] == "--help")) {
    out.write(overview());
    return 0;
  }
  if (first == "__complete") {
    return complete(bare, {arguments.begin() + 1, arguments.end()});
  }
  const Command& command = chosen_command(arguments);
  const Parsed parsed = parse(command, arguments);
  if (!parsed.help.empty()) {
    out.write(parsed.help);
    return 0;
  }
  if (takes_state(command)) {
    state_option = state_option_for(parsed.arguments);
  }
  const bool is_data = parsed.arguments.has("output") && parsed.arguments.text("output") == "json";
  if (in_github() && !is_data) {
    out.guard_commands();  // what programs printed may be a command to GitHub's runner
  }
  Context context{parsed.arguments, clock, out, err, modules, state_option};
  return command.run(context);
}

}  // namespace

int cli_main(const std::vector<std::string>& arguments, ModuleList modules) {
  // A reader that went away must not end a run: writes fail instead, and switch the view off.
  std::signal(SIGPIPE, SIG_IGN);
  SystemClock clock;
  TextStream out(STDOUT_FILENO);
  TextStream err(STDERR_FILENO);
  if (in_github()) {
    err.guard_commands();  // what an error says may come from anywhere
  }
  int exit = 0;
  StateOption state_option;
  try {
    exit = dispatch(arguments, clock, out, err, modules, state_option);
  } catch (const Error& error) {
    err.write(error_lines(error, state_option));
    exit = code_info(error.code).exit;
  } catch (const std::exception& error) {
    err.write(error_lines(Error(Code::internal, error.what()), state_option));
    exit = code_info(Code::internal).exit;
  }
  if (exit == 0 && out.failure() != 0 && out.failure() != EPIPE) {
    err.write(
        fmt::format("error: the results could not be written: {}\n", std::strerror(out.failure())));
    return 1;
  }
  return exit;
}

}  // namespace runbook
