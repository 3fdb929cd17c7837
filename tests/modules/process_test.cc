#include <fstream>

#include "engine/base/file.h"
#include "modules/modules.h"
#include "tests/catch.h"
#include "tests/modules/recorded_call.h"

using namespace runbook;

namespace {

struct ProcessCalls : CallFixture {
  ProcessCalls() : CallFixture(process_module()) {}
};

Json argv(std::vector<std::string> arguments) {
  return {{"argv", std::move(arguments)}};
}

Json script(const std::string& text) {
  return {{"script", text}};
}

Json with(Json options, const std::string& name, Json value) {
  options[name] = std::move(value);
  return options;
}

}  // namespace

TEST_CASE_METHOD(ProcessCalls, "process.run gives status, streams and time", "[modules]") {
  const Json result = run("run", argv({"sh", "-c", "echo out; echo err >&2"}));
  CHECK(result.at("code") == 0);
  CHECK(result.at("stdout") == "out\n");
  CHECK(result.at("stderr") == "err\n");
  CHECK(result.at("value").is_null());
  CHECK(result.at("ms").is_number_integer());
}

TEST_CASE_METHOD(ProcessCalls, "process.run logs lines, but none of a call that keeps secrets",
                 "[modules]") {
  RecordedCall open = make("run", argv({"sh", "-c", "echo one; echo two >&2"}));
  run("run", open);
  std::ranges::sort(open.lines);
  CHECK(open.lines == std::vector<std::string>{"err two", "out one"});
  RecordedCall secret = make("run", with(argv({"echo", "one"}), "keep", "token"));
  run("run", secret);
  CHECK(secret.lines.empty());
}

TEST_CASE_METHOD(ProcessCalls, "process.run starts in the project with the environment asked for",
                 "[modules]") {
  const Json env{{"WORD", "blue"}, {"NUMBER", 7}, {"HOME", false}};
  CHECK(run("run", with(argv({"sh", "-c", "pwd; echo $WORD,$NUMBER,${HOME-none}"}), "env", env))
            .at("stdout") == path("").substr(0, path("").size() - 1) + "\nblue,7,none\n");
  CHECK(run("run", with(argv({"pwd"}), "cwd", "/usr")).at("stdout") == "/usr\n");
  CHECK(run("run", with(argv({"cat"}), "stdin", "typed")).at("stdout") == "typed");
  CHECK(error_of("run", with(argv({"true"}), "env", Json{{"X", Json::array()}})).code ==
        Code::option_invalid);
}

TEST_CASE_METHOD(ProcessCalls, "A failed command says what, how and with which last lines",
                 "[modules]") {
  const Error error = error_of("run", argv({"sh", "-c", "seq 1 30 >&2; echo unimportant; exit 3"}));
  CHECK(error.code == Code::process_failed);
  CHECK(error.effect == EffectDone::none);
  CHECK_FALSE(error.transient);
  CHECK(error.detail.at("exit") == 3);
  CHECK(error.detail.at("command") == "sh -c 'seq 1 30 >&2; echo unimportant; exit 3'");
  CHECK(error.detail.at("lines").size() == 20);
  CHECK(error.detail.at("lines").back() == "30");
  CHECK_THAT(error.message, ContainsSubstring("exited with status 3"));
}

TEST_CASE_METHOD(ProcessCalls, "check = false makes a status a result", "[modules]") {
  const Json result = run("run", with(argv({"sh", "-c", "exit 3"}), "check", false));
  CHECK(result.at("code") == 3);
}

TEST_CASE_METHOD(ProcessCalls, "A command that a signal ended may have done anything",
                 "[modules]") {
  const Error error = error_of("run", with(argv({"sh", "-c", "kill -KILL $$"}), "check", false));
  CHECK(error.code == Code::process_signalled);
  CHECK(error.effect == EffectDone::unknown);
  CHECK(error.detail.at("signal") == 9);
  CHECK_THAT(error.message, ContainsSubstring("SIGKILL"));
}

