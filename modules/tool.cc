#include "modules/tool.h"

#include <fmt/core.h>
#include <string.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "engine/base/shown_text.h"
#include "engine/base/utf8.h"
#include "engine/io/line_splitter.h"

namespace runbook::tool {

const Option kTimeoutOption{
    .name = "timeout",
    .type = Type::duration,
    .help = "after it: SIGINT, 10s, SIGTERM, 10s, SIGKILL to the whole group"};
const Option kEnvOption{.name = "env",
                        .type = Type::table,
                        .help = "variables for the tool, secrets too; false removes one"};
const Option kCwdOption{
    .name = "cwd", .type = Type::path, .help = "working directory; default: the project root"};

namespace {

struct FoundTools {
  std::map<std::string, InstalledTool, std::less<>> by_name;
};

/// The log of a call. A line so long that it comes in pieces is left out: a secret could be cut in
/// two by them, and the redactor knows neither half.
class ToolLog {
 public:
  ToolLog(Call& call, const Command& command) : call_(call), command_(command) {}
  void write(Stream stream, std::string_view line) {
    const Logged logged = command_.logged;
    if (logged == Logged::nothing || (logged == Logged::errors && stream == Stream::out)) {
      return;
    }
    bool& in_pieces = stream == Stream::out ? out_in_pieces_ : err_in_pieces_;
    const bool is_piece = line.size() == LineSplitter::kLongestPiece;
    if (is_piece || in_pieces) {
      in_pieces = is_piece;
      call_.log(stream, is_piece ? "" : "(a line of more than 1 MiB)");
      return;
    }
    const std::string plain = plain_output(std::string(line));
    call_.log(stream, command_.as_logged ? command_.as_logged(plain) : plain);
  }

 private:
  Call& call_;
  const Command& command_;
  bool out_in_pieces_ = false, err_in_pieces_ = false;
};

std::string text_of(const Call& call, const ProcessResult& result, const std::string& stream) {
  const std::size_t whole = result.truncated ? call.whole_length(stream) : stream.size();
  return plain_output(stream.substr(0, whole));
}

// A command that exits before any signal of ours has ended, whatever its code.
void judge(Call& call, const Tool& tool, const Command& command, const ProcessResult& result) {
  const std::string name = fmt::format("{} {}", tool.program.name, command.name);
  if (result.timed_out && result.exit != 0) {
    throw Error(Code::process_timed_out, fmt::format("{} did not finish in time", name))
        .with_transient();
  }
  if (result.cancelled && result.signalled && result.exit != 0) {
    throw Cancelled(call.cancel()->reason());
  }
  if (result.signal) {
    const char* signal = sigabbrev_np(*result.signal);
    throw Error(Code::process_signalled,
                fmt::format("{} was ended by SIG{}", name, signal == nullptr ? "?" : signal));
  }
  const int exit = result.exit.value_or(-1);
  if (std::ranges::find(command.accepted, exit) == command.accepted.end()) {
    throw tool.diagnose({.command = name,
                         .out = text_of(call, result, result.out),
                         .err = text_of(call, result, result.err),
                         .exit = exit});
  }
}

std::string path_variable() {
  const char* path = std::getenv("PATH");
  return path == nullptr ? "" : path;
}

/// Without asking its version: what a primitive needs to run it.
std::string program_path(const Tool& tool, const Command& command) {
  if (!command.program.empty()) {
    return command.program;
  }
  const auto path = find_program(tool.program.name, path_variable());
  if (!path) {
    refuse(Code::tool_missing, fmt::format("{} is not on PATH", tool.program.name),
           fmt::format("install it: {}; then runbook resume", tool.program.install));
  }
  return path->string();
}

template <typename Entries>
void append(Entries& entries, const Entries& more) {
  entries.insert(entries.end(), more.begin(), more.end());
}

ProcessSpec spec_of(Call& call, const Tool& tool, const Command& command) {
  ProcessSpec spec;
  spec.argv = {program_path(tool, command)};
  append(spec.argv, command.arguments);
  spec.cwd = command.cwd.empty() ? call.host().root : command.cwd;
  spec.input = command.input;
  spec.timeout = command.timeout;
  spec.capture = command.capture;
  spec.unset = tool.unset;
  append(spec.unset, command.unset);
  std::erase_if(spec.unset, [&](const std::string& name) {
    return std::ranges::any_of(command.env, [&](const auto& one) { return one.first == name; });
  });
  spec.env = tool.env;
  std::erase_if(spec.env, [&](const auto& one) {
    return std::ranges::find(command.unset, one.first) != command.unset.end();
  });
  append(spec.env, command.env);
  return spec;
}

}  // namespace

void refuse_secrets(const Call& call, std::string_view command,
                    const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (call.holds_secret(argument)) {
      refuse(Code::secret_in_arguments,
             fmt::format("an argument of {} holds the value of a secret", command),
             "pass it as a variable (env = { NAME = … }), in a file or on stdin");
    }
  }
}

