// A command in a container.

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/base/shown_text.h"
#include "engine/base/yaml.h"
#include "modules/kubectl/connection.h"
#include "modules/kubectl/diagnosis.h"
#include "modules/kubectl/functions.h"
#include "modules/kubectl/words.h"

namespace runbook::kubectl {

namespace {

constexpr std::size_t kMostLinesShown = 20;

Effect exec_effect(const Json& options) {
  if (options.value("reads", false)) {
    return Effect::read;
  }
  return options.value("idempotent", false) ? Effect::idempotent : Effect::once;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    lines.emplace_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), lines.back().size() + 1));
  }
  return lines;
}

/// kubectl's own exit status is that of the command, and its last line says so.
std::string last_word_of(int exit) {
  return fmt::format("command terminated with exit code {}", exit);
}

/// What the command itself printed there.
void drop_last_word(tool::Ran& ran) {
  const std::string word = last_word_of(ran.exit) + "\n";
  if (ran.err.ends_with(word)) {
    ran.err.resize(ran.err.size() - word.size());
  }
}

std::vector<std::string> argv_of(const Call& call) {
  const auto argv = call.options().at("argv").get<std::vector<std::string>>();
  if (argv.empty()) {
    refuse(Code::option_missing, "kubectl exec: the command is missing",
           "kubectl.exec { \"ls\", \"/data\", object = \"pod/web-1\" }");
  }
  return argv;
}

tool::Command exec_command(Call& call) {
  const std::string object = object_of(call);
  std::vector<std::string> words{"exec", object};
  if (call.has("container")) {
    words.push_back("--container=" + call.text("container"));
  }
  if (call.has("stdin")) {
    words.emplace_back("--stdin");
  }
  words.emplace_back("--");
  for (const std::string& argument : argv_of(call)) {
    words.push_back(argument);
  }
  tool::Command command =
      command_of(call, {.name = "exec", .words = std::move(words), .lasts = true});
  command.input = call.text_or("stdin", "");
  command.timeout = call.duration_or("timeout", std::chrono::milliseconds{0});
  command.accepted.resize(256);
  std::iota(command.accepted.begin(), command.accepted.end(), 0);
  if (call.keeps()) {
    command.logged = tool::Logged::nothing;
  }
  if (call.has("decode")) {
    command.capture = std::size_t{64} << 20;
  }
  return command;
}

// It has run by now: what it printed being unreadable must not make anybody run it again.
Json decoded_output(const Call& call, const tool::Ran& ran) {
  const std::string format = call.text_or("decode", "");
  if (format.empty() || ran.exit != 0) {
    return nullptr;
  }
  if (ran.truncated) {
    throw Error(Code::tool_output, "kubectl exec: the command printed more than can be decoded")
        .with_effect(EffectDone::unknown);
  }
  if (format == "lines") {
    return split_lines(ran.out);
  }
  const std::string what = "what the command in " + call.text("object") + " printed";
  try {
    return format == "json" ? parse_json(ran.out, what) : parse_yaml(ran.out, what);
  } catch (Error& error) {
    throw error.with_effect(EffectDone::unknown);
  }
}

void check_format(const Call& call) {
  const std::string format = call.text_or("decode", "json");
  if (format != "json" && format != "yaml" && format != "lines") {
    refuse(Code::option_invalid,
           fmt::format("decode: \"{}\" is none of json, yaml, lines", format));
  }
}

Error command_failed(const Call& call, const tool::Ran& ran) {
  const std::string shown = one_line(fmt::format("{}", fmt::join(argv_of(call), " ")), 200);
  Json detail{{"exit", ran.exit}};
  if (!call.keeps()) {
    std::vector<std::string> lines = split_lines(ran.err);
    if (lines.empty()) {
      lines = split_lines(ran.out);
    }
    const std::size_t first = lines.size() - std::min(lines.size(), kMostLinesShown);
    detail["lines"] =
        std::vector<std::string>(lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end());
  }
  Error error(Code::kubernetes_exec_failed,
              fmt::format("kubectl exec: in {}, {} ended with exit status {}", call.text("object"),
                          shown, ran.exit),
              {}, std::move(detail));
  return error.with_effect(EffectDone::none);
}

/// Only the last line is kubectl's own: what stands above it the command may have printed.
bool has_begun(const tool::Ran& ran) {
  const std::vector<std::string> lines = telling_lines(ran.err);
  const auto foreign = std::ranges::count_if(
      lines, [](const std::string& line) { return !line.starts_with("Defaulted container "); });
  return !ran.out.empty() || foreign > 1;
}

