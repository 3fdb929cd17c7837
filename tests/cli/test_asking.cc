// What answers a run's questions without a person at its terminal: flags, and commands from another
// terminal while it is driven.

#include <sys/wait.h>

#include <algorithm>
#include <chrono>

#include "engine/base/clock.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/terminal.h"

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

using Milliseconds = std::chrono::duration<double, std::milli>;

// Sanitizers slow a start of the program down by more than what is measured.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr Milliseconds kSoon(2500);
#else
constexpr Milliseconds kSoon(250);
#endif

/// Starts r.lua and waits until so many steps of it wait; its pid.
int start_waiting(const Folder& folder, std::size_t count) {
  const int driver = start_runbook({"run", "r.lua"}, folder.path());
  REQUIRE(eventually([&] {
    const Ran status = run_runbook({"status", "--output", "json"}, folder.path());
    std::size_t waiting = 0;
    for (auto at = status.out.find(R"("state":"waiting")"); at != std::string::npos;
         at = status.out.find(R"("state":"waiting")", at + 1)) {
      ++waiting;
    }
    return waiting == count;
  }));
  return driver;
}

/// From typing the command until its prompt is back.
Milliseconds time_of(const Folder& folder, const std::vector<std::string>& command) {
  SystemClock clock;
  const auto begin = clock.steady();
  const Ran ran = run_runbook(command, folder.path());
  const Milliseconds time = clock.steady() - begin;
  INFO(command.at(0) << " " << ran.err);
  CHECK(ran.exit == 0);
  return time;
}

Milliseconds median(std::vector<Milliseconds> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

/// Of the verb said to five steps of the run that is driven.
Milliseconds median_of_five(const Folder& folder, const std::string& verb,
                            const std::vector<std::string>& more) {
  std::vector<Milliseconds> times;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    std::vector<std::string> command = {verb, "@last", "to/" + verb + "/all/" + name + "/it"};
    command.insert(command.end(), more.begin(), more.end());
    times.push_back(time_of(folder, command));
  }
  return median(times);
}

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

TEST_CASE("On a terminal answer asks for what is still needed, not for what has a default",
          "[asking]") {
  const Folder folder;
  folder.write("r.lua",
               "local a = ask('where', { region = param.enum { 'eu', 'us' },\n"
               "  size = param.integer { default = 2 }, zone = param.string {} })\n"
               "output(a)\n");
  CHECK(run_runbook({"run", "r.lua"}, folder.path()).exit == 10);
  TerminalProgram program({"/bin/sh", "-c",
                           "unset CI; cd '" + folder.path().string() +
                               "' && exec '" RUNBOOK_BINARY "' answer @last where region=eu"});
  REQUIRE(program.shows("zone: "));
  program.type("b\n");
  REQUIRE(program.shows("Answered where."));
  CHECK(WEXITSTATUS(program.wait()) == 0);
  CHECK_THAT(program.screen(), !ContainsSubstring("size"));
  CHECK(run_runbook({"resume"}, folder.path()).out == "region: eu\nsize: 2\nzone: b\n");
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

TEST_CASE("A driven run takes every answer and instruction within 250 ms", "[asking]") {
  const Folder folder;
  folder.write("r.lua", R"(
local names = { 'a', 'b', 'c', 'd', 'e' }
local function at_once(body)
  return function() each('all', names, { jobs = 5 }, body) end
end
parallel('to', {
  approve = at_once(function() gate('it') end),
  deny = at_once(function() pcall(gate, 'it') end),
  answer = at_once(function() ask('it', { size = param.integer {} }) end),
  mark = at_once(function() sleep('it', '1h') end),
  skip = at_once(function() sleep('it', '1h') end),
})
)");
  const int driver = start_waiting(folder, 25);
  CHECK(median_of_five(folder, "approve", {}) < kSoon);
  CHECK(median_of_five(folder, "deny", {}) < kSoon);
  CHECK(median_of_five(folder, "answer", {"size=3"}) < kSoon);
  CHECK(median_of_five(folder, "mark", {"done", "--reason", "by hand"}) < kSoon);
  CHECK(median_of_five(folder, "skip", {"--reason", "enough"}) < kSoon);
  CHECK(wait_for(driver) == 0);
}

TEST_CASE("A driven run is cancelled within 250 ms", "[asking]") {
  std::vector<Milliseconds> times;
  for (int i = 0; i < 5; ++i) {
    const Folder folder;
    folder.write("r.lua", "sleep('a day', '24h')");
    const int driver = start_waiting(folder, 1);
    times.push_back(time_of(folder, {"cancel", "@last", "--reason", "wrong cluster"}));
    CHECK(wait_for(driver) == 143);
  }
  CHECK(median(times) < kSoon);
}
