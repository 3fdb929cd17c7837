// What all wrappers of command line tools share, with `sh` as the tool.

#include "modules/tool.h"

#include <filesystem>

#include "engine/base/file.h"
#include "tests/base/expect_error.h"
#include "tests/catch.h"
#include "tests/modules/primitive.h"

using namespace runbook;

namespace {

tool::Tool shell_tool(std::string_view program) {
  tool::Tool shell;
  shell.program = {.name = program, .install = "https://example.com/sh"};
  shell.diagnose = [](const tool::Failure& failure) {
    return failure.exit == 4 ? Error(Code::kubernetes_not_found, failure.command).with_transient()
                             : tool::unclassified(failure);
  };
  shell.env = {{"TEST_COLOR", "never"}};
  shell.unset = {"TEST_TARGET"};
  return shell;
}

tool::Command shell_command(Call& call) {
  tool::Command command{.arguments = {"-c", call.text("script")}, .name = "play"};
  command.timeout = call.duration_or("timeout", command.timeout);
  tool::add_environment(call, command);
  return command;
}

/// Lives as long as the call.
const std::string& program_of(Call& call) {
  return call.options().at("program").get_ref<const std::string&>();
}

Task<Json> play(Call& call) {
  const tool::Tool shell = shell_tool(program_of(call));
  const tool::Ran ran = co_await tool::run(call, shell, shell_command(call));
  co_return Json{{"out", ran.out}, {"err", ran.err}, {"exit", ran.exit}};
}

Task<Json> play_json(Call& call) {
  const tool::Tool shell = shell_tool(program_of(call));
  co_return co_await tool::run_json(call, shell, shell_command(call));
}

Json called(const std::string& function, Json options) {
  const std::vector<Option> declared{{.name = "script", .help = "for sh"},
                                     {.name = "program", .help = "name", .fallback = "sh"},
                                     tool::kTimeoutOption,
                                     tool::kEnvOption};
  const Module module{.name = "test",
                      .summary = "A tool.",
                      .functions = {{.name = "play", .options = declared, .run = play},
                                    {.name = "play_json", .options = declared, .run = play_json}}};
  return PrimitiveTest().call(module, function, std::move(options));
}

Error refused(Code code, const std::string& function, const Json& options) {
  return expect_error(code, [&] { called(function, options); });
}

}  // namespace

TEST_CASE("A tool's output comes without the codes of a terminal, as UTF-8", "[tool]") {
  const Json ran = called(
      "play", {{"script", "printf '\\033[31mred\\033[0m\\r\\n\\377'; echo well >&2; exit 0"}});
  CHECK(ran.at("out") == "red\n?");
  CHECK(ran.at("err") == "well\n");
  const char* const moves = "printf 'a\\033[2K\\033[3Pb\\033]0;title\\007c\\033(Bd'";
  CHECK(called("play", {{"script", moves}}).at("out") == "abcBd");
}

TEST_CASE("A tool that prints a program instead of text does not hold up the engine", "[tool]") {
  const auto begin = std::chrono::steady_clock::now();
  const Json ran = called("play", {{"script", "head -c 1000000 /dev/zero | tr '\\000' '\\377'"}});
  CHECK(ran.at("out") == std::string(1'000'000, '?'));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
}

TEST_CASE("A tool runs without what would change its target, and with what the call gives it",
          "[tool]") {
  setenv("TEST_TARGET", "another cluster", 1);
  const std::string script = "echo \"$TEST_TARGET,$TEST_COLOR,$TEST_NUMBER\"";
  CHECK(called("play", {{"script", script}}).at("out") == ",never,\n");
  const Json given = {{"TEST_TARGET", "mine"}, {"TEST_COLOR", false}, {"TEST_NUMBER", 7}};
  CHECK(called("play", {{"script", script}, {"env", given}}).at("out") == "mine,,7\n");
  unsetenv("TEST_TARGET");
  refused(Code::option_invalid, "play", {{"script", ""}, {"env", {{"LIST", Json::array()}}}});
}

TEST_CASE("A tool that is not there says how to get it, and nothing was done", "[tool]") {
  const Error error =
      refused(Code::tool_missing, "play", {{"script", ""}, {"program", "test-absent"}});
  CHECK(error.message == "test-absent is not on PATH");
  CHECK_THAT(error.hint, ContainsSubstring("https://example.com/sh"));
  CHECK(error.effect == EffectDone::none);
}

TEST_CASE("What a tool's words mean is said by its family, else by its last line", "[tool]") {
  const Error meant = refused(Code::kubernetes_not_found, "play", {{"script", "exit 4"}});
  CHECK(meant.message == "sh play");
  CHECK(meant.transient);
  const Error other =
      refused(Code::tool_failed, "play", {{"script", "echo first; echo the reason >&2; exit 3"}});
  CHECK(other.message == "sh play ended with exit status 3: the reason");
}

TEST_CASE("A tool that prints JSON is decoded, and refused where it prints something else",
          "[tool]") {
  CHECK(called("play_json", {{"script", "echo '{\"a\": [1]}'"}}) == Json{{"a", {1}}});
  const Error error = refused(Code::tool_output, "play_json", {{"script", "echo no JSON"}});
  CHECK_THAT(error.message, ContainsSubstring("what sh play printed"));
}

TEST_CASE("A tool that does not end in time may be tried again", "[tool]") {
  const Error error =
      refused(Code::process_timed_out, "play", {{"script", "exec sleep 60"}, {"timeout", "50ms"}});
  CHECK(error.transient);
}
