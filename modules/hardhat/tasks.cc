// Tasks of Hardhat that leave nothing on a chain by themselves, and those of which nobody knows.

#include <fmt/core.h>

#include <charconv>

#include "modules/hardhat/functions.h"
#include "modules/hardhat/program.h"

namespace runbook::hardhat {

namespace {

std::vector<std::string> strings_of(const Call& call, const char* option) {
  return call.options().value(option, std::vector<std::string>());
}

void append(std::vector<std::string>& task, const std::vector<std::string>& more) {
  task.insert(task.end(), more.begin(), more.end());
}

/// The whole number before `words`; nullopt if the text does not have them.
std::optional<std::int64_t> number_before(std::string_view text, std::string_view words) {
  const std::size_t end = text.find(words);
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::size_t before = text.find_last_not_of("0123456789", end == 0 ? 0 : end - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data() + begin, text.data() + end, number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

Task<Json> compile(Call& call) {
  std::vector<std::string> task{"compile"};
  if (call.flag("force")) {
    task.emplace_back("--force");
  }
  const Ran ran = co_await run_task(call, std::move(task));
  constexpr std::string_view kCompiled = "Compiled ";
  const std::size_t at = ran.out.find(kCompiled);
  const std::string_view rest =
      at == std::string::npos ? "" : std::string_view(ran.out).substr(at + kCompiled.size());
  co_return Json{{"compiled", number_before(rest, " Solidity file").value_or(0)},
                 {"ms", ran.duration.count()}};
}

Effect effect_of_task(const Json& options) {
  if (options.value("reads", false)) {
    return Effect::read;
  }
  return options.value("idempotent", false) ? Effect::idempotent : Effect::once;
}

Json output_of(const Call& call, const Ran& ran) {
  Json value;
  if (call.flag("json")) {
    try {
      value = parse_json(ran.out, "what the task printed");
    } catch (Error& error) {  // the task has succeeded by now
      throw error.with_effect(EffectDone::unknown);
    }
  }
  return {{"stdout", ran.out},
          {"stderr", ran.err},
          {"value", std::move(value)},
          {"ms", ran.duration.count()}};
}

// Compiled by a task of its own, so that only the script's words are its output.
Task<Json> run_script(Call& call) {
  if (call.flag("compile")) {
    std::vector<std::string> first{"compile"};
    co_await run_task(call, std::move(first));
  }
  std::vector<std::string> task{"run", "--no-compile", call.text("script")};
  const Ran ran = co_await run_task(call, std::move(task));
  co_return output_of(call, ran);
}

Task<Json> run_any(Call& call) {
  std::vector<std::string> task{call.text("name")};
  append(task, strings_of(call, "args"));
  const Ran ran = co_await run_task(call, std::move(task));
  co_return output_of(call, ran);
}

Json counts_of(std::string_view out) {
  Json counts = Json::object();
  for (const char* kind : {"passing", "failing", "pending"}) {
    counts[kind] = number_before(out, fmt::format(" {}", kind)).value_or(0);
  }
  return counts;
}

// Failed tests are named by mocha on stdout, so its last lines are the error's detail.
Task<Json> test(Call& call) {
  std::vector<std::string> task{"test"};
  if (call.has("grep")) {
    task.emplace_back("--grep");
    task.push_back(call.text("grep"));
  }
  append(task, strings_of(call, "files"));
  const Ran ran = co_await run_task(call, std::move(task));
  Json result = counts_of(ran.out);
  result["ms"] = ran.duration.count();
  co_return result;
}

const Option kReadsOption{
    .name = "reads", .type = Type::boolean, .help = "it only looks: may run again at any time"};
const Option kIdempotentOption{
    .name = "idempotent", .type = Type::boolean, .help = "to run it again is the same as once"};
const Option kJsonOption{
    .name = "json", .type = Type::boolean, .help = "what it prints is JSON: the result's value"};

std::vector<Code> task_errors() {
  return {Code::hardhat_missing,     Code::hardhat_config,          Code::hardhat_compile_failed,
          Code::hardhat_unreachable, Code::hardhat_network_unknown, Code::hardhat_compiler,
          Code::hardhat_prompted,    Code::hardhat_failed,          Code::process_timed_out,
          Code::process_signalled,   Code::secret_in_arguments,     Code::option_invalid};
}

Function compile_function() {
  return {.name = "compile",
          .effect = Effect::idempotent,
          .summary = "Runs hardhat compile.",
          .options = {{.name = "force",
                       .type = Type::boolean,
                       .help = "compile what has not changed, too"},
                      kEnvOption,
                      kCwdOption,
                      kConfigOption,
                      kTimeoutOption},
          .returns = "{ compiled, ms }: how many files it compiled, 0 if nothing had changed",
          .errors = task_errors(),
          .example =
              "local hardhat = require \"hardhat\"\n"
              "step(\"compile\", function() return hardhat.compile { cwd = \"hardhat\" } "
              "end)",
          .run = compile};
}

Function run_function() {
  return {.name = "run",
          .effect = Effect::once,
          .effect_of = effect_of_task,
          .summary = "Runs a script with hardhat run.",
          .options = {{.name = "script",
                       .type = Type::string,
                       .required = Required::yes,
                       .help = "its path, relative to cwd",
                       .positional = true},
                      kNetworkOption,
                      {.name = "compile",
                       .type = Type::boolean,
                       .help = "false: do not compile first",
                       .fallback = true},
                      kJsonOption,
                      kReadsOption,
                      kIdempotentOption,
                      kEnvOption,
                      kCwdOption,
                      kConfigOption,
                      kTimeoutOption},
          .returns =
              "{ stdout, stderr, value, ms }: the first MiB of each stream, and what json "
              "made of stdout",
          .errors = task_errors(),
          .example =
              "local hardhat = require \"hardhat\"\n"
              "local found = step(\"look\", function()\n"
              "  return hardhat.run { \"scripts/balances.js\", network = \"localhost\",\n"
              "    compile = false, json = true, reads = true }.value\n"
              "end)",
          .run = run_script};
}

Function test_function() {
  return {.name = "test",
          .effect = Effect::idempotent,
          .summary = "Runs the project's tests; one that fails is an error.",
          .options = {{.name = "files",
                       .type = Type::strings,
                       .help = "only these, relative to cwd; default: all"},
                      {.name = "grep", .type = Type::string, .help = "only tests of such a name"},
                      kNetworkOption,
                      kEnvOption,
                      kCwdOption,
                      kConfigOption,
                      kTimeoutOption},
          .returns = "{ passing, failing, pending, ms }",
          .errors = task_errors(),
          .example =
              "local hardhat = require \"hardhat\"\n"
              "step(\"test\", function() return hardhat.test { cwd = \"hardhat\" } end)",
          .run = test};
}

Function task_function() {
  return {.name = "task",
          .effect = Effect::once,
          .effect_of = effect_of_task,
          .summary = "Runs any other task of the project.",
          .options = {{.name = "name",
                       .type = Type::string,
                       .required = Required::yes,
                       .help = "as hardhat help lists it",
                       .positional = true},
                      {.name = "args",
                       .type = Type::strings,
                       .help = "its own arguments: { \"--amount\", \"1000\" }"},
                      kNetworkOption,
                      kJsonOption,
                      kReadsOption,
                      kIdempotentOption,
                      kEnvOption,
                      kCwdOption,
                      kConfigOption,
                      kTimeoutOption},
          .returns =
              "{ stdout, stderr, value, ms }: the first MiB of each stream, and what json "
              "made of stdout",
          .errors = task_errors(),
          .example =
              "local hardhat = require \"hardhat\"\n"
              "step(\"verify\", function()\n"
              "  return hardhat.task(\"verify\", { network = \"sepolia\", idempotent = "
              "true,\n"
              "    args = { \"0x5FbDB2315678afecb367f032d93F642f64180aa3\" } })\n"
              "end)",
          .run = run_any};
}

}  // namespace

std::vector<Function> task_functions() {
  return {compile_function(), run_function(), test_function(), task_function()};
}

}  // namespace runbook::hardhat
