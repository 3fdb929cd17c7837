#include "engine/base/command_text.h"

#include "tests/catch.h"

using namespace runbook;

TEST_CASE("a suggested command is quoted for the shell, its options at the end", "[base]") {
  CHECK(command_text("resume", {"7f3a"}) == "runbook resume 7f3a");
  CHECK(command_text("mark", {"7f3a", "roll out", "done"}, "--reason '...'") ==
        "runbook mark 7f3a 'roll out' done --reason '...'");
}

TEST_CASE("what begins with a dash goes behind the mark in a suggested command", "[base]") {
  CHECK(command_text("show", {"7f3a", "-x"}) == "runbook show -- 7f3a -x");
  CHECK(command_text("mark", {"7f3a", "- buy", "done"}, "--reason '...'") ==
        "runbook mark --reason '...' -- 7f3a '- buy' done");
}
