// approve, deny and answer, without a driver: the command appends the answer itself.

#include <signal.h>
#include <sys/wait.h>

#include "engine/base/file.h"
#include "engine/base/identity.h"
#include "engine/base/json.h"
#include "engine/base/secret.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"
#include "tests/terminal.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// A run whose session ended with exit 10 at a question.
Script asking(const std::string& step, Kind kind, const event::GateOpened& asked) {
  Script script;
  script.session().begin(step, 1, kind);
  script.add(asked, step, 1);
  script.add(event::StepWaiting{.why = "a person", .until = asked.expires}, step, 1);
  return script.end(RunPhase::waiting, 10);
}

Script at_gate(std::vector<std::string> by = {}, Timestamp expires = 0) {
  event::GateOpened asked;
  asked.digest = "8e1f";
  asked.by = std::move(by);
  asked.expires = expires;
  return asking("go-live", Kind::gate, asked);
}

Script at_question(Json fields) {
  event::GateOpened asked;
  asked.text = "Where shall it run?";
  asked.digest = "8e1f";
  asked.fields = std::move(fields);
  return asking("where", Kind::ask, asked);
}

const Json kFields = {{"region", {{"type", "enum"}, {"values", {"eu-west", "us-east"}}}},
                      {"password", {{"type", "secret"}}}};

Ran run(const Folder& folder, const std::vector<std::string>& arguments) {
  return run_runbook(arguments, folder.path());
}

Folder& recorded(Folder& folder, const Script& script) {
  record_run(folder.path(), "7f3a-lucky-heron", script);
  return folder;
}

std::string events_of(const Folder& folder) {
  return run(folder, {"show", "7f3a", "--output", "json"}).out;
}

/// `runbook answer` of the question, for a terminal.
std::vector<std::string> answering(const Folder& folder) {
  return {"/bin/sh", "-c",
          "unset CI; cd '" + folder.path().string() +
              "' && exec '" RUNBOOK_BINARY "' answer 7f3a where"};
}

}  // namespace

TEST_CASE("approve records who said yes, and what to type next", "[answers]") {
  Folder folder;
  recorded(folder, at_gate());
  const Ran ran = run(folder, {"approve", "7f3a", "go-live", "--comment", "looks good"});
  CHECK(ran.exit == 0);
  CHECK(ran.err == "Approved go-live.\nNext:  runbook resume 7f3a-lucky-heron\n");
  const std::string events = events_of(folder);
  CHECK_THAT(events, ContainsSubstring(R"("verdict":"approved","actor":")" + actor_name()));
  CHECK_THAT(events, ContainsSubstring(R"("comment":"looks good")"));
}

TEST_CASE("Whoever answers second is told who was first", "[answers]") {
  Folder folder;
  recorded(folder, at_gate());
  CHECK(run(folder, {"deny", "7f3a", "go-live"}).exit == 0);
  const Ran late = run(folder, {"approve", "7f3a", "go-live"});
  CHECK(late.exit == 2);
  CHECK_THAT(late.err, ContainsSubstring("RB0115"));
  CHECK_THAT(late.err, ContainsSubstring("go-live was denied by " + actor_name()));
  CHECK_THAT(events_of(folder), !ContainsSubstring("approved"));
}

TEST_CASE("An expired gate and a stranger are refused", "[answers]") {
  Folder folder;
  recorded(folder, at_gate({}, Script::kStart + 1));
  const Ran late = run(folder, {"approve", "7f3a", "go-live"});
  CHECK(late.exit == 1);
  CHECK_THAT(late.err, ContainsSubstring("RB1219"));
  CHECK_THAT(late.err, ContainsSubstring("runbook resume 7f3a-lucky-heron"));
}

TEST_CASE("A gate is for the accounts and groups it names, whatever the environment says",
          "[answers]") {
  Folder folder;
  recorded(folder, at_gate({"carol", "@nobody-has-this-group"}));
  const std::vector<std::vector<std::string>> ways = {
      {"approve", "7f3a", "go-live"},
      {"deny", "7f3a", "go-live"},
      {"mark", "7f3a", "go-live", "done", "--reason", "r"},
      {"mark", "7f3a", "go-live", "failed", "--reason", "r"},
      {"skip", "7f3a", "go-live", "--reason", "r"}};
  for (const std::vector<std::string>& way : ways) {
    const Ran stranger = run_runbook(way, folder.path(), {{"USER", "carol"}, {"LOGNAME", "carol"}});
    INFO(way.front());
    CHECK(stranger.exit == 30);
    CHECK_THAT(stranger.err, ContainsSubstring("RB0117"));
    CHECK_THAT(stranger.err, ContainsSubstring("carol, @nobody-has-this-group, and " + user_name() +
                                               " is none of them"));
  }
  Folder other;
  recorded(other, at_gate({user_name()}));
  CHECK(run(other, {"approve", "7f3a", "go-live"}).exit == 0);
}

TEST_CASE("A group of the user may answer", "[answers]") {
  Folder folder;
  recorded(folder, at_gate({"@" + group_names().front()}));
  CHECK(run(folder, {"approve", "7f3a", "go-live"}).exit == 0);
}

TEST_CASE("answer takes fields as field=value, or from a file", "[answers]") {
  Folder folder;
  recorded(folder, at_question(kFields));
  folder.write("password", "hunter2-hunter2\n");
  const Ran ran = run(folder, {"answer", "7f3a", "where", "region=eu-west", "password=@password"});
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("Answered where."));
  const std::string events = events_of(folder);
  CHECK_THAT(events, ContainsSubstring(R"("region":"eu-west")"));
  CHECK_THAT(events, ContainsSubstring(R"({"$secret":"where.password"})"));
  CHECK_THAT(events, !ContainsSubstring("hunter2"));
  const auto secrets =
      read_secret_file((folder.path() / ".runbook/runs/7f3a-lucky-heron/secrets.json").string());
  CHECK(secrets.at("where.password") == "hunter2-hunter2");
}

