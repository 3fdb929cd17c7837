// recipe{ needs }: what is missing on this machine is said before anything happens.

#include "tests/catch.h"
#include "tests/cli/program.h"

using namespace runbook;
using namespace runbook::test;

namespace {

void add_tool(const Folder& folder, const std::string& name, const std::string& version) {
  namespace fs = std::filesystem;
  fs::permissions(folder.write("bin/" + name, "#!/bin/sh\necho " + name + " " + version + "\n"),
                  fs::perms::owner_all);
}

Environment path_of(const Folder& folder) {
  return {{"PATH", (folder.path() / "bin").string() + ":/usr/bin:/bin"}};
}

constexpr const char* kNeedy =
    "recipe { name = 'needy', needs = { ['test-cluster'] = '>=1.27', ['test-devbox'] = '*' } }\n"
    "local process = require 'process'\n"
    "step('once', function() process.run { 'sh', '-c', 'echo x >> done', idempotent = true } end)\n"
    "step('again', function() process.run { 'test', '-e', 'go', reads = true } end)\n";

}  // namespace

TEST_CASE("A recipe whose needs are not met does not begin, and says all of them", "[cli][needs]") {
  const Folder folder;
  folder.write("r.lua", kNeedy);
  add_tool(folder, "test-cluster", "1.20.0");
  const Ran ran = run_runbook({"run", "r.lua"}, folder.path(), path_of(folder));
  CHECK(ran.exit == 40);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, ContainsSubstring("error RB1401: this recipe needs what"));
  CHECK_THAT(ran.err, ContainsSubstring("test-cluster is 1.20.0, and >=1.27 is needed\n"));
  CHECK_THAT(ran.err, ContainsSubstring("test-devbox is not on PATH\n"));
  CHECK_THAT(ran.err, ContainsSubstring("hint: runbook doctor r.lua looks at all that it needs"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "done"));
  CHECK_THAT(run_runbook({"runs"}, folder.path()).out, !ContainsSubstring("needy"));
}

TEST_CASE("Needs are looked at again on resume", "[cli][needs]") {
  const Folder folder;
  folder.write("r.lua", kNeedy);
  add_tool(folder, "test-cluster", "1.30.0");
  add_tool(folder, "test-devbox", "6.3.12");
  CHECK(run_runbook({"run", "r.lua"}, folder.path(), path_of(folder)).exit == 1);
  add_tool(folder, "test-cluster", "1.26.9");
  const Ran refused = run_runbook({"resume"}, folder.path(), path_of(folder));
  CHECK(refused.exit == 40);
  CHECK_THAT(refused.err, ContainsSubstring("error RB1402: ") &&
                              ContainsSubstring("test-cluster is 1.26.9, and >=1.27 is needed"));
  add_tool(folder, "test-cluster", "1.27.0");
  folder.write("go", "");
  CHECK(run_runbook({"resume"}, folder.path(), path_of(folder)).exit == 0);
  CHECK(folder.read("done") == "x\n");
}
