// A real kill -9 at every event of an undo, of a cancel, and of the resume of a rewound run; the
// real program goes on with it. What was done is a line of a file, with a key that each doing has
// for itself.

#include <signal.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"

namespace runbook {
namespace {

using test::Folder;
using test::Ran;

constexpr int kSteererKilled = 128 + SIGKILL;

const char* kRecipe = R"(
local fs = require 'fs'
local process = require 'process'

local function happened(intents)
  local line = intents[1].arguments.argv[4]
  local ledger = fs.stat('ledger') and fs.read('ledger') or ''
  return ledger:find(line .. '\n', 1, true) and outcome.done() or outcome.not_done()
end

local function once(name, what)
  step(name, { probe = happened }, function()
    process.run { 'sh', '-c', 'echo "$0" >> ledger', what .. ' ' .. uuid() }
  end)
end

finally(function() once('tidy up', 'finally') end)

step('first', { undo = function() once('back', 'undo-first') end }, function()
  once('do', 'first')
end)
step('outer', { undo = function() once('inner', 'undo-outer') end }, function()
  step('inner', { undo = function() once('back', 'undo-inner') end }, function()
    once('do', 'inner')
  end)
end)
each('pay', { 'a', 'b' }, function(who)
  once('send', 'send-' .. who)
  once('check', 'check-' .. who)
end)
once('announce', 'announce')
step('last', function()
  if not fs.stat('mended') then fail 'not yet' end
end)
)";

struct Steering {
  std::string purpose;             ///< of the session that is killed: undo, cancel, resume
  std::vector<std::string> word;   ///< before it; may be empty
  std::vector<std::string> again;  ///< what an operator types after the kill
};

Ran runbook(const Folder& folder, const std::vector<std::string>& arguments) {
  return test::run_runbook(arguments, folder.path());
}

std::string id_of(const Folder& folder) {
  return parse_json(runbook(folder, {"runs", "--output", "json"}).out, "runs").at(0).at("run");
}

/// One line of JSON for each event.
std::int64_t head_of(const Folder& folder) {
  const std::string events = runbook(folder, {"show", "@last", "--output", "json"}).out;
  return std::ranges::count(events, '\n');
}

/// What was done, in order. No doing is there twice.
std::vector<std::string> done(const Folder& folder) {
  std::istringstream ledger(folder.read("ledger"));
  std::set<std::string> keys;
  std::vector<std::string> names;
  for (std::string name, key; ledger >> name >> key;) {
    CHECK(keys.insert(key).second);
    names.push_back(name);
  }
  return names;
}

/// The run failed, the world is mended, and the operator has said a word.
void begin(const Folder& folder, const Steering& steering) {
  folder.write("r.lua", kRecipe);
  REQUIRE(runbook(folder, {"run", "r.lua"}).exit == 1);
  folder.write("mended", "");
  if (!steering.word.empty()) {
    REQUIRE(runbook(folder, steering.word).exit == 0);
  }
}

void kill_everywhere(const Steering& steering, const std::vector<std::string>& expected,
                     const std::string& state) {
  const std::string point = GENERATE("before_append", "after_commit");
  int killed = 0;
  for (std::int64_t event = 1;; ++event) {
    const Folder folder;
    begin(folder, steering);
    const std::string at = std::to_string(head_of(folder) + event);
    const Ran session =
        test::run_program({CRASH_PROGRAM, steering.purpose, folder.path().string(),
                           (folder.path() / "r.lua").string(), id_of(folder)},
                          folder.path(), {{"CRASH_POINT", point}, {"CRASH_AT", at}});
    INFO(point << " " << at << "\n" << session.err);
    if (session.exit == 0) {
      break;
    }
    REQUIRE(session.exit == kSteererKilled);
    ++killed;
    const Ran after = runbook(folder, steering.again);
    INFO(after.err);
    const bool had_ended = after.err.find("RB0109") != std::string::npos;  // killed after its end
    REQUIRE((after.exit == 0 || had_ended));
    CHECK(done(folder) == expected);
    CHECK(parse_json(runbook(folder, {"status", "@last", "--output", "json"}).out, "status")
              .at("state") == state);
  }
  CHECK(killed > 10);
}

const std::vector<std::string> kFirst = {"first",  "inner",   "send-a",  "check-a",
                                         "send-b", "check-b", "announce"};

std::vector<std::string> after_first(const std::vector<std::string>& more) {
  std::vector<std::string> all = kFirst;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST_CASE("killed at any event of an undo, the undo goes on, and takes everything back once") {
  kill_everywhere({"undo", {}, {"undo", "@last", "--yes"}},
                  after_first({"undo-outer", "undo-inner", "undo-first", "finally"}), "undone");
}

TEST_CASE("killed at any event of a cancel, the cancel goes on, and tidies up once") {
  kill_everywhere({"cancel", {}, {"cancel", "@last"}}, after_first({"finally"}), "cancelled");
}

TEST_CASE("killed at any event after a rewind, a resume does again what was rewound, once") {
  kill_everywhere({"resume", {"rewind", "@last", "--to", "pay/a/check", "--yes"}, {"resume"}},
                  after_first({"check-a", "announce", "finally"}), "ok");
}

}  // namespace
}  // namespace runbook
