// logs -f on runs that another process drives.

#include <algorithm>
#include <sstream>

#include "tests/catch.h"
#include "tests/cli/program.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// Prints, fails once when told to go on, prints again, and ends when told.
constexpr std::string_view kRetries = R"(
local process = require 'process'
step('first', function() process.run { 'echo', 'begun', idempotent = true } end)
step('knock', { retry = { attempts = 2, initial = '1ms', on = { 'RB0612' } } }, function()
  process.run { 'sh', '-c', [[
    echo "attempt"; until test -e go; do sleep 0.01; done
    if test -e again; then echo "second time"; until test -e finish; do sleep 0.01; done; exit 0; fi
    touch again; echo "no" >&2; exit 1]], idempotent = true }
end)
step('last', function() process.run { 'echo', 'over', idempotent = true } end)
)";

bool has_printed(const Folder& streams, const std::string& text) {
  return eventually([&] { return streams.read("background.out").find(text) != std::string::npos; });
}

/// The log without the times.
std::string lines_of(const Folder& streams) {
  std::string text;
  std::istringstream lines(streams.read("background.out"));
  for (std::string line; std::getline(lines, line);) {
    text +=
        (line.starts_with("==") ? line : line.substr(std::min(line.find(' ') + 1, line.size()))) +
        "\n";
  }
  return text;
}

/// A project whose run is driven in the background.
struct Driven {
  explicit Driven(std::string_view recipe) {
    folder.write("r.lua", std::string(recipe));
    driver = start_runbook({"run", "r.lua"}, folder.path());
    CHECK(eventually([&] {
      return folder.read("background.out").find("running     knock") != std::string::npos;
    }));
  }
  Folder folder;
  int driver = 0;
};

}  // namespace

TEST_CASE("logs -f prints a step's attempts as they are written, until the session ends", "[cli]") {
  const Driven run(kRetries);
  const Folder streams;
  const std::string state = (run.folder.path() / ".runbook").string();
  const int pid = start_runbook({"logs", "-f", "knock", "--state", state}, streams.path());
  CHECK(has_printed(streams, "attempt"));
  run.folder.write("go", "");
  CHECK(has_printed(streams, "second time"));
  run.folder.write("finish", "");
  CHECK(wait_for(pid) == 0);
  CHECK(wait_for(run.driver) == 0);
  CHECK(lines_of(streams) ==
        "== knock (attempt 1)\n"
        "out attempt\n"
        "err no\n"
        "== knock (attempt 2)\n"
        "out attempt\n"
        "out second time\n");
}

TEST_CASE("logs -f of a whole run begins with what there is and goes on with every step", "[cli]") {
  const Driven run(kRetries);
  const Folder streams;
  const std::string state = (run.folder.path() / ".runbook").string();
  const int pid = start_runbook({"logs", "--follow", "--state", state}, streams.path());
  CHECK(has_printed(streams, "begun"));
  run.folder.write("go", "");
  run.folder.write("finish", "");
  CHECK(wait_for(pid) == 0);
  CHECK(wait_for(run.driver) == 0);
  const std::string lines = lines_of(streams);
  CHECK_THAT(lines, ContainsSubstring("== first (attempt 1)\nout begun\n== knock (attempt 1)\n"));
  CHECK_THAT(lines, ContainsSubstring("out second time\n== last (attempt 1)\nout over\n"));
}

TEST_CASE("logs -f waits for a step that has not begun, and refuses it once it cannot", "[cli]") {
  const Driven run(kRetries);
  const Folder streams, others;
  const std::string state = (run.folder.path() / ".runbook").string();
  const int pid = start_runbook({"logs", "-f", "last", "--state", state}, streams.path());
  const int wrong = start_runbook({"logs", "-f", "lsat", "--state", state}, others.path());
  CHECK(has_printed(streams, "last has not begun yet"));
  CHECK(has_printed(others, "lsat has not begun yet"));
  run.folder.write("go", "");
  run.folder.write("finish", "");
  CHECK(wait_for(pid) == 0);
  CHECK(wait_for(wrong) == 2);
  CHECK(wait_for(run.driver) == 0);
  CHECK_THAT(streams.read("background.out"), ContainsSubstring("out over"));
  CHECK_THAT(others.read("background.out"), ContainsSubstring("did you mean last?"));
}

TEST_CASE("logs -f of a run that nobody drives prints what there is and ends", "[cli]") {
  const Driven run(kRetries);
  run.folder.write("go", "");
  run.folder.write("finish", "");
  CHECK(wait_for(run.driver) == 0);
  const Ran ran = run_runbook({"logs", "-f", "@last", "fir"}, run.folder.path());
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("== first (attempt 1)\n"));
  CHECK_THAT(ran.out, !ContainsSubstring("== knock"));
}
