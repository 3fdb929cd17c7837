// doctor: what it finds, and that it finds it all.

#include <unistd.h>

#include <sqlite3.h>

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"

using namespace runbook;
using namespace runbook::test;
namespace fs = std::filesystem;

namespace {

void record_two(const Folder& folder) {
  Script script;
  script.session().begin("prepare").ok("prepare", 1);
  record_run(folder.path(), "7f3a-lucky-heron", script);
  record_run(folder.path(), "9b22-calm-otter", script.end(RunPhase::ok, 0));
}

Ran doctor(const Folder& folder) {
  const Ran ran = run_runbook({"doctor"}, folder.path());
  INFO(ran.out);
  CHECK(ran.err.empty());
  return ran;
}

/// As another user, if we are root: root may read everything.
Ran as_nobody(const Folder& folder, const std::vector<std::string>& arguments) {
  std::vector<std::string> argv = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                   RUNBOOK_BINARY};
  if (getuid() != 0) {
    argv = {RUNBOOK_BINARY};
  }
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run_program(argv, folder.path());
}

}  // namespace

TEST_CASE("doctor says that all is well and what it looked at", "[cli][doctor]") {
  const Folder folder;
  record_two(folder);
  const Ran ran = doctor(folder);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("ok     folder     " + folder.path().string()));
  CHECK_THAT(ran.out, ContainsSubstring("ok     store      2 runs, can be read and written\n"));
  CHECK_THAT(ran.out, ContainsSubstring("ok     journals   9 events, no chain is broken\n"));
  CHECK_THAT(ran.out, ContainsSubstring(" free for "));
  CHECK_THAT(ran.out, ContainsSubstring("runbook 0.1.0, SQLite 3."));
  CHECK_THAT(ran.out, ContainsSubstring("LuaJIT 2.1"));
  CHECK_THAT(ran.out, ContainsSubstring("libcurl "));
  CHECK_THAT(ran.out, ContainsSubstring("ok     terminal   none"));
  CHECK_THAT(ran.out, ContainsSubstring("\nall is well\n"));
}

TEST_CASE("doctor before the first run remarks that there is no store, and makes none",
          "[cli][doctor]") {
  const Folder folder;
  const Ran ran = doctor(folder);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("does not exist yet: the first run makes it"));
  CHECK_FALSE(fs::exists(folder.path() / ".runbook"));
}

TEST_CASE("doctor names the run and the event where a journal is damaged", "[cli][doctor]") {
  const Folder folder;
  record_two(folder);
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder.path() / ".runbook/state.db").c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database,
                     "UPDATE event SET payload = '2' WHERE payload = '1' AND id < (2 << 40)",
                     nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  const Ran ran = doctor(folder);
  CHECK(ran.exit == 40);
  CHECK_THAT(ran.out, ContainsSubstring("WRONG  journal    RB5004"));
  CHECK_THAT(ran.out, ContainsSubstring("7f3a-lucky-heron"));
  CHECK_THAT(ran.out, !ContainsSubstring("9b22"));
  CHECK_THAT(ran.out, ContainsSubstring("-> restore state.db from a backup"));
  CHECK_THAT(ran.out, ContainsSubstring("\n1 problem\n"));
}

TEST_CASE("doctor goes on where the store is no database", "[cli][doctor]") {
  const Folder folder;
  folder.write(".runbook/state.db", std::string(4096, 'x'));
  fs::permissions(folder.path() / ".runbook", fs::perms::owner_all);
  const Ran ran = doctor(folder);
  CHECK(ran.exit == 40);
  CHECK_THAT(ran.out, ContainsSubstring("WRONG  store      RB5"));
  CHECK_THAT(ran.out, ContainsSubstring("libraries"));
}

TEST_CASE("doctor says who holds a lock", "[cli][doctor]") {
  const Folder folder;
  record_two(folder);
  const FileLock lock = FileLock::try_acquire(folder.path() / ".runbook/runs/7f3a-lucky-heron/lock",
                                              "alice@ops-1, pid 4121");
  REQUIRE(lock.held());
  const Ran ran = doctor(folder);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("note   lock       run 7f3a-lucky-heron is driven by pid " +
                                        std::to_string(getpid()) + " (alice@ops-1, pid 4121)"));
}

TEST_CASE("doctor remarks a state folder that others may read", "[cli][doctor]") {
  const Folder folder;
  record_two(folder);
  fs::permissions(folder.path() / ".runbook", fs::perms(0755));
  const Ran ran = doctor(folder);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("note   folder     "));
  CHECK_THAT(ran.out, ContainsSubstring("-> chmod 700 "));
}

TEST_CASE("doctor finds a state folder that cannot be read, and says whose it is",
          "[cli][doctor]") {
  const Folder folder;
  record_two(folder);
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(folder.path() / ".runbook", getuid() == 0 ? fs::perms(0700) : fs::perms(0000));
  const Ran ran = as_nobody(folder, {"doctor"});
  fs::permissions(folder.path() / ".runbook", fs::perms(0700));
  INFO(ran.out << ran.err);
  CHECK(ran.exit == 40);
  CHECK_THAT(ran.out, ContainsSubstring("WRONG  folder     "));
  CHECK_THAT(ran.out, ContainsSubstring(getuid() == 0 ? "belongs to user 0" : "cannot be read"));
}

TEST_CASE("What needs a state folder that cannot be looked into says so", "[cli][doctor]") {
  const Folder folder;
  record_two(folder);
  folder.write("r.lua", "step('a', function() end)");
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(folder.path() / ".runbook", getuid() == 0 ? fs::perms(0700) : fs::perms(0000));
  const std::vector<std::vector<std::string>> commands = {
      {}, {"status"}, {"runs"}, {"resume"}, {"run", "r.lua"}, {"show", "x"}};
  for (const std::vector<std::string>& command : commands) {
    const Ran ran = as_nobody(folder, command);
    INFO((command.empty() ? "" : command.front()) << "\n" << ran.out << ran.err);
    CHECK(ran.exit == 50);
    CHECK_THAT(ran.err, ContainsSubstring("RB5002: cannot look into"));
    CHECK_THAT(ran.err, ContainsSubstring("Permission denied\nhint: runbook doctor"));
  }
  CHECK_THAT(as_nobody(folder, {"doctor"}).out, !ContainsSubstring("none yet"));
  fs::permissions(folder.path() / ".runbook", fs::perms(0700));
}

TEST_CASE("doctor remarks that HTTP needs libcurl", "[cli][doctor]") {
  const Folder library, folder;
  library.write("libcurl.so.4", "no library");
  const Ran ran =
      run_runbook({"doctor"}, folder.path(), {{"LD_LIBRARY_PATH", library.path().string()}});
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("note   libraries  RB0708"));
}

TEST_CASE("doctor as JSON has a state for each check", "[cli][doctor]") {
  const Folder folder;
  record_two(folder);
  const Ran ran = run_runbook({"doctor", "--output", "json"}, folder.path());
  const Json json = parse_json(ran.out, "doctor");
  CHECK(json.at("v") == 1);
  CHECK(json.at("ok") == true);
  CHECK(json.at("checks").size() >= 6);
  for (const Json& check : json.at("checks")) {
    CHECK((check.at("state") == "ok" || check.at("state") == "note"));
    CHECK_FALSE(check.at("text").get<std::string>().empty());
  }
}
