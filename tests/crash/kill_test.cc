// The real program and a real kill -9. Effects are counted outside: lines that child processes
// append to files.

#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "tests/catch.h"
#include "tests/cli/program.h"

namespace runbook {
namespace {

using test::Folder;
using test::Ran;

constexpr int kKilled = 128 + SIGKILL;
const std::string kExamples = SOURCE_FOLDER "/examples/";

std::size_t count_lines(const std::filesystem::path& file, const std::string& line) {
  std::ifstream stream(file);
  std::size_t count = 0;
  for (std::string text; std::getline(stream, text);) {
    count += text == line ? 1U : 0U;
  }
  return count;
}

std::string last_line(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string last;
  for (std::string text; std::getline(stream, text);) {
    last = text;
  }
  return last;
}

Ran resume(const Folder& folder) {
  return test::run_runbook({"resume", "--state", (folder.path() / ".runbook").string()},
                           folder.path());
}

/// Runs the recipe with the program that kills itself at this event.
Ran run_until(const Folder& folder, const std::string& recipe, const std::string& point,
              int event) {
  return test::run_program({CRASH_PROGRAM, "run", folder.path().string(), recipe}, folder.path(),
                           {{"CRASH_POINT", point}, {"CRASH_AT", std::to_string(event)}});
}

/// What an operator types after a kill: resume, or if nothing was recorded yet, the same again.
Ran go_on(const Folder& folder, const std::string& recipe) {
  const Ran resumed = resume(folder);
  if (resumed.err.find("there are no runs yet") == std::string::npos) {
    return resumed;
  }
  return test::run_runbook({"run", recipe, "--state", (folder.path() / ".runbook").string()},
                           folder.path());
}

/// Kills the run of `recipe` at each of its events in turn, resumes it and checks what is left.
void kill_everywhere(const std::string& recipe, const std::string& point,
                     const std::function<void(const Folder&, const Ran&)>& check) {
  int event = 1;
  for (;; ++event) {
    const Folder folder;
    const Ran killed = run_until(folder, recipe, point, event);
    INFO(recipe << ": " << point << " " << event << "\n" << killed.err);
    if (killed.exit == 0) {
      break;
    }
    REQUIRE(killed.exit == kKilled);
    const Ran resumed = go_on(folder, recipe);
    INFO(resumed.err);
    REQUIRE(resumed.exit == 0);
    check(folder, resumed);
  }
  CHECK(event > 5);
}

TEST_CASE("killed at any event, a payment is made once") {
  const std::string point = GENERATE("before_append", "after_append", "after_commit");
  kill_everywhere(kExamples + "05_once_and_probe.lua", point, [](const Folder& folder, const Ran&) {
    CHECK(count_lines(folder.path() / "ledger.txt", "pay alice 10") == 1);
  });
}

TEST_CASE("killed at any event, a run is counted once and tidied up") {
  const std::string point = GENERATE("before_append", "after_append", "after_commit");
  kill_everywhere(
      kExamples + "08_finally_and_state.lua", point, [](const Folder& folder, const Ran& resumed) {
        CHECK(resumed.out.find("count: 1") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(folder.path() / ".runbook/example-08.json"));
      });
}

/// There is one file, of the address that came back.
void check_key(const Folder& folder, const Ran& resumed) {
  CHECK(resumed.out.find("own: true\n") != std::string::npos);
  const std::filesystem::directory_iterator keys(folder.path() / "keys");
  CHECK(std::distance(begin(keys), end(keys)) == 1);
}

TEST_CASE("killed at any event, a key is made once, and the address that comes back is its own") {
  const std::string point = GENERATE("before_append", "after_append", "after_commit");
  const Folder recipes;
  const auto recipe = recipes.write("key.lua", R"(
local eth = require 'eth'
local made = step('key', function() return eth.random_key { path = 'keys/one' } end)
output { own = eth.address_of(secret('one', { file = 'keys/one' })) == made.address }
)");
  kill_everywhere(recipe.string(), point, check_key);
}

TEST_CASE("killed at any event, a keystore is written once, by secrets of its step alone") {
  const Folder recipes;
  recipes.write("password", "correct horse");
  const auto recipe = recipes.write("keystore.lua", R"(
local made = step('keystore', function()
  local password = secret('password', { file = ')" + (recipes.path() / "password").string() +
                                                        R"(' })
  return require('eth').keystore_write { path = 'keys/one', password = password }
end)
local text = step('read', function() return require('fs').read('keys/one') end)
output { own = text:find('"address": "' .. made.address:sub(3):lower(), 1, true) ~= nil }
)");
  kill_everywhere(recipe.string(), "after_commit", check_key);
}

TEST_CASE("a grandchild that outlives its killed engine is dead before the next session acts") {
  const std::string how = GENERATE("", "setsid ");
  const Folder folder;
  const auto recipe = folder.write("grandchild.lua", R"(
local process = require 'process'
step('start', function()
  process.run { 'sh', '-c', [[
    if [ -e ticks ]; then echo resumed >> ticks; exit 0; fi
    )" + how + R"(sh -c 'while :; do echo tick >> ticks; sleep 0.01; done' &
    sleep 60
  ]], idempotent = true }
end)
)");
  const auto ticks = folder.path() / "ticks";
  const int pid = test::start_runbook({"run", recipe.string(), "--grace", "500ms", "--state",
                                       (folder.path() / ".runbook").string()},
                                      folder.path());
  REQUIRE(test::eventually([&] { return count_lines(ticks, "tick") > 3; }));
  ::kill(pid, SIGKILL);
  REQUIRE(test::wait_for(pid) == kKilled);
  const Ran resumed = resume(folder);
  INFO(resumed.err);
  REQUIRE(resumed.exit == 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // ten ticks, were it alive
  CHECK(last_line(ticks) == "resumed");
}

TEST_CASE("of two resumes at once one wins, the other exits 20 and names the holder") {
  const Folder folder;
  const auto recipe = folder.write("nap.lua", R"(
step('first', function() return 1 end)
sleep('nap', '4s')
)");
  const std::string state = (folder.path() / ".runbook").string();
  const Ran killed = run_until(folder, recipe.string(), "after_commit", 5);
  REQUIRE(killed.exit == kKilled);
  const int first = test::start_runbook({"resume", "--state", state}, folder.path());
  const int second = test::start_runbook({"resume", "--state", state}, folder.path());
  std::vector<int> exits{test::wait_for(first), test::wait_for(second)};
  std::ranges::sort(exits);
  CHECK(exits == std::vector<int>{0, 20});
  const std::string said = folder.read("background.out");
  INFO(said);
  const bool names_one = said.find(fmt::format("by pid {}", first)) != std::string::npos ||
                         said.find(fmt::format("by pid {}", second)) != std::string::npos;
  CHECK(names_one);
}

/// A small filesystem of its own; mounting needs root.
class SmallDisk {
 public:
  explicit SmallDisk(const std::filesystem::path& at) : at_(at) {
    std::filesystem::create_directories(at_);
    mounted_ = run({"mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", at_.string()});
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) {
      run({"umount", "-l", at_.string()});
    }
  }
  bool is_mounted() const { return mounted_; }
  bool grow() const { return run({"mount", "-o", "remount,size=32m", at_.string()}); }

 private:
  static bool run(const std::vector<std::string>& argv) {
    return test::run_program(argv, std::filesystem::temp_directory_path()).exit == 0;
  }

  std::filesystem::path at_;
  bool mounted_ = false;
};

TEST_CASE("a full disk ends the run with 50, status still reads, with space it completes") {
  const Folder folder;
  const SmallDisk disk(folder.path() / "disk");
  if (!disk.is_mounted()) {
    WARN("SKIPPED: a full disk needs a small tmpfs, and mounting one needs root");
    return;
  }
  const auto recipe = folder.write("disk/fill.lua", R"(
local fs = require 'fs'
for number = 1, 40 do
  step('fill ' .. number, function()
    fs.write('../done-' .. number, 'x')
    return ('x'):rep(60000)
  end)
end
output { filled = true }
)");
  const std::string state = (folder.path() / "disk/.runbook").string();
  const Ran full = test::run_runbook({"run", recipe.string(), "--state", state}, folder.path());
  INFO(full.err);
  CHECK(full.exit == 50);
  const Ran status =
      test::run_runbook({"status", "--state", state, "--output", "json"}, folder.path());
  INFO(status.err);
  CHECK(status.exit == 0);
  CHECK(status.out.find("fill 1") != std::string::npos);
  REQUIRE(disk.grow());
  const Ran resumed = test::run_runbook({"resume", "--state", state}, folder.path());
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(resumed.out.find("filled") != std::string::npos);
}

TEST_CASE("killed at random instants, also while it resumes, a run pays everyone once",
          "[.random]") {
  std::mt19937 random(20'241'120);
  for (int round = 0; round < 200; ++round) {
    const Folder folder;
    const auto recipe = folder.write("pay.lua", R"(
local fs = require 'fs'
local process = require 'process'

local function paid(name)
  return fs.stat('ledger') and fs.read('ledger'):find(name .. '\n', 1, true) ~= nil
end

each('pay', { 'ada', 'bob', 'eve', 'joe', 'kim', 'lea' }, {
  jobs = 3,
  probe = function(intents)
    local name = intents[1].arguments.argv[4]
    return paid(name) and outcome.done(name) or outcome.not_done()
  end,
}, function(name)
  process.run { 'sh', '-c', 'sleep 0.01; echo "$0" >> ledger', name }
  return name
end)

finally(function()
  process.run { 'sh', '-c', 'echo closed >> closings', idempotent = true }
end)
)");
    const std::string state = (folder.path() / ".runbook").string();
    std::vector<std::string> arguments{"run", recipe.string(), "--state", state};
    int exit = -1;
    for (int session = 0; session < 20 && exit != 0; ++session) {
      const int pid = test::start_runbook(arguments, folder.path());
      if (session < 3) {
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 150'000));
        ::kill(pid, SIGKILL);
      }
      exit = test::wait_for(pid);
      const bool begun =
          std::filesystem::exists(folder.path() / ".runbook/state.db") &&
          test::run_runbook({"runs", "--state", state, "--output", "json"}, folder.path())
                  .out.find("pay") != std::string::npos;
      if (begun) {
        arguments = {"resume", "--state", state};
      }
    }
    INFO("round " << round << "\n" << folder.read("background.out"));
    REQUIRE(exit == 0);
    for (const char* name : {"ada", "bob", "eve", "joe", "kim", "lea"}) {
      REQUIRE(count_lines(folder.path() / "ledger", name) == 1);
    }
    REQUIRE(count_lines(folder.path() / "closings", "closed") >= 1);
  }
}

}  // namespace
}  // namespace runbook