void add_environment(Call& call, Command& command) {
  const Json environment = call.options().value("env", Json::object());
  for (const auto& [name, value] : environment.items()) {
    if (value == Json(false)) {
      command.unset.push_back(name);
    } else if (value.is_string()) {
      command.env.emplace_back(name, value.get<std::string>());
    } else if (value.is_number() || value.is_boolean()) {
      command.env.emplace_back(name, value.dump());
    } else {
      refuse(Code::option_invalid,
             fmt::format("env: {} is neither text nor a number; false removes it", name));
    }
  }
}

Task<Ran> run(Call& call, const Tool& tool, Command command) {
  refuse_secrets(call, tool.program.name, command.arguments);
  ToolLog log(call, command);
  ProcessSpec spec = spec_of(call, tool, command);
  spec.on_line = [&log, &command](Stream stream, std::string_view line) {
    log.write(stream, line);
    if (command.on_line) {
      command.on_line(stream, line);
    }
  };
  const ProcessResult result = co_await call.host().processes.run(std::move(spec), call.cancel());
  judge(call, tool, command, result);
  co_return Ran{result.exit.value_or(-1), text_of(call, result, result.out),
                text_of(call, result, result.err), result.duration, result.truncated};
}

void expect_json(Command& command) {
  command.logged = command.logged == Logged::all ? Logged::errors : command.logged;
  command.capture = std::size_t{64} << 20;
}

Json json_in(const Ran& ran, const std::string& name) {
  try {
    return parse_json(ran.out, fmt::format("what {} printed", name));
  } catch (const Error& error) {
    throw Error(Code::tool_output, error.message).with_effect(EffectDone::unknown);
  }
}

Task<Json> run_json(Call& call, const Tool& tool, Command command) {
  expect_json(command);
  const std::string name = fmt::format("{} {}", tool.program.name, command.name);
  const Ran ran = co_await run(call, tool, std::move(command));
  co_return json_in(ran, name);
}

Task<InstalledTool> installed(Call& call, const Tool& tool) {
  FoundTools& found = call.host().of_session<FoundTools>();
  const auto known = found.by_name.find(tool.program.name);
  if (known != found.by_name.end()) {
    co_return known->second;
  }
  InstalledTool fresh = co_await find_tool(call.host().processes, tool.program, path_variable(),
                                           call.host().root, call.cancel());
  found.by_name[std::string(tool.program.name)] = fresh;
  co_return fresh;
}

std::string plain_output(const std::string& text) {
  std::string readable;
  std::string_view rest = text;
  for (std::size_t bad = invalid_utf8(rest); bad != std::string::npos; bad = invalid_utf8(rest)) {
    readable.append(rest.substr(0, bad)) += '?';
    rest.remove_prefix(bad + 1);
  }
  return plain_text(readable.append(rest));
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \t\n");
  if (end == std::string::npos) {
    return "";
  }
  const std::size_t before = text.rfind('\n', end);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return one_line(text.substr(begin, end + 1 - begin), 400);
}

Error unclassified(const Failure& failure) {
  const std::string said = last_line(failure.err.empty() ? failure.out : failure.err);
  Error error(Code::tool_failed, fmt::format("{} ended with exit status {}{}{}", failure.command,
                                             failure.exit, said.empty() ? "" : ": ", said));
  error.with_effect(EffectDone::none);
  return error;
}

}  // namespace runbook::tool
