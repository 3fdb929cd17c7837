// Every example runs and prints what it says it does; each in a folder of its own.

#include <csignal>

#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"

using namespace runbook;
using namespace runbook::test;

namespace {

const std::filesystem::path kExamples = std::filesystem::path(SOURCE_FOLDER) / "examples";

/// A project that has the examples as the repository does.
void copy_examples(const Folder& folder) {
  std::filesystem::create_directories(folder.path() / "examples");
  for (const auto& entry : std::filesystem::directory_iterator(kExamples)) {
    if (entry.path().extension() == ".lua") {
      std::filesystem::copy_file(entry.path(),
                                 folder.path() / "examples" / entry.path().filename());
    }
  }
  std::filesystem::create_directory_symlink(kExamples / "node_modules",
                                            folder.path() / "examples" / "node_modules");
}

Ran run_example(const Folder& folder, const std::string& name,
                const std::vector<std::string>& more = {}, const Environment& environment = {}) {
  copy_examples(folder);
  std::vector<std::string> arguments = {"run", "examples/" + name};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Ran ran = run_runbook(arguments, folder.path(), environment);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  return ran;
}

}  // namespace

TEST_CASE("example 01 greets", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(folder, "01_hello.lua");
  CHECK_THAT(ran.err, ContainsSubstring("hello from Linux"));
  CHECK_THAT(ran.out, ContainsSubstring("kernel: Linux"));
}

TEST_CASE("example 02 shows its parameters", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(folder, "02_params.lua", {"-p", "region=eu", "-p", "replicas=3"},
                              {{"EXAMPLE_WAIT", "90s"}});
  CHECK(ran.out == "plan: 3 replicas in eu on a, b\nwait: 90s\n");
}

TEST_CASE("example 03 runs items and functions side by side", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(folder, "03_each_and_parallel.lua");
  CHECK(ran.out == "badge: ada-8c6976e5\npeople: 3\n");
}

TEST_CASE("example 04 succeeds at the second try", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(folder, "04_retry_and_wait.lua");
  CHECK(ran.out == "bytes: 0\n");
  CHECK_THAT(ran.err, ContainsSubstring("retry       knock twice"));
  CHECK_THAT(ran.err, ContainsSubstring("running     knock twice (attempt 2)"));
}

TEST_CASE("example 05 pays once", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(folder, "05_once_and_probe.lua");
  CHECK(folder.read("ledger.txt") == "pay alice 10\n");
}

TEST_CASE("example 06 stops its service at the end", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(folder, "06_service.lua");
  CHECK(ran.out == "server: server\n");
  const Ran services = run_runbook({"services"}, folder.path());
  CHECK_THAT(services.out + services.err, !ContainsSubstring("running"));
}

TEST_CASE("example 07 never shows its secret", "[examples]") {
  const Folder folder;
  const Ran ran =
      run_example(folder, "07_secrets.lua", {}, {{"EXAMPLE_TOKEN", "violet-lantern-garden"}});
  CHECK_THAT(ran.err, ContainsSubstring("length 21"));
  CHECK_THAT(ran.out + ran.err, !ContainsSubstring("violet-lantern"));
  const Ran found = run_program({"grep", "-r", "violet-lantern", "."}, folder.path());
  CHECK(found.exit == 1);
}

TEST_CASE("example 08 counts its runs in the project's state", "[examples]") {
  const Folder folder;
  CHECK(run_example(folder, "08_finally_and_state.lua").out == "count: 1\n");
  CHECK(run_runbook({"run", "examples/08_finally_and_state.lua"}, folder.path()).out ==
        "count: 2\n");
  CHECK(run_runbook({"state", "examples/count"}, folder.path()).out == "2\n");
  CHECK_FALSE(std::filesystem::exists(folder.path() / ".runbook/example-08.json"));
}

TEST_CASE("the quickstart funds six accounts", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(folder, "quickstart.lua");
  CHECK(ran.out == "chain: 0x7a69\nfunded: 6\n");
  const Json balances = parse_json(folder.read(".runbook/balances.json"), "balances.json");
  REQUIRE(balances.size() == 6);
  for (const Json& balance : balances) {
    CHECK(balance == "0x8ac7230489e80000");
  }
  CHECK_THAT(run_runbook({"services"}, folder.path()).out, !ContainsSubstring("running"));
}

TEST_CASE("the quickstart killed while it funds is resumed, and nobody is funded twice",
          "[examples]") {
  const Folder folder;
  copy_examples(folder);
  const int pid = start_runbook({"run", "examples/quickstart.lua"}, folder.path());
  CHECK(eventually([&] {
    return folder.read("background.out").find("running     confirm/") != std::string::npos;
  }));
  kill(pid, SIGKILL);
  wait_for(pid);
  const Ran status = run_runbook({"status"}, folder.path());
  CHECK_THAT(status.out, ContainsSubstring("interrupted"));
  CHECK_THAT(status.out, ContainsSubstring("anvil  running"));
  const Ran resumed = run_runbook({"resume"}, folder.path());
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  const Json balances = parse_json(folder.read(".runbook/balances.json"), "balances.json");
  REQUIRE(balances.size() == 6);
  for (const Json& balance : balances) {
    CHECK(balance == "0x8ac7230489e80000");
  }
}
