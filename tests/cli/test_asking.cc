// What answers a run's questions without a person at its terminal: flags, and commands from another
// terminal while it is driven.

#include <algorithm>
#include <chrono>

#include "engine/base/clock.h"
#include "tests/catch.h"
#include "tests/cli/program.h"

using namespace runbook;
using namespace runbook::test;

namespace {

const char* kRecipe = R"(
step('before', function() end)
gate('go live', { show = { plan = '12 to add' } })
local a = ask('where', { region = param.enum { 'eu', 'us' }, token = param.secret {} })
step('after', function() return a.region end)
output { region = a.region }
)";

std::string runs(const Folder& folder) {
  return run_runbook({"runs", "--output", "json"}, folder.path()).out;
}

}  // namespace

TEST_CASE("A gate nobody can answer: exit 10, with the flags and commands that answer",
          "[asking]") {
  const Folder folder;
  folder.write("r.lua", kRecipe);
  const Ran ran = run_runbook({"run", "r.lua"}, folder.path());
  CHECK(ran.exit == 10);
  CHECK_THAT(ran.err, ContainsSubstring("go live"));
  CHECK_THAT(ran.err, ContainsSubstring("--approve 'go live'"));
  CHECK_THAT(ran.err, ContainsSubstring("runbook approve"));
  CHECK_THAT(runs(folder), ContainsSubstring("\"waiting\""));
}

TEST_CASE("A failure beside an open question outranks it in the exit code", "[asking]") {
  const Folder folder;
  folder.write("r.lua",
               "each('roll', { 'a', 'b' }, { keep_going = true }, function(host)\n"
               "  if host == 'a' then fail 'no' end\n"
               "  gate('go')\n"
               "end)\n");
  const Ran ran = run_runbook({"run", "r.lua"}, folder.path());
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("runbook approve"));
  CHECK_THAT(runs(folder), ContainsSubstring("\"waiting\""));
}

TEST_CASE("Flags answer beforehand, and what is secret stays so", "[asking]") {
  const Folder folder;
  folder.write("r.lua", kRecipe);
  const Ran ran = run_runbook({"run", "r.lua", "--approve", "go live", "--answer",
                               "where.region=eu", "--answer", "where.token=correct-horse"},
                              folder.path());
  CHECK(ran.exit == 0);
  CHECK(ran.out == "region: eu\n");
  CHECK_THAT(ran.err, !ContainsSubstring("correct-horse"));
  const Ran shown = run_runbook({"show", "@last", "where"}, folder.path());
  CHECK_THAT(shown.out + shown.err, !ContainsSubstring("correct-horse"));
}

TEST_CASE("A flag that cannot be meant is refused before anything begins", "[asking]") {
  const Folder folder;
  folder.write("r.lua", kRecipe);
  const Ran malformed = run_runbook({"run", "r.lua", "--answer", "region=eu"}, folder.path());
  CHECK(malformed.exit == 2);
  CHECK_THAT(malformed.err, ContainsSubstring("STEP.FIELD=VALUE"));
  const Ran step = run_runbook({"run", "r.lua", "--step"}, folder.path());
  CHECK(step.exit == 2);
  CHECK_THAT(step.err, ContainsSubstring("nobody can be asked"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / ".runbook"));
}

TEST_CASE("With --until a run stops after a step, and resume goes on", "[asking]") {
  const Folder folder;
  folder.write("r.lua", "step('one', function() end) step('two', function() end)");
  const Ran ran = run_runbook({"run", "r.lua", "--until", "one"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("stopped after one"));
  CHECK_THAT(runs(folder), ContainsSubstring("\"interrupted\""));
  CHECK(run_runbook({"resume"}, folder.path()).exit == 0);
}

TEST_CASE("A driven run does what another terminal says within 250 ms", "[asking]") {
  const Folder folder;
  folder.write("r.lua", R"(
for _, name in ipairs { 'a', 'b', 'c', 'd', 'e' } do sleep(name, '1h') end
)");
  const int driver = start_runbook({"run", "r.lua"}, folder.path());
  REQUIRE(eventually([&] {
    return run_runbook({"status", "--output", "json"}, folder.path()).out.find("\"waiting\"") !=
           std::string::npos;
  }));
  SystemClock clock;
  auto quickest = std::chrono::steady_clock::duration::max();
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    const auto begin = clock.steady();
    const Ran ran = run_runbook({"skip", "@last", name, "--reason", "enough"}, folder.path());
    quickest = std::min(quickest, clock.steady() - begin);
    CHECK(ran.exit == 0);
  }
  CHECK(quickest < std::chrono::milliseconds(250));
  CHECK(wait_for(driver) == 0);
}