TEST_CASE_METHOD(ProcessCalls, "A timed out command may have done anything, unless it exited 0",
                 "[modules]") {
  const Error error = error_of("run", with(argv({"sleep", "60"}), "timeout", "50ms"));
  CHECK(error.code == Code::process_timed_out);
  CHECK(error.effect == EffectDone::unknown);
  CHECK(error.transient);
  CHECK_THAT(error.message, ContainsSubstring("50ms"));
  const Json saved =
      run("run", with(argv({"sh", "-c", "trap 'exit 0' INT; while :; do sleep 0.01; done"}),
                      "timeout", "100ms"));
  CHECK(saved.at("code") == 0);
}

TEST_CASE_METHOD(ProcessCalls, "A cancelled command that did not exit 0 is no result",
                 "[modules]") {
  loop.spawn([](Loop& the_loop, CancelPtr node) -> Task<void> {
    co_await the_loop.sleep(std::chrono::milliseconds(50), nullptr);
    node->request(CancelReason::stop, StopLevel::interrupt);
  }(loop, cancel));
  CHECK_THROWS_AS(run("run", with(argv({"sleep", "60"}), "check", false)), Cancelled);
}

TEST_CASE_METHOD(ProcessCalls, "decode reads what the command printed", "[modules]") {
  CHECK(run("run", with(argv({"echo", "{\"a\": [1]}"}), "decode", "json")).at("value") ==
        Json{{"a", {1}}});
  CHECK(run("run", with(argv({"echo", "a: no"}), "decode", "yaml")).at("value") ==
        Json{{"a", "no"}});
  CHECK(run("run", with(argv({"printf", "one\\n\\ntwo"}), "decode", "lines")).at("value") ==
        Json{"one", "", "two"});
  CHECK(error_of("run", with(argv({"true"}), "decode", "xml")).code == Code::option_invalid);
}

TEST_CASE_METHOD(ProcessCalls, "Output that cannot be decoded does not undo what was done",
                 "[modules]") {
  const Error error = error_of("run", with(argv({"echo", "{"}), "decode", "json"));
  CHECK(error.code == Code::json_invalid);
  CHECK(error.effect == EffectDone::unknown);
}