/// The way there failed: whether the command ran is known only where kubectl says so.
Error way_failed(const tool::Ran& ran, const std::string& last) {
  Error error = diagnose({"kubectl exec", "", last, ran.exit});
  if (error.code == Code::tool_failed || has_begun(ran)) {
    error.with_effect(EffectDone::unknown);
  }
  return error;
}

Task<Json> exec(Call& call) {
  check_format(call);
  tool::Command command = exec_command(call);
  std::string last;
  command.on_line = [&last](Stream stream, std::string_view line) {
    if (stream == Stream::err) {
      last = tool::plain_output(std::string(line));
    }
  };
  tool::Ran ran = co_await tool::run(call, program(), std::move(command));
  if (ran.exit != 0 && !last.ends_with(last_word_of(ran.exit))) {
    throw way_failed(ran, last);
  }
  drop_last_word(ran);
  if (ran.exit != 0 && call.flag("check")) {
    throw command_failed(call, ran);
  }
  if (call.keeps() && ran.truncated) {
    throw Error(Code::tool_output, "kubectl exec: keep has no whole secret: too much was printed",
                "let the command print the secret alone")
        .with_effect(EffectDone::unknown);
  }
  Json result{{"code", ran.exit},
              {"stdout", ran.out},
              {"stderr", ran.err},
              {"value", decoded_output(call, ran)},
              {"ms", ran.duration.count()}};
  if (ran.truncated) {
    result["truncated"] = true;
  }
  co_return result;
}

Task<Intent> prepare_exec(Call& call) {
  check_format(call);
  co_return Intent{
      {{"text",
        one_line(fmt::format("in {}: {}", object_of(call), fmt::join(argv_of(call), " ")), 200)}},
      {}};
}

Task<Outcome> probe_exec(Call& call) {
  co_return Outcome::cannot_tell(
      fmt::format("a command in {} leaves no trace that runbook knows of, and may still run there; "
                  "idempotent = true, or a probe of the step, settles it",
                  call.text("object")));
}

std::vector<Option> exec_options() {
  return with_namespace(
      {{.name = "argv",
        .type = Type::strings,
        .required = Required::yes,
        .help = "the command and its arguments, without a shell",
        .rest = true},
       {.name = "object",
        .type = Type::string,
        .required = Required::yes,
        .help = "\"pod/web-1\", or one pod of \"deployment/web\""},
       {.name = "container", .type = Type::string, .help = "default: the pod's first"},
       {.name = "stdin", .type = Type::bytes, .help = "what it reads; secrets too"},
       {.name = "timeout",
        .type = Type::duration,
        .help = "ends kubectl; what runs in the container may go on"},
       {.name = "check",
        .type = Type::boolean,
        .help = "false: a status other than 0 is a result, not an error",
        .fallback = true},
       {.name = "decode",
        .type = Type::string,
        .help = "\"json\", \"yaml\" or \"lines\": what stdout is; the result's value"},
       {.name = "reads", .type = Type::boolean, .help = "it only looks: may run again at any time"},
       {.name = "idempotent", .type = Type::boolean, .help = "to run it again is the same as once"},
       kKeepOption});
}

}  // namespace

Function exec_function() {
  return {.name = "exec",
          .effect = Effect::once,
          .effect_of = exec_effect,
          .summary =
              "Runs a command in a container and waits for it. Its lines go to the step's "
              "log.",
          .options = exec_options(),
          .returns =
              "{ code, stdout, stderr, value, ms }: exit status of the command, both "
              "streams (the first MiB of each; truncated = true if there was more), what "
              "decode made of stdout, and how long it took",
          .errors = with_errors({Code::kubernetes_exec_failed, Code::kubernetes_not_found,
                                 Code::kubernetes_invalid, Code::process_timed_out,
                                 Code::secret_in_arguments, Code::tool_output, Code::json_invalid,
                                 Code::yaml_invalid}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "local free = step(\"look at the disk\", function()\n"
              "  return cluster:exec {  -- kubectl.exec\n"
              "    \"df\", \"-h\", \".\", object = \"deployment/web\", reads = true }.stdout\n"
              "end)",
          .run = exec,
          .prepare = prepare_exec,
          .probe = probe_exec};
}

}  // namespace runbook::kubectl
