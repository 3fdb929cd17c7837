// A name that was mistyped is answered with the one that was meant, whatever kind of name it is.

#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// Refused with exit 2 (3 for a recipe file), and the suggestion.
void check_suggestion(const std::vector<std::string>& arguments, const std::string& suggestion) {
  const Folder folder;
  write_project(folder.path());
  const Ran ran = run_runbook(arguments, folder.path());
  INFO(arguments.at(0) << " " << ran.out << ran.err);
  CHECK((ran.exit == 2 || ran.exit == 3));
  CHECK_THAT(ran.err, ContainsSubstring("did you mean " + suggestion + "?"));
}

}  // namespace

TEST_CASE("A mistyped or half typed command is suggested", "[cli][names]") {
  check_suggestion({"resmue"}, "resume");
  check_suggestion({"expl"}, "explain");
  check_suggestion({"help", "statsu"}, "status");
}

TEST_CASE("A mistyped option, format or choice is suggested", "[cli][names]") {
  check_suggestion({"runs", "--faild"}, "--failed");
  check_suggestion({"status", "--output", "jsn"}, "json");
  check_suggestion({"completion", "basch"}, "bash");
  check_suggestion({"mark", "7f3a", "prepare", "doen", "--reason", "r"}, "done");
}

TEST_CASE("A mistyped run is suggested, also one with an at sign", "[cli][names]") {
  check_suggestion({"status", "7f3a-lucky-hern"}, "7f3a-lucky-heron");
  check_suggestion({"resume", "@lst"}, "@last");
  check_suggestion({"logs", "@faild"}, "@failed");
}

TEST_CASE("A mistyped step is suggested, ready to be typed", "[cli][names]") {
  check_suggestion({"show", "7f3a", "perpare"}, "prepare");
  check_suggestion({"logs", "7f3a", "rol out/eu"}, "'roll out/eu'");
  check_suggestion({"mark", "7f3a", "perpare", "done", "--reason", "r"}, "prepare");
}

TEST_CASE("A half typed step is meant by commands that look, and only suggested by those that act",
          "[cli][names]") {
  const Folder folder;
  write_project(folder.path());
  CHECK_THAT(run_runbook({"show", "7f3a", "pre"}, folder.path()).out,
             ContainsSubstring("prepare  ok\n"));
  check_suggestion({"mark", "7f3a", "pre", "done", "--reason", "r"}, "prepare");
  const Ran both = run_runbook({"show", "7f3a", "roll out"}, folder.path());
  CHECK(both.exit == 0);
  CHECK_THAT(both.out, ContainsSubstring("roll out/eu  interrupted\n"));
  CHECK_THAT(both.out, ContainsSubstring("\nroll out/us  interrupted\n"));
}

TEST_CASE("A mistyped recipe is suggested, where it is run, shown or filtered by", "[cli][names]") {
  const Folder folder;
  write_project(folder.path());
  const Ran run = run_runbook({"run", "deplyo"}, folder.path());
  CHECK(run.exit == 3);
  CHECK_THAT(run.err, ContainsSubstring("did you mean \"deploy.lua\"?"));
  check_suggestion({"show", "recipes/deplyo.lua"}, "recipes/deploy.lua");
  check_suggestion({"show", "deplyo"}, "deploy");
  folder.write("sites/publish.lua", "step('a', function() end)\n");
  for (const char* command : {"run", "show"}) {
    const Ran elsewhere = run_runbook({command, "publish"}, folder.path());
    CHECK_THAT(elsewhere.err, ContainsSubstring("sites/publish.lua"));
    CHECK_THAT(elsewhere.err, ContainsSubstring("did you mean"));
  }
  check_suggestion({"runs", "--recipe", "deplyo"}, "deploy");
  check_suggestion({"runs", "--recipe", "dep"}, "deploy");
}

TEST_CASE("show without a run or recipe of that name says where to look", "[cli][names]") {
  const Folder folder;
  write_project(folder.path());
  const Ran ran = run_runbook({"show", "something else"}, folder.path());
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("runbook runs and runbook list show what there is"));
}

TEST_CASE("help COMMAND is the help of that command", "[cli]") {
  const Folder folder;
  const Ran ran = run_runbook({"help", "runs"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK(ran.out == run_runbook({"runs", "--help"}, folder.path()).out);
}