TEST_CASE_METHOD(ProcessCalls, "Output that is not UTF-8 is made recordable, and says so",
                 "[modules]") {
  const Json result = run("run", argv({"printf", "a\\377b"}));
  CHECK(result.at("stdout") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(result.at("replaced") == true);
}

TEST_CASE_METHOD(ProcessCalls, "A secret never stands in an argv", "[modules]") {
  vault.add("token", "hunter2-hunter2");
  const Error error = error_of("run", argv({"echo", "--token=hunter2-hunter2"}));
  CHECK(error.code == Code::secret_in_arguments);
  CHECK(error.effect == EffectDone::none);
  CHECK_THAT(error.message, !ContainsSubstring("hunter2") && ContainsSubstring("argument 1"));
  const Json env{{"TOKEN", "hunter2-hunter2"}};
  CHECK(run("run", with(argv({"sh", "-c", "echo $TOKEN"}), "env", env)).at("stdout") ==
        "hunter2-hunter2\n");
}

TEST_CASE_METHOD(ProcessCalls, "A script is strict, and its secrets are in no command line",
                 "[modules]") {
  CHECK(run("sh", script("echo one\necho two | tr o 0")).at("stdout") == "one\ntw0\n");
  CHECK(error_of("sh", script("false\necho reached")).detail.at("exit") == 1);
  CHECK(error_of("sh", script("false | true")).code == Code::process_failed);
  CHECK(error_of("sh", script("echo $unset")).code == Code::process_failed);
  vault.add("token", "hunter2-hunter2");
  const Json shown = run("sh", script("tr '\\0' ' ' < /proc/$$/cmdline; : hunter2-hunter2"));
  CHECK(shown.at("stdout") == "bash -euo pipefail /dev/fd/3 ");
}

TEST_CASE_METHOD(ProcessCalls, "A script leaves stdin free and names its lines in errors",
                 "[modules]") {
  CHECK(run("sh", with(script("cat"), "stdin", "typed")).at("stdout") == "typed");
  const Error error = error_of("sh", script("true\nno-such-command"));
  CHECK(error.detail.at("lines") == Json{"/dev/fd/3: line 2: no-such-command: command not found"});
  CHECK(error.detail.at("command") == "sh [[true …]]");
  const Json open = run("sh", script("ls /proc/self/fd"));
  CHECK(open.at("stdout") == "0\n1\n2\n3\n");  // 3 is the folder that ls reads
}

TEST_CASE_METHOD(ProcessCalls, "creates skips a command whose result is there before it first runs",
                 "[modules]") {
  const Json options = with(argv({"sh", "-c", "echo x >> made"}), "creates", path("made"));
  CHECK_FALSE(run_once("run", options).contains("skipped"));
  CHECK(run_once("run", options).at("skipped") == true);
  CHECK(read_file(path("made")) == "x\n");
  // Its own failed attempt may have left the file.
  CHECK_FALSE(run_once("run", options, true).contains("skipped"));
  CHECK(read_file(path("made")) == "x\nx\n");
}

TEST_CASE_METHOD(ProcessCalls, "After an interruption `creates` tells what it can", "[modules]") {
  const Json options = with(argv({"true"}), "creates", path("made"));
  const Intent intent = prepare("run", options);
  CHECK(probe("run", options, intent).kind == Outcome::Kind::not_done);
  std::ofstream(path("made")) << "half";
  CHECK(probe("run", options, intent).kind == Outcome::Kind::cannot_tell);
  CHECK(probe("run", argv({"true"}), Intent{}).kind == Outcome::Kind::cannot_tell);
}

TEST_CASE("What a command does decides what an interruption means", "[modules]") {
  const Module module = process_module();
  for (const Function& function : module.functions) {
    CHECK(function.effect_of(Json::object()) == Effect::once);
    CHECK(function.effect_of({{"reads", true}}) == Effect::read);
    CHECK(function.effect_of({{"idempotent", true}}) == Effect::idempotent);
    CHECK(function.effect_of({{"reads", false}, {"creates", "/x"}}) == Effect::once);
  }
}

TEST_CASE_METHOD(ProcessCalls, "No part of a secret is left where a long stream was cut off",
                 "[modules]") {
  vault.add("key", "correct-horse-battery");
  // The first MiB ends in the middle of the value, on both streams.
  const Json command = argv({"sh", "-c",
                             "print() { head -c 1048566 /dev/zero | tr '\\0' x; printf \"$K\"; }; "
                             "print; print >&2"});
  const Json result = run("run", with(command, "env", Json{{"K", "correct-horse-battery"}}));
  CHECK(result.at("truncated") == true);
  const std::string before(1048566, 'x');
  CHECK(result.at("stdout") == before);
  CHECK(result.at("stderr") == before);
}

TEST_CASE_METHOD(ProcessCalls, "A secret is not kept of a stream that was cut off", "[modules]") {
  const Json options = argv({"sh", "-c", "head -c 1048577 /dev/zero | tr '\\0' x"});
  CHECK(run("run", options).at("truncated") == true);
  const Error error = error_of("run", with(options, "keep", "token"));
  CHECK(error.code == Code::process_failed);
  CHECK(error.effect == EffectDone::unknown);  // it ran: nobody may run it again for this
  CHECK_THAT(error.message, ContainsSubstring("printed more than was captured"));
  CHECK_FALSE(error.detail.contains("lines"));
}

TEST_CASE_METHOD(ProcessCalls, "A secret in a line that is logged in pieces is in one of them",
                 "[modules]") {
  vault.add("key", "correct-horse-battery");
  const Json command = argv({"sh", "-c", "head -c 1048566 /dev/zero | tr '\\0' x; echo \"$K!\""});
  RecordedCall call = make("run", with(command, "env", Json{{"K", "correct-horse-battery"}}));
  run("run", call);
  REQUIRE(call.lines.size() == 2);
  CHECK(call.lines[0] == "out " + std::string(1048566, 'x'));
  CHECK(call.lines[1] == "out correct-horse-battery!");
}
