// runs and its filters.

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"

using namespace runbook;
using namespace runbook::test;

namespace {

Script ended(RunPhase phase, int exit) {
  Script script;
  script.session().begin("a").end(phase, exit);
  return script;
}

/// One run in each state; the one of the lock is driven by this process.
class Runs {
 public:
  Runs() {
    record_run(folder_.path(), "1111-failed", ended(RunPhase::failed, 1));
    record_run(folder_.path(), "2222-waiting", ended(RunPhase::waiting, 10));
    record_run(folder_.path(), "3333-unknown", ended(RunPhase::unknown, 11));
    Script driven;
    driven.session().begin("a");
    record_run(folder_.path(), "4444-driven", driven);
    record_run(folder_.path(), "5555-killed", driven);
    lock_ = FileLock::try_acquire(folder_.path() / ".runbook/runs/4444-driven/lock", "a test");
  }
  /// The first words of the lines that `runs` prints.
  std::string ids(std::vector<std::string> options) const {
    options.insert(options.begin(), "runs");
    const Ran ran = run_runbook(options, folder_.path());
    CHECK(ran.exit == 0);
    std::string ids;
    for (std::size_t at = 0; at < ran.out.size(); at = ran.out.find('\n', at) + 1) {
      ids += ran.out.substr(at, 4) + " ";
    }
    return ids;
  }
  const Folder& folder() const { return folder_; }

 private:
  Folder folder_;
  FileLock lock_ = FileLock::try_acquire(folder_.write("other", ""), "a test");
};

}  // namespace

TEST_CASE("runs shows only the states that were asked for", "[cli]") {
  const Runs runs;
  CHECK(runs.ids({}) == "5555 4444 3333 2222 1111 ");
  CHECK(runs.ids({"--failed"}) == "1111 ");
  CHECK(runs.ids({"--waiting"}) == "2222 ");
  CHECK(runs.ids({"--unknown"}) == "3333 ");
  CHECK(runs.ids({"--running"}) == "4444 ");
  CHECK(runs.ids({"--failed", "--unknown"}) == "3333 1111 ");
}

TEST_CASE("runs of a recipe are found by its file, its short name and its header's name", "[cli]") {
  const Runs runs;
  for (const char* name : {"recipes/deploy.lua", "deploy.lua", "deploy"}) {
    CHECK(runs.ids({"--recipe", name, "--failed"}) == "1111 ");
  }
  const Ran wrong = run_runbook({"runs", "--recipe", "deplyo"}, runs.folder().path());
  CHECK(wrong.exit == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("did you mean deploy?"));
}

TEST_CASE("runs of the last days are those that moved in that time", "[cli]") {
  const Runs runs;
  CHECK(runs.ids({"--since", "3000d"}).size() == 25);
  CHECK(runs.ids({"--since", "1ms"}).empty());
  CHECK(run_runbook({"runs", "--since", "yesterday"}, runs.folder().path()).exit == 2);
}

TEST_CASE("runs that are filtered are versioned JSON too, and no run is an empty list", "[cli]") {
  const Runs runs;
  const auto json_of = [&](const char* filter) {
    const Ran ran = run_runbook({"runs", filter, "--output", "json"}, runs.folder().path());
    return parse_json(ran.out, "runs");
  };
  const Json failed = json_of("--failed");
  REQUIRE(failed.size() == 1);
  CHECK(failed.at(0).at("v") == 1);
  CHECK(failed.at(0).at("run") == "1111-failed");
  CHECK(failed.at(0).at("exit") == 1);
  const Ran none =
      run_runbook({"runs", "--since", "1ms", "--output", "json"}, runs.folder().path());
  CHECK(none.out == "[]\n");
}
