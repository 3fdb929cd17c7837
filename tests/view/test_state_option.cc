#include "engine/view/state_option.h"
#include "tests/catch.h"

using namespace runbook;

TEST_CASE("the state folder is put into commands that take it, wherever they stand", "[view]") {
  const StateOption option("/srv/the state", {"resume", "runs"});
  CHECK(option.put_into("runbook resume 7f3a") == "runbook resume --state '/srv/the state' 7f3a");
  CHECK(option.put_into("runbook runs lists them; then runbook resume") ==
        "runbook runs --state '/srv/the state' lists them; then runbook resume --state '/srv/the "
        "state'");
}

TEST_CASE("what takes no state folder, or is no command, stays as it is", "[view]") {
  const StateOption option("s", {"run", "resume"});
  for (const char* text : {"runbook explain RB0101", "runbook --help", "a runbook", "runbook "}) {
    CHECK(option.put_into(text) == text);
  }
  CHECK(option.put_into("runbook runs") == "runbook runs");
  CHECK(StateOption().put_into("runbook resume 7f3a") == "runbook resume 7f3a");
}
