#pragma once
// What all primitives that run a command line tool share. A family has one `Tool`: the program,
// its version, and the function that tells from its words what went wrong. A primitive builds the
// arguments, runs it here, and decodes what it printed.

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/lua/module.h"

namespace runbook::tool {

/// A tool that ended with an exit status that its command does not accept.
struct Failure {
  std::string command;   ///< "kubectl apply", for people
  std::string out, err;  ///< UTF-8, without the codes of a terminal
  int exit = 0;
};

struct Tool {
  ToolProgram program;
  /// The error that its words mean, with `transient` where another try may help. A command that
  /// exited has ended, so its effect is none unless the error says otherwise.
  std::function<Error(const Failure& failure)> diagnose;
  std::vector<std::pair<std::string, std::string>> env{};  ///< what keeps it from asking, colouring
  std::vector<std::string> unset{};  ///< what would change its target behind the recipe's back
};

/// What goes into the step's log while it runs.
enum class Logged { all, errors, nothing };

struct Command {
  std::vector<std::string> arguments;  ///< without the program
  std::string name;                    ///< for people: "apply"
  std::string program{};               ///< instead of the one on PATH
  std::string input{};                 ///< on its stdin
  std::vector<std::pair<std::string, std::string>> env{};
  std::vector<std::string> unset{};
  std::filesystem::path cwd{};           ///< default: the project root
  std::chrono::milliseconds timeout{0};  ///< 0 = none
  Logged logged = Logged::all;
  std::vector<int> accepted{0};                              ///< exit statuses that are no failure
  std::size_t capture = std::size_t{1} << 20;                ///< bytes kept of each stream
  std::function<void(Stream, std::string_view)> on_line{};   ///< each line, besides the log
  std::function<std::string(std::string_view)> as_logged{};  ///< a line, for the log
};

struct Ran {
  int exit = 0;
  std::string out, err;  ///< UTF-8, without the codes of a terminal
  std::chrono::milliseconds duration{0};
  bool truncated = false;  ///< it printed more than was captured
};

/// Errors: tool_missing, secret_in_arguments, process_timed_out (transient), process_signalled, or
/// what `diagnose` says; Cancelled if the call was.
Task<Ran> run(Call& call, const Tool& tool, Command command);

/// The same, of a tool that prints JSON: only its errors are logged. Error(Code::tool_output) if it
/// is none, or more than 64 MiB.
Task<Json> run_json(Call& call, const Tool& tool, Command command);
/// Makes a command one whose JSON is read: only its errors are logged, 64 MiB are kept.
void expect_json(Command& command);
/// `name` = "kubectl get". Error(Code::tool_output) if it is none; the command has ended by then.
Json json_in(const Ran& ran, const std::string& name);

/// Found and asked once in a session. Error(Code::tool_missing | tool_version).
Task<InstalledTool> installed(Call& call, const Tool& tool);

/// Error(Code::tool_failed) with the last lines that the tool printed: the end of a `diagnose`.
Error unclassified(const Failure& failure);

/// What a tool printed, without the codes of a terminal, as UTF-8.
std::string plain_output(const std::string& text);

/// The last line of a text that says something, cut to a sentence's length.
std::string last_line(const std::string& text);

/// Error(Code::secret_in_arguments), effect none.
void refuse_secrets(const Call& call, std::string_view command,
                    const std::vector<std::string>& arguments);

/// Options every family has.
extern const Option kTimeoutOption, kEnvOption, kCwdOption;

/// `env` of the options: text for each; false removes a variable.
/// Error(Code::option_invalid) for a value that is neither text, number nor boolean.
void add_environment(Call& call, Command& command);

}  // namespace runbook::tool
