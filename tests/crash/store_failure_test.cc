// A store that stops working: exit 50, nothing acknowledged is lost, and a resume completes the
// run.

#include "tests/catch.h"
#include "tests/crash/recipes.h"
#include "tests/crash/report.h"

namespace runbook {
namespace {

TEST_CASE("a store that fails at its n-th write ends the session with 50, for every n") {
  const std::string name = GENERATE("two_calls", "parallel_failing", "handled_each", "says",
                                    "finally", "retries", "waits", "resources");
  cut_everywhere(nasty_recipe(name), {}, Cut::Point::failing_write);
  cut_everywhere(nasty_recipe(name), {Cut{}}, Cut::Point::failing_write);
}

TEST_CASE("a power loss that forgets everything not synced loses nothing that was acknowledged") {
  const std::string name = GENERATE("two_calls", "nested", "says");
  cut_everywhere(nasty_recipe(name), {}, Cut::Point::disk_operation, Rehearsal::Disk::sqlite);
}

}  // namespace
}  // namespace runbook
