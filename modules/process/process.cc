// Programs and shell scripts: the declarations. Longer than most files because each function
// carries its whole documentation.

#include <fmt/core.h>

#include <filesystem>

#include "modules/modules.h"
#include "modules/process/command.h"

namespace runbook {

namespace {

Effect effect_of(const Json& options) {
  if (options.value("reads", false)) {
    return Effect::read;
  }
  return options.value("idempotent", false) ? Effect::idempotent : Effect::once;
}

bool exists(const std::string& path) {
  std::error_code ignored;  // what cannot be looked at counts as absent
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

// A file that the command's own failed attempt left behind is no reason to skip it.
bool is_created_already(Call& call) {
  return call.has("creates") && !call.was_begun_before() && exists(call.text("creates"));
}

Task<Intent> prepare(Call& call) {
  Json data = Json::object();
  if (is_created_already(call)) {
    data["exists"] = true;
  }
  co_return Intent{std::move(data), {}};
}

// `creates` is the only thing a command leaves that we know of.
Task<Outcome> probe(Call& call) {
  if (!call.has("creates")) {
    co_return Outcome::cannot_tell(
        "a command leaves no trace that runbook knows of; creates = names one");
  }
  const std::string path = call.text("creates");
  if (!exists(path)) {
    co_return Outcome::not_done();
  }
  co_return Outcome::cannot_tell(fmt::format("{} exists, but may be incomplete", path));
}

bool is_to_be_skipped(Call& call) {
  const bool is_once = !call.intents().empty();
  return is_once ? call.intent().contains("exists") : is_created_already(call);
}

Json skipped(Call& call) {
  call.log(Stream::out, fmt::format("skipped: {} exists", call.text("creates")));
  return {{"code", 0},        {"stdout", ""},    {"stderr", ""},
          {"value", nullptr}, {"skipped", true}, {"ms", 0}};
}

void check_decode(const Call& call) {
  const std::string format = call.text_or("decode", "json");
  if (format != "json" && format != "yaml" && format != "lines") {
    throw Error(Code::option_invalid,
                fmt::format("decode: \"{}\" is none of json, yaml, lines", format))
        .with_effect(EffectDone::none);
  }
}

Task<Json> run(Call& call) {
  check_decode(call);
  if (is_to_be_skipped(call)) {
    co_return skipped(call);
  }
  ProcessSpec spec = command::spec_of(call);
  spec.argv = call.options().at("argv").get<std::vector<std::string>>();
  if (spec.argv.empty()) {
    throw Error(Code::option_missing, "process.run: the program is missing",
                "process.run { \"git\", \"status\" }")
        .with_effect(EffectDone::none);
  }
  command::refuse_secrets(call, spec.argv);
  std::string shown = command::display(spec.argv);
  co_return co_await command::execute(call, std::move(spec), std::move(shown));
}

// The script comes through a descriptor of its own, so that stdin is free and no secret in it
// stands in a command line; closed before its first command, so that nothing inherits it.
constexpr std::string_view kBeforeScript = "exec 3<&-; ";

std::string first_line(std::string_view script) {
  const std::size_t begin = std::min(script.find_first_not_of(" \t\n"), script.size());
  script.remove_prefix(begin);
  const std::string_view line = script.substr(0, script.find('\n'));
  return fmt::format("sh [[{}{}]]", line, line.size() == script.size() ? "" : " …");
}

Task<Json> sh(Call& call) {
  check_decode(call);
  if (is_to_be_skipped(call)) {
    co_return skipped(call);
  }
  const std::string script = call.text("script");
  ProcessSpec spec = command::spec_of(call);
  for (const char* argument : {"bash", "-euo", "pipefail", "/dev/fd/3"}) {
    spec.argv.emplace_back(argument);
  }
  spec.attached = fmt::format("{}{}\n", kBeforeScript, script);
  std::string shown = first_line(script);
  co_return co_await command::execute(call, std::move(spec), std::move(shown));
}

const Option kCwd{
    .name = "cwd", .type = Type::path, .help = "working directory; default: the project root"};
const Option kEnv{.name = "env",
                  .type = Type::table,
                  .help = "variables added to the environment; false removes one"};
const Option kStdin{.name = "stdin",
                    .type = Type::bytes,
                    .help = "what it reads from standard input; default: nothing"};
const Option kTimeout{.name = "timeout",
                      .type = Type::duration,
                      .help = "after it: SIGINT, 10s, SIGTERM, 10s, SIGKILL to the whole group"};
const Option kCheck{.name = "check",
                    .type = Type::boolean,
                    .help = "false: a status other than 0 is a result, not an error",
                    .fallback = true};
const Option kDecode{.name = "decode",
                     .type = Type::string,
                     .help = "\"json\", \"yaml\" or \"lines\": what stdout is; the result's value"};
const Option kReads{
    .name = "reads", .type = Type::boolean, .help = "it only looks: may run again at any time"};
const Option kIdempotent{
    .name = "idempotent", .type = Type::boolean, .help = "to run it again is the same as once"};
const Option kCreates{.name = "creates",
                      .type = Type::path,
                      .help =
                          "skip it if this path exists before its first attempt; absent after "
                          "an interruption means that it did not happen"};
const Option kInteractive{.name = "interactive",
                          .type = Type::boolean,
                          .help = "it gets the terminal itself; nothing is captured or logged"};

constexpr std::string_view kReturns =
    "{ code, stdout, stderr, value, ms }: exit status, both streams as text (the first MiB of "
    "each, "
    "64 MiB with decode; if there was more: truncated = true; bytes that are not UTF-8 replaced: "
    "replaced = true), what decode made of "
    "stdout, and how long it took; skipped = true if `creates` existed";

std::vector<Code> errors() {
  return {Code::program_not_found, Code::process_failed, Code::process_timed_out,
          Code::process_signalled, Code::spawn_failed,   Code::json_invalid,
          Code::yaml_invalid,      Code::option_invalid};
}

}  // namespace

Module process_module() {
  std::vector<Code> run_errors = errors();
  run_errors.push_back(Code::secret_in_arguments);
  run_errors.push_back(Code::option_missing);
  return {.name = "process",
          .summary = "Programs and shell scripts.",
          .functions = {
              {.name = "run",
               .effect = Effect::once,
               .effect_of = effect_of,
               .summary = "Runs a program and waits for it: a list of arguments, never a shell "
                          "line. Its lines go to the step's log.",
               .options = {{.name = "argv",
                            .type = Type::strings,
                            .required = Required::yes,
                            .help = "the program and its arguments",
                            .rest = true},
                           kCwd,
                           kEnv,
                           kStdin,
                           kTimeout,
                           kCheck,
                           kDecode,
                           kReads,
                           kIdempotent,
                           kCreates,
                           kKeepOption,
                           kInteractive},
               .returns = kReturns,
               .errors = run_errors,
               .example = "local process = require \"process\"\n"
                          "local head = step(\"find the commit\", function()\n"
                          "  return process.run { \"git\", \"rev-parse\", \"HEAD\", reads = true, "
                          "decode = \"lines\" }.value[1]\n"
                          "end)",
               .run = run,
               .prepare = prepare,
               .probe = probe},
              {.name = "sh",
               .effect = Effect::once,
               .effect_of = effect_of,
               .summary = "Runs a bash script, strictly: it ends at the first command that fails, "
                          "also within a pipe, and at the first unset variable.",
               .options = {{.name = "script",
                            .type = Type::string,
                            .required = Required::yes,
                            .help = "the text; bash reads it from a descriptor of its own, so it "
                                    "may hold secrets, and stdin is free",
                            .positional = true},
                           kCwd,
                           kEnv,
                           kStdin,
                           kTimeout,
                           kCheck,
                           kDecode,
                           kReads,
                           kIdempotent,
                           kCreates,
                           kKeepOption,
                           kInteractive},
               .returns = kReturns,
               .errors = errors(),
               .example = "local process = require \"process\"\n"
                          "step(\"count the words\", function()\n"
                          "  return process.sh({ script = [[ echo one two | wc -w ]], reads = true "
                          "}).stdout\n"
                          "end)",
               .run = sh,
               .prepare = prepare,
               .probe = probe},
          }};
}

}  // namespace runbook
