// What is suggested works when it is pasted where it was printed: with a state folder that is not
// the one that would be found, and for steps whose names need care.

#include <filesystem>
#include <sstream>

#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// The commands below "Next" of a card or a page, as they stand there.
std::vector<std::string> suggested_in(const std::string& text) {
  std::istringstream lines(text.substr(std::min(text.rfind("\nNext"), text.size())));
  std::vector<std::string> commands;
  for (std::string line; std::getline(lines, line);) {
    if (const std::size_t at = line.find("runbook "); at != std::string::npos) {
      commands.push_back(line.substr(at, line.find("  #") - at));
    }
  }
  return commands;
}

Ran paste(const Folder& folder, const std::string& command) {
  const std::string programs = std::filesystem::path(RUNBOOK_BINARY).parent_path().string();
  return run_program({"/bin/sh", "-c", command}, folder.path(),
                     {{"PATH", programs + ":/usr/bin:/bin"}});
}

/// Runs r.lua and pastes everything that the program then suggests, each after a run of its own.
/// The exit code of each command.
std::vector<int> exits_of_suggested(const std::string& recipe, std::size_t count) {
  std::vector<int> exits;
  for (std::size_t i = 0; i < count; ++i) {
    const Folder folder;
    folder.write("r.lua", recipe);
    const Ran ran = run_runbook({"run", "r.lua", "--state", "the state"}, folder.path());
    const std::vector<std::string> commands = suggested_in(ran.err);
    INFO(ran.err);
    REQUIRE(commands.size() == count);
    CHECK_THAT(commands[i], ContainsSubstring(" --state 'the state' "));
    const Ran pasted = paste(folder, commands[i]);
    INFO(commands[i] << "\n" << pasted.out << pasted.err);
    CHECK_THAT(pasted.err, !ContainsSubstring("error RB"));
    exits.push_back(pasted.exit);
  }
  return exits;
}

}  // namespace

TEST_CASE("What a failed run suggests can be pasted", "[cli][pasting]") {
  // resume, logs, show, mark, skip
  CHECK(exits_of_suggested("step('-roll out', function() fail 'no' end)", 5) ==
        std::vector<int>{1, 0, 0, 0, 0});
}

TEST_CASE("What a waiting run suggests can be pasted", "[cli][pasting]") {
  // approve, deny, answer, resume
  CHECK(exits_of_suggested("parallel('-p', {\n"
                           "  go = function() gate('-go') end,\n"
                           "  where = function() ask('where', { region = param.string {} }) end })",
                           4) == std::vector<int>{0, 0, 0, 10});
}

TEST_CASE("What a run of unknown outcome suggests can be pasted", "[cli][pasting]") {
  // show, mark done, mark failed, resume --rerun
  CHECK(exits_of_suggested("step('-pay', { timeout = '200ms' }, function()\n"
                           "  require('process').run { 'sleep', '30' }\n"
                           "end)",
                           4) == std::vector<int>{0, 0, 0, 11});
}

TEST_CASE("Pages, hints and what follows an instruction name the state folder", "[cli][pasting]") {
  const Folder folder;
  folder.write("r.lua", "step('one', function() fail 'no' end)");
  const auto tell = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--state", "s"});
    return run_runbook(arguments, folder.path());
  };
  tell({"run", "r.lua"});
  CHECK(paste(folder, suggested_in(tell({"status"}).out).at(1)).exit == 0);
  const Json status = parse_json(tell({"status", "--output", "json"}).out, "status");
  CHECK(paste(folder, status["next"][2].get<std::string>()).exit == 0);
  CHECK_THAT(tell({"show", "nobody"}).err, ContainsSubstring("runbook runs --state s and"));
  CHECK_THAT(tell({"show", "r.lua"}).out, ContainsSubstring("runbook run --state s r.lua\n"));
  CHECK_THAT(tell({"run", "r.lua"}).err, ContainsSubstring("runbook run --state s r.lua --fresh"));
  const Ran skipped = tell({"skip", "@last", "one", "--reason", "r"});
  CHECK(paste(folder, suggested_in("\n" + skipped.err).at(0)).exit == 0);
}

TEST_CASE("A state folder from the environment is named unless it is found without",
          "[cli][pasting]") {
  const Folder folder;
  folder.write("r.lua", "step('one', function() fail 'no' end)");
  const auto suggested = [&](const std::string& state) {
    const Environment environment = {{"RUNBOOK_STATE", (folder.path() / state).string()}};
    return suggested_in(run_runbook({"run", "r.lua"}, folder.path(), environment).err).at(1);
  };
  CHECK_THAT(suggested("s"), ContainsSubstring("runbook logs --state s "));
  CHECK_THAT(suggested(".runbook"), !ContainsSubstring("--state"));
  const std::string elsewhere = (folder.path() / "s").string();
  const Ran front = run_runbook({}, folder.path(), {{"RUNBOOK_STATE", elsewhere}});
  CHECK_THAT(front.out, ContainsSubstring("runbook status --state s RUN"));
}
