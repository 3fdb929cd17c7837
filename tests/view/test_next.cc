#include "engine/view/next_commands.h"
#include "tests/catch.h"
#include "tests/view/script.h"

using namespace runbook;

TEST_CASE("a session without an end that nobody drives is interrupted", "[view]") {
  Script script;
  script.session().begin("one");
  const RunState state = script.state();
  CHECK(phase_now(state, true) == RunPhase::running);
  CHECK(phase_now(state, false) == RunPhase::interrupted);
  CHECK(step_state_now(state.steps.front(), false) == State::interrupted);
  CHECK(step_state_now(state.steps.front(), true) == State::running);
  CHECK_THAT(why_not_moving(state, RunPhase::interrupted, 0, script.now()),
             ContainsSubstring("pid 4121 on ops-1"));
  CHECK(next_commands(state, "7f3a-lucky-heron", RunPhase::interrupted) ==
        std::vector<std::string>{"runbook resume 7f3a-lucky-heron"});
}

TEST_CASE("a driven run says what it is doing and offers nothing", "[view]") {
  Script script;
  script.session().begin("one");
  const RunState state = script.state();
  CHECK(next_commands(state, "7f3a", RunPhase::running).empty());
  const std::string why = why_not_moving(state, RunPhase::running, 99, script.now());
  CHECK_THAT(why, ContainsSubstring("pid 99"));
  CHECK_THAT(why, ContainsSubstring("one since"));
}

TEST_CASE("a failed run names the step, the reason and how to go on", "[view]") {
  Script script;
  const Error error = command_failure("roll out");
  script.session()
      .begin("roll out")
      .fail("roll out", error)
      .end(RunPhase::failed, 1, error.to_json());
  const RunState state = script.state();
  CHECK(why_not_moving(state, RunPhase::failed, 0, script.now()) ==
        "roll out: RB0612 kubectl exited with 1");
  const std::vector<std::string> commands = next_commands(state, "7f3a", RunPhase::failed);
  REQUIRE(commands.size() == 5);
  CHECK(commands[0] == "runbook resume 7f3a");
  CHECK(commands[1] == "runbook logs 7f3a 'roll out'");
  CHECK(commands[3] == "runbook mark 7f3a 'roll out' done --reason '...'");
  CHECK(commands[4] == "runbook skip 7f3a 'roll out' --reason '...'");
}

TEST_CASE("an unknown outcome is settled by mark or rerun", "[view]") {
  Script script;
  Error error(Code::outcome_unknown, "process.run may have happened");
  error.path = "pay";
  script.session().begin("pay").fail("pay", error, 1, State::unknown);
  script.end(RunPhase::unknown, 11, error.to_json());
  const std::vector<std::string> commands =
      next_commands(script.state(), "7f3a", RunPhase::unknown);
  REQUIRE(commands.size() == 4);
  CHECK(commands[1] == "runbook mark 7f3a pay done --reason '...'");
  CHECK(commands[3] == "runbook resume 7f3a --rerun pay");
}

TEST_CASE("a step whose name begins with a dash is named behind the mark", "[view]") {
  Script script;
  Error error(Code::outcome_unknown, "process.run may have happened");
  error.path = "-pay";
  script.session().begin("-pay").fail("-pay", error, 1, State::unknown);
  script.end(RunPhase::unknown, 11, error.to_json());
  CHECK(next_commands(script.state(), "7f3a", RunPhase::unknown) ==
        std::vector<std::string>{
            "runbook show -- 7f3a -pay", "runbook mark --reason '...' -- 7f3a -pay done",
            "runbook mark --reason '...' -- 7f3a -pay failed", "runbook resume 7f3a --rerun -pay"});
}

TEST_CASE("a waiting run says how to answer", "[view]") {
  Script script;
  event::GateOpened gate;
  event::GateOpened question;
  question.fields = Json{{"region", {{"type", "string"}}}, {"size", {{"type", "integer"}}}};
  script.session().begin("go live", 1, Kind::gate).add(gate, "go live", 1);
  script.add(event::StepWaiting{"an approval", 0}, "go live", 1);
  script.begin("where", 1, Kind::ask).add(question, "where", 1);
  script.add(event::StepWaiting{"an answer", 0}, "where", 1).end(RunPhase::waiting, 10);
  CHECK(next_commands(script.state(), "7f3a", RunPhase::waiting) ==
        std::vector<std::string>{"runbook approve 7f3a 'go live'", "runbook deny 7f3a 'go live'",
                                 "runbook answer 7f3a where region=... size=...",
                                 "runbook resume 7f3a"});
}

TEST_CASE("a run whose cancel was cut off is ended by a resume", "[view]") {
  Script script;
  script.session().begin("one").add(event::CancelRequested{"wrong cluster", "bob@ops-2"});
  CHECK(next_commands(script.state(), "7f3a", RunPhase::interrupted) ==
        std::vector<std::string>{"runbook resume 7f3a"});
}

TEST_CASE("a finished run has nothing left to type", "[view]") {
  Script script;
  script.session().begin("one").ok("one").end(RunPhase::ok, 0);
  script.add(event::RunFinished{RunPhase::ok});
  CHECK(next_commands(script.state(), "7f3a", RunPhase::ok).empty());
}
