// The options of a step, checked; backoff; log names.

#include "engine/step/options.h"

#include "engine/base/file.h"
#include "engine/step/step_log.h"
#include "tests/base/temporary_folder.h"
#include "tests/catch.h"

namespace runbook {
namespace {

Code refused(const char* options) {
  try {
    read_step_options(Json::parse(options));
  } catch (const Error& error) {
    return error.code;
  }
  return Code::internal;
}

TEST_CASE("options are read as the surface documents them") {
  const StepOptions options = read_step_options(Json::parse(R"({
    "retry": {"attempts": 4, "initial": "2s", "max": "5s", "factor": 3, "jitter": false,
              "on": ["RB0613", "RB0612"]},
    "timeout": "10m", "idempotent": true, "reads": true, "on_unknown": "fail",
    "renamed_from": "old", "inputs": {"a": 1}})"));
  CHECK(options.retry.attempts == 4);
  CHECK(options.retry.on == std::vector<Code>{Code::process_timed_out, Code::process_failed});
  CHECK(options.timeout == std::chrono::minutes(10));
  CHECK(options.idempotent);
  CHECK(options.reads);
  CHECK(options.on_unknown == OnUnknown::fail);
  CHECK(options.renamed_from == "old");
  CHECK(options.inputs == Json{{"a", 1}});
  CHECK(read_step_options(Json{{"retry", 3}}).retry.attempts == 3);
  CHECK(read_step_options(nullptr).retry.attempts == 1);
}

TEST_CASE("what is not understood is refused, with the nearest known name") {
  CHECK(refused(R"({"retry": 0})") == Code::option_invalid);
  CHECK(refused(R"({"retry": "3"})") == Code::option_invalid);
  CHECK(refused(R"({"retry": {"on": ["RB9999"]}})") == Code::option_invalid);
  CHECK(refused(R"({"retry": {"factor": 0.5}})") == Code::option_invalid);
  CHECK(refused(R"({"retry": {"attempt": 2}})") == Code::option_unknown);
  CHECK(refused(R"({"timeout": 10})") == Code::option_invalid);
  CHECK(refused(R"({"timeout": "10"})") == Code::duration_invalid);
  CHECK(refused(R"({"idempotent": 1})") == Code::option_invalid);
  CHECK(refused(R"({"on_unknown": "guess"})") == Code::option_invalid);
  CHECK(refused(R"([])") == Code::option_invalid);
  CHECK_THROWS_WITH(read_step_options(Json{{"timout", "1s"}}),
                    ContainsSubstring("did you mean \"timeout\"?"));
}

TEST_CASE("the pause between attempts grows up to its limit, and jitter takes at most half of it") {
  RetryPolicy policy;
  policy.jitter = false;
  CHECK(policy.delay(1) == std::chrono::seconds(1));
  CHECK(policy.delay(3) == std::chrono::seconds(4));
  CHECK(policy.delay(30) == std::chrono::minutes(1));
  policy.jitter = true;
  for (int draw = 0; draw < 50; ++draw) {
    CHECK(policy.delay(2) >= std::chrono::seconds(1));
    CHECK(policy.delay(2) <= std::chrono::seconds(2));
  }
}

TEST_CASE("a step's log is named by ordinal, slug and attempt, private, and redacted") {
  CHECK(step_log_name(4, "fund the team/0xAbc", 2) == "0004-fund-the-team-0xabc.2.log");
  const TemporaryFolder folder;
  Redactor redactor;
  redactor.add("token", "correct-horse");
  FakeClock clock;
  StepLogs logs(folder.path() / "logs", redactor, clock);
  logs.write(1, "a", 1, "out", "the token is correct-horse");
  const auto file = folder.path() / "logs" / "0001-a.1.log";
  CHECK(read_file(file) == "2023-11-14T22:13:20.000Z out the token is [secret token]\n");
  CHECK(std::filesystem::status(file).permissions() == std::filesystem::perms(0600));
  logs.write(1, "a", 2, "err", "again");
  CHECK(std::filesystem::exists(folder.path() / "logs" / "0001-a.2.log"));
  logs.close(1);
  logs.write(1, "a", 2, "err", "and again");
  CHECK(read_file(folder.path() / "logs" / "0001-a.2.log").ends_with("err and again\n"));
}

}  // namespace
}  // namespace runbook
