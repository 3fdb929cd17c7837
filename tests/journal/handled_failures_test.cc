// Design §3.1, "Failures that the recipe handles".

#include "tests/catch.h"
#include "tests/journal/history.h"

namespace runbook {
namespace {

TEST_CASE("A failure after which nothing happened is not handled", "[failures]") {
  History h;
  h.session().start("a").fail("a");
  CHECK_FALSE(h.handled("a"));
  h.end_session(RunPhase::failed, 1, History::error_of("a"));
  CHECK_FALSE(h.handled("a"));
}

TEST_CASE("A failure after which the next step began was handled", "[failures]") {
  History h;
  h.session().start("a").fail("a").start("b");
  CHECK(h.handled("a"));
  CHECK(h.state.closed.empty());
}

TEST_CASE("A failure after which the scope recorded something was handled", "[failures]") {
  const auto recorded = GENERATE(0, 1, 2, 3, 4, 5);
  History h;
  h.session().start("a").fail("a");
  switch (recorded) {
    case 0:
      h.value("");
      break;
    case 1:
      h.add(event::OutputSet{.values = {{"x", 1}}});
      break;
    case 2:
      h.add(event::NoteAdded{.text = "said"});
      break;
    case 3:
      h.add(event::AttachmentAdded{.name = "report"});
      break;
    case 4:
      h.add(event::StatePut{.key = "k", .value = 1});
      break;
    default:
      h.add(event::TargetRecorded{.name = "chain", .value = 1});
  }
  CHECK(h.handled("a"));
}

TEST_CASE("A service that ends by itself handles nothing", "[failures]") {
  History h;
  h.session().start("a").fail("a");
  h.add(event::ServiceEnded{.name = "anvil", .status = {{"exit", 1}}});
  CHECK_FALSE(h.handled("a"));
}

TEST_CASE("Another attempt of the failed step handles nothing", "[failures]") {
  History h;
  h.session().start("a").fail("a").start("a");
  CHECK_FALSE(h.handled("a"));
  h.ok("a").start("b");
  CHECK_FALSE(h.handled("a"));
}

TEST_CASE("A failure is handled only in the session in which it happened", "[failures]") {
  History h;
  h.session().start("a").fail("a").crash().start("b");
  CHECK_FALSE(h.handled("a"));
}

TEST_CASE("What the recipe handled stays handled in later sessions", "[failures]") {
  History h;
  h.session().start("a").fail("a").start("b").crash();
  CHECK(h.handled("a"));
}

TEST_CASE("A failure in a group is handled by what follows in the group", "[failures]") {
  History h;
  h.session().start("g/a").fail("g/a").start("g/b");
  CHECK(h.handled("g/a"));
  CHECK_FALSE(h.closed("g"));
}

TEST_CASE("A failed group is closed by what follows it", "[failures]") {
  History h;
  h.session().start("g/h/a").fail("g/h/a").start("b");
  CHECK(h.handled("g/h/a"));
  CHECK(h.closed("g"));
  CHECK(h.closed("g/h"));
}

TEST_CASE("Items of a fan-out do not handle each other's failures", "[failures]") {
  History h;
  h.session();
  h.start("e/1", Kind::item).start("e/2", Kind::item).fail("e/1");
  h.start("e/3", Kind::item).ok("e/2").value("e/3");
  CHECK_FALSE(h.handled("e/1"));
}

TEST_CASE("A failed fan-out is closed by what follows it, with all failures in it", "[failures]") {
  History h;
  h.session();
  h.start("e/1", Kind::item).start("e/2", Kind::item).start("e/3", Kind::item);
  h.fail("e/1").fail("e/2").ok("e/3").start("after");
  CHECK(h.handled("e/1"));
  CHECK(h.handled("e/2"));
  CHECK_FALSE(h.handled("e/3"));
  CHECK(h.closed("e"));
}

TEST_CASE("A failure inside one item is not handled by another item", "[failures]") {
  History h;
  h.session().start("e/1", Kind::item).start("e/2", Kind::item);
  h.start("e/1/a").fail("e/1/a").start("e/2/a");
  CHECK_FALSE(h.handled("e/1/a"));
  h.start("e/1/b");
  CHECK(h.handled("e/1/a"));
}

TEST_CASE("What a step does after a failed inner step handles it", "[failures]") {
  History h;
  h.session().start("p").start("p/a").fail("p/a");
  SECTION("an effect of its own") {
    h.call("p");
    CHECK(h.handled("p/a"));
  }
  SECTION("a recorded value") {
    h.value("p");
    CHECK(h.handled("p/a"));
  }
  SECTION("a failed fan-out inside is closed") {
    h.start("p/e/1", Kind::item).fail("p/e/1").value("p");
    CHECK(h.handled("p/e/1"));
    CHECK(h.closed("p/e"));
    CHECK_FALSE(h.closed("p"));
  }
}

TEST_CASE("A failure inside a step that ended is settled with the step", "[failures]") {
  History h;
  h.session().start("p").start("p/a").fail("p/a");
  SECTION("the step succeeded all the same") {
    h.ok("p").start("b");
    CHECK_FALSE(h.handled("p/a"));
  }
  SECTION("the step failed: what follows handles the step, not what failed inside") {
    h.fail("p").start("b");
    CHECK(h.handled("p"));
    CHECK_FALSE(h.handled("p/a"));
  }
}

TEST_CASE("A new attempt of a step attempts its unhandled failures again", "[failures]") {
  History h;
  h.session().start("p").start("p/a").fail("p/a");
  h.add(event::StepRetrying{.error = History::error_of("p/a"), .delay_ms = 1}, "p", 1);
  h.start("p").start("p/b");
  CHECK_FALSE(h.handled("p/a"));
}

TEST_CASE("Failures handled in one attempt of a step stay so in the next", "[failures]") {
  History h;
  h.session().start("p").start("p/a").fail("p/a").start("p/b").ok("p/b").fail("p").start("p");
  CHECK(h.handled("p/a"));
}

TEST_CASE("Steps of finally and on_fail handle nothing", "[failures]") {
  const std::string reserved = GENERATE("finally/1", "on_fail/1/1", "undo/a");
  History h;
  h.session().start("a").fail("a").start(reserved).value(reserved);
  CHECK_FALSE(h.handled("a"));
}

TEST_CASE("A failing finally is never handled", "[failures]") {
  History h;
  h.session().start("finally/1", Kind::finally).fail("finally/1");
  h.start("finally/2", Kind::finally);
  CHECK_FALSE(h.handled("finally/1"));
}

TEST_CASE("An error that ends the session was not handled after all", "[failures]") {
  History h;
  h.session().start("a").fail("a").start("clean up").ok("clean up");
  CHECK(h.handled("a"));
  SECTION("the very error") {
    h.end_session(RunPhase::failed, 1, History::error_of("a"));
    CHECK_FALSE(h.handled("a"));
  }
  SECTION("another error") {
    h.end_session(RunPhase::failed, 1, History::error_of("clean up"));
    CHECK(h.handled("a"));
  }
  SECTION("the same place with another message") {
    Json error = History::error_of("a");
    error["message"] = "something else";
    h.end_session(RunPhase::failed, 1, error);
    CHECK(h.handled("a"));
  }
}

TEST_CASE("An error raised again in a later session was not handled either", "[failures]") {
  // The session that failed was killed while the recipe cleaned up; the next one replays the
  // failure, cleans up, and ends with it.
  History h;
  h.session().start("a").fail("a").start("clean up").crash();
  h.start("clean up").ok("clean up").end_session(RunPhase::failed, 1, History::error_of("a"));
  CHECK_FALSE(h.handled("a"));
}

TEST_CASE("A fan-out whose error ends the session is open again, with all its failures",
          "[failures]") {
  History h;
  h.session().start("e/1", Kind::item).start("e/2", Kind::item).fail("e/1").fail("e/2");
  h.start("clean up").ok("clean up");
  SECTION("with the first failure") {
    h.end_session(RunPhase::failed, 1, History::error_of("e/1"));
  }
  SECTION("with one error for all of them") {
    Error error(Code::items_failed, "2 of 2 items failed");
    error.path = "e";
    h.end_session(RunPhase::failed, 1, error.to_json());
  }
  CHECK_FALSE(h.handled("e/1"));
  CHECK_FALSE(h.handled("e/2"));
  CHECK_FALSE(h.closed("e"));
}

TEST_CASE("An error with which the enclosing step fails was not handled in it", "[failures]") {
  History h;
  h.session().start("p").start("p/e/1", Kind::item).fail("p/e/1").start("p/clean");
  h.ok("p/clean");
  CHECK(h.closed("p/e"));
  SECTION("the attempt is the last") {
    h.end("p", State::failed, History::error_of("p/e/1"));
  }
  SECTION("the step is tried again") {
    h.add(event::StepRetrying{.error = History::error_of("p/e/1"), .delay_ms = 1}, "p", 1);
  }
  CHECK_FALSE(h.handled("p/e/1"));
  CHECK_FALSE(h.closed("p/e"));
}

TEST_CASE("A step that passed an inner error on is handled or not by that error", "[failures]") {
  History h;
  h.session().start("p").start("p/a").fail("p/a");
  h.end("p", State::failed, History::error_of("p/a")).start("clean up");
  CHECK(h.handled("p"));
  h.end_session(RunPhase::failed, 1, History::error_of("p/a"));
  CHECK_FALSE(h.handled("p"));
}

TEST_CASE("A failure handled inside a failed group stays handled when the group's error leaves",
          "[failures]") {
  History h;
  h.session().start("g/a").fail("g/a").start("g/b").fail("g/b").start("after");
  CHECK(h.closed("g"));
  h.end_session(RunPhase::failed, 1, History::error_of("g/b"));
  CHECK(h.handled("g/a"));
  CHECK_FALSE(h.handled("g/b"));
  CHECK_FALSE(h.closed("g"));
}

TEST_CASE("Marking or forgetting a handled failure opens what it closed", "[failures]") {
  History h;
  h.session().start("e/1", Kind::item).fail("e/1").start("after").crash();
  CHECK(h.closed("e"));
  SECTION("marked done") {
    h.add(event::StepMarked{.state = State::ok, .value = RawJson("1")}, "e/1");
    CHECK(h.step("e/1").state == State::ok);
  }
  SECTION("skipped by hand") {
    h.add(event::StepSkipped{.reason = "not needed", .value = RawJson("1")}, "e/1");
    CHECK(h.step("e/1").state == State::skipped);
  }
  SECTION("forgotten") {
    h.rewind("e/1", {"e/1"});
    CHECK(h.step("e/1").state == State::pending);
  }
  SECTION("its fan-out forgotten") {
    h.rewind("e", {"e/1", "e"});
  }
  CHECK_FALSE(h.handled("e/1"));
  CHECK_FALSE(h.closed("e"));
}

TEST_CASE("Many failures of one fan-out stay cheap", "[failures]") {
  // Each event looks at a few failures at most: 40,000 items that all fail take no time worth
  // naming, where looking at all of them at each event would take minutes.
  History h;
  h.session();
  for (int i = 0; i < 40'000; ++i) {
    const std::string item = "e/" + std::to_string(i);
    h.start(item, Kind::item).fail(item);
  }
  CHECK(h.state.fresh_failures.size() == 40'000);
  h.start("after");
  CHECK(h.state.fresh_failures.empty());
  CHECK(h.state.handled_failures.size() == 40'000);
}

TEST_CASE("Paths are ordered so that what lies under one follows it", "[failures]") {
  const PathOrder before;
  CHECK(before("a", "a/b"));
  CHECK(before("a/b", "a-"));
  CHECK(before("a/\xc3\xa9", "a "));
  CHECK_FALSE(before("a", "a"));
  CHECK_FALSE(before("a-", "a/b"));
  CHECK(before("a", "b"));
}

}  // namespace
}  // namespace runbook