TEST_CASE("answer names the fields that are missing, unknown or wrong, and records nothing",
          "[answers]") {
  Folder folder;
  recorded(folder, at_question(kFields));
  const Ran ran = run(folder, {"answer", "7f3a", "where", "region=mars", "colour=red"});
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("RB0116"));
  CHECK_THAT(ran.err, ContainsSubstring("region must be one of eu-west, us-east, not \"mars\""));
  CHECK_THAT(ran.err, ContainsSubstring("colour is not asked for"));
  CHECK_THAT(ran.err, ContainsSubstring("password is missing"));
  CHECK_THAT(events_of(folder), !ContainsSubstring("answer.recorded"));
  CHECK(run(folder, {"answer", "7f3a", "where", "region"}).exit == 2);
  CHECK_THAT(run(folder, {"approve", "7f3a", "where"}).err, ContainsSubstring("RB0114"));
}

TEST_CASE("show tells what is asked, of whom, and who answered", "[answers]") {
  Folder folder;
  recorded(folder, at_gate({user_name(), "@sre"}));
  CHECK_THAT(run(folder, {"show", "7f3a", "go-live"}).out,
             ContainsSubstring(user_name() + ", @sre"));
  CHECK(run(folder, {"approve", "7f3a", "go-live", "--comment", "fine"}).exit == 0);
  const std::string answered = run(folder, {"show", "7f3a", "go-live"}).out;
  CHECK_THAT(answered, ContainsSubstring("approved"));
  CHECK_THAT(answered, ContainsSubstring("by " + actor_name()));
  CHECK_THAT(answered, ContainsSubstring("fine"));
  Folder other;
  recorded(other, at_question(kFields));
  CHECK_THAT(run(other, {"show", "7f3a", "where"}).out,
             ContainsSubstring("region (eu-west, us-east)"));
}

TEST_CASE("On a terminal answer asks field by field, and does not show what is secret",
          "[answers]") {
  Folder folder;
  recorded(folder, at_question(kFields));
  TerminalProgram program(answering(folder));
  REQUIRE(program.shows("Where shall it run?"));
  REQUIRE(program.shows("password (secret): "));
  program.type("hunter2-hunter2\n");
  REQUIRE(program.shows("region (eu-west, us-east): "));
  program.type("mars\n");
  REQUIRE(program.shows("region must be one of"));
  REQUIRE(program.shows("region (eu-west, us-east): "));
  program.type("us-east\n");
  REQUIRE(program.shows("Answered where."));
  CHECK(WEXITSTATUS(program.wait()) == 0);
  CHECK_THAT(program.screen(), !ContainsSubstring("hunter2"));
  CHECK_THAT(events_of(folder), ContainsSubstring(R"("region":"us-east")"));
}

TEST_CASE("Ctrl-C at a secret leaves the terminal as it was, and the question open", "[answers]") {
  Folder folder;
  recorded(folder, at_question(kFields));
  TerminalProgram program(answering(folder));
  REQUIRE(program.shows("password (secret): "));
  REQUIRE(eventually([&] { return !program.echoes(); }));
  program.press_control('c');
  CHECK(WTERMSIG(program.wait()) == SIGINT);
  CHECK(program.echoes());
  CHECK_THAT(events_of(folder), !ContainsSubstring("answer.recorded"));
}

TEST_CASE("skip leaves a step out that has begun or not, with a reason", "[answers]") {
  Folder folder;
  recorded(folder, at_gate());
  const Ran gate = run(
      folder, {"skip", "7f3a", "go-live", "--reason", "no launch today", "--result", "\"later\""});
  CHECK(gate.exit == 0);
  CHECK_THAT(gate.err, ContainsSubstring("Skipped go-live."));
  const Ran later = run(folder, {"skip", "7f3a", "announce", "--reason", "no launch today"});
  CHECK(later.exit == 0);
  CHECK_THAT(later.err, ContainsSubstring("has not begun"));
  CHECK(run(folder, {"skip", "7f3a", "go-live"}).exit == 2);
  const Json steps =
      parse_json(run(folder, {"status", "--output", "json"}).out, "status").at("steps");
  CHECK(steps.at(0).at("state") == "skipped");
  CHECK(steps.at(0).at("result") == "later");
  CHECK(steps.at(1).at("state") == "skipped");
  CHECK_THAT(run(folder, {"approve", "7f3a", "go-live"}).err, ContainsSubstring("RB0114"));
}
