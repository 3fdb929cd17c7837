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
  std::filesystem::copy(kExamples / "lib", folder.path() / "examples" / "lib");
  std::filesystem::create_directory_symlink(kExamples / "node_modules",
                                            folder.path() / "examples" / "node_modules");
  std::filesystem::create_directory(folder.path() / "tests");
  std::filesystem::create_directory_symlink(
      std::filesystem::path(SOURCE_FOLDER) / "tests" / "contracts",
      folder.path() / "tests" / "contracts");
}

Ran run_example(const Folder& folder, const std::string& name,
                const std::vector<std::string>& more = {}, const Environment& environment = {},
                int exit = 0) {
  copy_examples(folder);
  std::vector<std::string> arguments = {"run", "examples/" + name};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Ran ran = run_runbook(arguments, folder.path(), environment);
  INFO(ran.err);
  CHECK(ran.exit == exit);
  return ran;
}

/// The rest of what an example tells its reader to type; all of it works.
Ran type(const Folder& folder, const std::vector<std::vector<std::string>>& commands) {
  Ran ran;
  for (const std::vector<std::string>& arguments : commands) {
    ran = run_runbook(arguments, folder.path());
    INFO(arguments.at(0) << "\n" << ran.out << ran.err);
    CHECK(ran.exit == 0);
  }
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

TEST_CASE("example 09 rolls out once it was approved", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(folder, "09_gate.lua", {}, {}, 10);
  CHECK_THAT(ran.err, ContainsSubstring("runbook approve "));
  CHECK_THAT(ran.err, !ContainsSubstring("roll out/a"));
  const Ran resumed =
      type(folder, {{"approve", "@last", "go-live", "--comment", "looks good"}, {"resume"}});
  CHECK_THAT(resumed.out, ContainsSubstring("comment: looks good\nversion: 1.4.0\n"));
  CHECK_THAT(resumed.err, ContainsSubstring("ok          roll out/b"));
}

TEST_CASE("example 10 goes on with the answers", "[examples]") {
  const Folder folder;
  run_example(folder, "10_ask.lua", {}, {}, 10);
  CHECK(run_runbook({"answer", "@last", "where", "region=mars"}, folder.path()).exit == 2);
  const Ran resumed = type(folder, {{"answer", "@last", "where", "region=eu"}, {"resume"}});
  CHECK(resumed.out == "region: eu\nreplicas: 2\n");
  const Ran at_once =
      run_runbook({"run", "examples/10_ask.lua", "--answer", "where.region=us"}, folder.path());
  CHECK(at_once.out == "region: us\nreplicas: 2\n");
}

TEST_CASE("example 11 leaves nothing behind once it is undone", "[examples]") {
  const Folder folder;
  run_example(folder, "11_undo.lua");
  CHECK(folder.read(".runbook/example-11/roles") == "roles\n");
  type(folder, {{"undo", "@last", "--yes"}});
  CHECK_FALSE(std::filesystem::exists(folder.path() / ".runbook/example-11"));
  CHECK_THAT(run_runbook({"runs"}, folder.path()).out, ContainsSubstring(" undone "));
}

TEST_CASE("example 12 reads the size again and keeps the name", "[examples]") {
  const Folder folder;
  folder.write("size.txt", "99\n");
  const Ran ran = run_example(folder, "12_rewind.lua", {}, {}, 1);
  CHECK_THAT(ran.err, ContainsSubstring("99 machines are too many"));
  folder.write("size.txt", "3\n");
  const Ran resumed =
      type(folder, {{"rewind", "@last", "--to", "read the size", "--yes"}, {"resume"}});
  CHECK_THAT(resumed.out, ContainsSubstring("size: 3\n"));
  CHECK_THAT(resumed.err, !ContainsSubstring("running     choose a name"));
}

TEST_CASE("example 13 cleans up when it is cancelled from another terminal", "[examples]") {
  const Folder folder;
  copy_examples(folder);
  const int pid = start_runbook({"run", "examples/13_cancel.lua"}, folder.path());
  CHECK(eventually([&] {
    return folder.read("background.out").find("running     think it over") != std::string::npos;
  }));
  CHECK(folder.read(".runbook/example-13") == "mine");
  type(folder, {{"cancel", "@last", "--reason", "not today"}});
  CHECK(wait_for(pid) == 143);
  CHECK_FALSE(std::filesystem::exists(folder.path() / ".runbook/example-13"));
  CHECK_THAT(run_runbook({"status"}, folder.path()).out, ContainsSubstring("  cancelled\n"));
  CHECK_THAT(folder.read("background.out"), !ContainsSubstring("not cancelled"));
}

TEST_CASE("example 13 cleans up when it is cancelled after Ctrl-C", "[examples]") {
  const Folder folder;
  copy_examples(folder);
  const int pid = start_runbook({"run", "examples/13_cancel.lua"}, folder.path());
  CHECK(eventually([&] {
    return folder.read("background.out").find("running     think it over") != std::string::npos;
  }));
  kill(pid, SIGINT);
  CHECK(wait_for(pid) == 130);
  CHECK(folder.read(".runbook/example-13") == "mine");
  const Ran cancelled = run_runbook({"cancel", "@last", "--reason", "not today"}, folder.path());
  INFO(cancelled.err);
  CHECK_FALSE(std::filesystem::exists(folder.path() / ".runbook/example-13"));
}

TEST_CASE("example 14 goes on with what a person did by hand", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(folder, "14_manual.lua", {}, {}, 10);
  CHECK_THAT(ran.err, ContainsSubstring("Open the console"));
  const Ran resumed =
      type(folder, {{"answer", "@last", "create the organisation", "id=org-1234"}, {"resume"}});
  CHECK(resumed.out == "organisation: org-1234\n");
}

TEST_CASE("example 15 makes and asks for secrets that nothing shows", "[examples]") {
  const Folder folder, answers;
  const std::string file = answers.write("password.txt", "violet-lantern\n").string();
  run_example(folder, "15_made_secrets.lua", {}, {}, 10);
  const Ran resumed =
      type(folder, {{"answer", "@last", "choose a password", "password=@" + file}, {"resume"}});
  CHECK_THAT(resumed.out, ContainsSubstring("id: 7\n"));
  for (const char* value : {"violet-lantern", "t-[0-9]{10}"}) {
    const Ran found = run_program({"grep", "-rEla", value, ".runbook"}, folder.path());
    INFO(found.out);
    CHECK_THAT(found.out, !ContainsSubstring("logs"));
    CHECK_THAT(found.out, !ContainsSubstring("state.db"));
    CHECK_THAT(resumed.out + resumed.err, !ContainsSubstring("violet"));
  }
}

TEST_CASE("example 16 takes its steps from lib", "[examples]") {
  const Folder folder;
  CHECK(run_example(folder, "16_lib.lua").out == "first: eu-1 is fine\nhosts: 2\n");
  CHECK_THAT(run_runbook({"list"}, folder.path()).out, !ContainsSubstring("lib/"));
}

TEST_CASE("example 17 shares an amount exactly", "[examples]") {
  const Folder folder;
  CHECK(run_example(folder, "17_amounts.lua", {"-p", "budget=0.5 ether"}).out ==
        "fee: 630000000000000\nhex: 0x24f5f74d7298aaa\nrest: 2\nshare: 0.166456666666666666 ether\n"
        "tokens: 1500000\n");
  const Ran refused = run_runbook(
      {"run", "examples/17_amounts.lua", "-p", "budget=100000 gwei", "--fresh"}, folder.path());
  CHECK_THAT(refused.err, ContainsSubstring("does not even pay the fee of 0.00063 ether"));
}

TEST_CASE("example 18 deploys a coin and pays the team", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(
      folder, "18_deploy.lua", {},
      {{"DEPLOYER_KEY", "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"}});
  CHECK(ran.out == "coin: 0x5FbDB2315678afecb367f032d93F642f64180aa3\nleft: 995\n");
  CHECK_THAT(run_runbook({"services"}, folder.path()).out, !ContainsSubstring("running"));
}

TEST_CASE("example 19 fills only the account that has too little", "[examples]") {
  const Folder folder;
  const Ran ran = run_example(folder, "19_top_up.lua");
  CHECK(ran.out == "first: false\nsecond: 0.5\n");
  CHECK_THAT(ran.err,
             ContainsSubstring("f00d has 0.4 ether") && ContainsSubstring("cafe has 0.5 ether"));
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
