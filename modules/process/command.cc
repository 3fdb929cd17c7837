#include "modules/process/command.h"

#include <fmt/core.h>
#include <signal.h>
#include <string.h>

#include <algorithm>
#include <deque>

#include "engine/base/utf8.h"
#include "engine/base/yaml.h"
#include "engine/io/line_splitter.h"

namespace runbook::command {

namespace {

constexpr std::size_t kLinesInError = 20;
/// Of each stream: as much as a step may give back. What is decoded may be longer.
constexpr std::size_t kTextKept = std::size_t{1} << 20;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("%+,-./:=@_").find(c) != std::string_view::npos;
}

std::string quoted(const std::string& argument) {
  if (!argument.empty() && std::ranges::all_of(argument, is_plain)) {
    return argument;
  }
  std::string text = "'";
  for (const char c : argument) {
    text += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return text + "'";
}

std::string variable_text(const std::string& name, const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number() || value.is_boolean()) {
    return value.dump();
  }
  throw Error(Code::option_invalid,
              fmt::format("env: {} is neither text nor a number; false removes it", name))
      .with_effect(EffectDone::none);
}

// What is not UTF-8 cannot be recorded; true if something had to be replaced.
bool make_recordable(std::string& text) {
  std::size_t bad = invalid_utf8(text);
  if (bad == std::string::npos) {
    return false;
  }
  std::string clean;
  std::string_view rest = text;
  for (; bad != std::string_view::npos; bad = invalid_utf8(rest)) {
    clean.append(rest.substr(0, bad)).append(kReplacement);
    rest.remove_prefix(bad + 1);
  }
  clean.append(rest);
  text = std::move(clean);
  return true;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.emplace_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

Json last_lines(const ProcessResult& result) {
  std::string text = result.err.empty() ? result.out : result.err;
  make_recordable(text);
  std::vector<std::string> lines = lines_of(text);
  if (lines.size() > kLinesInError) {
    lines.erase(lines.begin(), lines.end() - kLinesInError);
  }
  return lines;
}

Error failure(Code code, const std::string& message, const std::string& shown, const Call& call,
              const ProcessResult& result) {
  Json detail{{"command", shown}};
  if (result.exit) {
    detail["exit"] = *result.exit;
  }
  if (result.signal) {
    detail["signal"] = *result.signal;
  }
  // Of a long output the beginning is kept: its end is in the step's log.
  if (!call.keeps() && !result.truncated) {
    detail["lines"] = last_lines(result);
  }
  return Error(code, message, {}, std::move(detail));
}

std::string signal_text(int signal) {
  const char* name = sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

// A command that exits before any signal of ours has ended, whatever its code; one that we
// signalled, or that a signal ended, has ended only if it exited 0.
void judge(Call& call, const ProcessResult& result, const std::string& shown,
           std::chrono::milliseconds timeout) {
  if (result.exit == 0) {
    return;
  }
  if (result.timed_out) {
    throw failure(Code::process_timed_out,
                  fmt::format("{} did not finish within {}", shown, format_duration(timeout)),
                  shown, call, result)
        .with_transient();
  }
  if (result.cancelled && result.signalled) {
    throw Cancelled(call.cancel()->reason());
  }
  if (result.signal) {
    throw failure(Code::process_signalled,
                  fmt::format("{} was ended by {}", shown, signal_text(*result.signal)), shown,
                  call, result);
  }
  if (call.flag("check")) {
    throw failure(Code::process_failed,
                  fmt::format("{} exited with status {}", shown, result.exit.value_or(-1)), shown,
                  call, result)
        .with_effect(EffectDone::none);
  }
}

/// The log of a call. What may be the beginning of a secret at the end of a piece of a long line
/// waits for the next one: the redactor would know neither half.
class LineLog {
 public:
  explicit LineLog(Call& call) : call_(call) {}

  void write(Stream stream, std::string_view line) {
    std::string& held = stream == Stream::out ? held_out_ : held_err_;
    const bool is_piece = line.size() == LineSplitter::kLongestPiece;
    if (!is_piece && held.empty()) {
      call_.log(stream, line);
      return;
    }
    held += line;
    const std::size_t whole = is_piece ? call_.whole_length(held) : held.size();
    call_.log(stream, std::string_view(held).substr(0, whole));
    held.erase(0, whole);
  }

  void finish() {
    for (const Stream stream : {Stream::out, Stream::err}) {
      if (!(stream == Stream::out ? held_out_ : held_err_).empty()) {
        write(stream, {});
      }
    }
  }

 private:
  Call& call_;
  std::string held_out_, held_err_;
};

// The redactor does not know a secret by its first half, so none is left at the end of a stream
// that was cut off.
void drop_cut_secrets(const Call& call, std::size_t capture, ProcessResult& result) {
  for (std::string* text : {&result.out, &result.err}) {
    if (text->size() == capture) {
      text->resize(call.whole_length(*text));
    }
  }
}

// Half a secret would be kept as one, and its other half be seen in the streams.
void check_kept(const Call& call, const ProcessResult& result, const std::string& shown) {
  if (call.keeps() && result.truncated) {
    Error error = failure(
        Code::process_failed,
        fmt::format("{} printed more than was captured, so keep has no whole secret", shown), shown,
        call, result);
    error.hint = "let the command print the secret alone: the rest to a file or /dev/null";
    throw error;
  }
}

// The command has succeeded by now: what it printed being unreadable must not make anybody run it
// again.
Json decoded(Call& call, const ProcessResult& result, const std::string& shown) {
  const std::string format = call.text_or("decode", "");
  if (format.empty() || result.exit != 0) {
    return nullptr;
  }
  if (result.truncated) {
    throw failure(Code::process_failed,
                  fmt::format("{} printed more than can be decoded at once", shown), shown, call,
                  result);
  }
  const std::string what = "the output of " + shown;
  try {
    if (format == "json") {
      return parse_json(result.out, what);
    }
    if (format == "yaml") {
      return parse_yaml(result.out, what);
    }
  } catch (Error& error) {
    throw error.with_effect(EffectDone::unknown);
  }
  std::string text = result.out;
  make_recordable(text);
  return lines_of(text);
}

}  // namespace

ProcessSpec spec_of(Call& call) {
  ProcessSpec spec;
  spec.cwd = call.text_or("cwd", call.host().root.string());
  spec.input = call.text_or("stdin", "");
  spec.timeout = call.duration_or("timeout", std::chrono::milliseconds{0});
  spec.interactive = call.flag("interactive");
  if (!call.has("decode")) {
    spec.capture = kTextKept;
  }
  if (call.has("env")) {
    for (const auto& [name, value] : call.options().at("env").items()) {
      if (value == Json(false)) {
        spec.unset.push_back(name);
      } else {
        spec.env.emplace_back(name, variable_text(name, value));
      }
    }
  }
  return spec;
}

void refuse_secrets(const Call& call, const std::vector<std::string>& argv) {
  for (std::size_t i = 0; i < argv.size(); ++i) {
    if (call.holds_secret(argv[i])) {
      throw Error(Code::secret_in_arguments,
                  fmt::format("argument {} of {} holds the value of a secret", i, argv.front()))
          .with_effect(EffectDone::none);
    }
  }
}

std::string display(const std::vector<std::string>& argv) {
  std::string text;
  for (const std::string& argument : argv) {
    text += (text.empty() ? "" : " ") + quoted(argument);
  }
  return text;
}

Task<Json> execute(Call& call, ProcessSpec spec, std::string shown) {
  LineLog log(call);
  if (!call.keeps()) {
    spec.on_line = [&log](Stream stream, std::string_view line) { log.write(stream, line); };
  }
  const std::chrono::milliseconds timeout = spec.timeout;
  const std::size_t capture = spec.capture;
  ProcessResult result = co_await call.host().processes.run(std::move(spec), call.cancel());
  log.finish();
  if (result.truncated) {
    drop_cut_secrets(call, capture, result);
  }
  judge(call, result, shown, timeout);
  check_kept(call, result, shown);
  Json value{{"code", result.exit.value_or(-1)}, {"value", decoded(call, result, shown)}};
  value["ms"] = result.duration.count();
  const bool replaced_out = make_recordable(result.out);
  const bool replaced_err = make_recordable(result.err);
  if (replaced_out || replaced_err) {
    value["replaced"] = true;
  }
  if (result.truncated) {
    value["truncated"] = true;
  }
  value["stdout"] = std::move(result.out);
  value["stderr"] = std::move(result.err);
  co_return value;
}

}  // namespace runbook::command
