#include "engine/cli/cli.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/cli/parse.h"
#include "engine/view/failure_card.h"

namespace runbook {

namespace {

constexpr std::string_view kFooter = R"(
`runbook COMMAND --help` shows the options of a command; `runbook deploy.lua` is `runbook run deploy.lua`.

Exit codes
  0 done · 1 a step failed · 2 usage or parameters · 3 the recipe does not load · 10 waiting
  11 unknown outcome needs a decision · 12 needs a choice · 20 locked by a live process
  30 permission refused · 40 prerequisite missing · 50 store unusable · 70 internal error
  124 --timeout reached · 130/143 interrupted, state saved
)";

std::string overview() {
  std::string text = "runbook: resumable recipes for operators\n";
  std::string_view group;
  for (const Command& command : all_commands()) {
    if (command.group != group) {
      group = command.group;
      text += fmt::format("\n{}\n", group);
    }
    text += fmt::format("  {:<10} {}\n", command.name, command.summary);
  }
  return text.append(kFooter);
}

const Command* find_command(std::string_view name) {
  const auto& commands = all_commands();
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& command) { return command.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

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
  const std::string_view near = closest_match(word, names);
  throw Error(Code::usage,
              fmt::format("there is no command \"{}\"{}", word,
                          near.empty() ? "" : fmt::format("; did you mean {}?", near)));
}

int dispatch(std::vector<std::string> arguments, Clock& clock, TextStream& out, TextStream& err,
             ModuleList modules) {
  if (arguments.empty()) {
    err.write(overview());
    return code_info(Code::usage).exit;
  }
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    out.write(overview());
    return 0;
  }
  if (first == "--version") {
    arguments.front() = "version";
  }
  const Command* command = find_command(arguments.front());
  if (command == nullptr && looks_like_recipe(arguments.front())) {
    command = find_command("run");
  } else if (command == nullptr) {
    refuse_command(arguments.front());
  } else {
    arguments.erase(arguments.begin());
  }
  const Parsed parsed = parse(*command, arguments);
  if (!parsed.help.empty()) {
    out.write(parsed.help);
    return 0;
  }
  Context context{parsed.arguments, clock, out, err, modules};
  return command->run(context);
}

}  // namespace

int cli_main(const std::vector<std::string>& arguments, ModuleList modules) {
  // A reader that went away must not end a run: writes fail instead, and switch the view off.
  std::signal(SIGPIPE, SIG_IGN);
  SystemClock clock;
  TextStream out(STDOUT_FILENO);
  TextStream err(STDERR_FILENO);
  int exit = 0;
  try {
    exit = dispatch(arguments, clock, out, err, modules);
  } catch (const Error& error) {
    err.write(error_lines(error));
    exit = code_info(error.code).exit;
  } catch (const std::exception& error) {
    err.write(error_lines(Error(Code::internal, error.what())));
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
