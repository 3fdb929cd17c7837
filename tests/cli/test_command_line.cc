#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"

using namespace runbook;
using namespace runbook::test;

TEST_CASE("an unknown command is refused with the nearest one", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({"statsu"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err ==
        "error RB0101: there is no command \"statsu\"; did you mean status?\n"
        "hint: runbook --help\n");
}

TEST_CASE("an unknown option is refused with the nearest one", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({"run", "x.lua", "--frehs"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err,
             ContainsSubstring("RB0102: run has no option --frehs; did you mean --fresh?"));
}

TEST_CASE("behind the mark everything is an argument", "[cli]") {
  const Folder folder;
  Script script;
  script.session().begin("-x").ok("-x").begin("--all").ok("--all");
  record_run(folder.path(), "7f3a-lucky-heron", script);
  const auto show = [&](const std::vector<std::string>& arguments) {
    return run_runbook(arguments, folder.path());
  };
  CHECK_THAT(show({"show", "7f3a", "--", "-x"}).out, ContainsSubstring("-x  ok\n"));
  CHECK_THAT(show({"show", "--output", "plain", "--", "7f3a", "--all"}).out,
             ContainsSubstring("--all  ok\n"));
  CHECK(show({"mark", "--reason", "r", "--", "7f3a", "-x", "done"}).exit == 0);
  const Ran unmarked = show({"show", "7f3a", "-x"});
  CHECK(unmarked.exit == 2);
  CHECK_THAT(unmarked.err, ContainsSubstring("show has no option -x"));
  CHECK_THAT(unmarked.err, ContainsSubstring("an argument that begins with - goes behind --"));
  const Ran many = show({"version", "--", "-x"});
  CHECK(many.exit == 2);
  CHECK_THAT(many.err, ContainsSubstring("unexpected argument \"-x\""));
  CHECK_THAT(show({"show", "--help"}).out, ContainsSubstring("goes behind --"));
  CHECK_THAT(show({"man"}).out, ContainsSubstring("begins with \\- goes behind"));
}

TEST_CASE("an option before the command is refused and says where it belongs", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({"--state", "x", "status"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("options come after the command"));
}

TEST_CASE("a missing argument, a missing value and one argument too many are usage errors",
          "[cli]") {
  const Folder folder;
  CHECK(run_runbook({"run"}, folder.path()).exit == 2);
  CHECK(run_runbook({"run", "x.lua", "--timeout"}, folder.path()).exit == 2);
  const Ran ran = run_runbook({"version", "now"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("unexpected argument \"now\""));
}

TEST_CASE("an output format that does not exist is refused", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({"status", "--output", "jsn"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("did you mean json?"));
}

TEST_CASE("help lists every command and the exit codes on stdout", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({"--help"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK(ran.err.empty());
  for (const char* command : {"run", "resume", "status", "logs", "runs", "show", "explain", "mark",
                              "services", "state", "version"}) {
    CHECK_THAT(ran.out, ContainsSubstring(std::string("\n  ") + command + " "));
  }
  CHECK_THAT(ran.out, ContainsSubstring("11 unknown outcome needs a decision"));
}

TEST_CASE("every command explains its options", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({"run", "--help"}, folder.path());
  CHECK(ran.exit == 0);
  for (const char* option : {"--fresh", "--param", "--params-file", "--state", "--output",
                             "--no-input", "--timeout", "--grace", "--rerun", "--accept-new"}) {
    CHECK_THAT(ran.out, ContainsSubstring(option));
  }
}

TEST_CASE("nothing typed shows the help and is a usage error", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({}, folder.path());
  CHECK(ran.exit == 2);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, ContainsSubstring("runbook: resumable recipes"));
}

TEST_CASE("version prints one line", "[cli]") {
  const Folder folder;
  CHECK(run_runbook({"version"}, folder.path()).out == "runbook 0.1.0\n");
  CHECK(run_runbook({"--version"}, folder.path()).out == "runbook 0.1.0\n");
}

TEST_CASE("results that cannot be written are an error", "[cli]") {
  const Folder folder;
  const Ran ran = run_program(
      {"/bin/sh", "-c", std::string(RUNBOOK_BINARY) + " version >/dev/full"}, folder.path());
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("No space left"));
}

TEST_CASE("closed standard streams are no place for a database", "[cli]") {
  const Folder folder;
  const Ran ran = run_program(
      {"/bin/sh", "-c", std::string(RUNBOOK_BINARY) + " version <&- >&- 2>&-"}, folder.path());
  CHECK(ran.exit == 0);
}

TEST_CASE("explain knows what a module adds in Lua, with the classes it names", "[cli]") {
  const Folder folder;
  const Ran chain = run_runbook({"explain", "eth.chain"}, folder.path());
  CHECK(chain.exit == 0);
  CHECK_THAT(chain.out, ContainsSubstring("eth.chain\n\nThe chain that a node serves") &&
                            ContainsSubstring("@field keystore? string") &&
                            ContainsSubstring("function Chain.contract(chain, abi, address)\n"));
  CHECK_THAT(chain.out, !ContainsSubstring("500000000000000000"));
  CHECK_THAT(run_runbook({"explain", "eth"}, folder.path()).out,
             ContainsSubstring("  eth.ether                eth.ether '0.5' is"));
  CHECK_THAT(run_runbook({"explain", "eth.chian"}, folder.path()).err,
             ContainsSubstring("did you mean eth.chain?"));
}

TEST_CASE("explain prints pages of errors and functions offline", "[cli]") {
  const Folder folder;
  const Ran page = run_runbook({"explain", "RB0106"}, folder.path());
  CHECK(page.exit == 0);
  CHECK_THAT(page.out, ContainsSubstring("RB0106"));
  CHECK_THAT(page.out, ContainsSubstring("Exit code: 12"));
  const Ran function = run_runbook({"explain", "process.run"}, folder.path());
  CHECK(function.exit == 0);
  CHECK_THAT(function.out, ContainsSubstring("Options"));
  CHECK_THAT(function.out, ContainsSubstring("RB0612"));
  CHECK_THAT(run_runbook({"explain", "process"}, folder.path()).out,
             ContainsSubstring("process.run"));
  const Ran all = run_runbook({"explain"}, folder.path());
  CHECK_THAT(all.out, ContainsSubstring("RB5001"));
  const Ran unknown = run_runbook({"explain", "proces.run"}, folder.path());
  CHECK(unknown.exit == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("did you mean process.run?"));
}
