// What `rewind --to` forgets, and which once calls are made again.

#include "engine/journal/next_action.h"
#include "tests/base/expect_error.h"
#include "tests/journal/history.h"

namespace runbook {
namespace {

using Paths = std::vector<std::string>;

Sequence rewind_to(History& h, const std::string& path) {
  return h.add(event::RunRewound{.kind = "rewind",
                                 .to = path,
                                 .reason = "again",
                                 .actor = "me",
                                 .forgotten = forgotten_by_rewind(h.state, path)});
}

/// fund/a and fund/b run beside each other, each with two steps; then "announce".
History two_items() {
  History h;
  h.session().done("before");
  h.start("fund/a", Kind::item).start("fund/b", Kind::item);
  h.done("fund/a/send").done("fund/b/send").done("fund/b/check").done("fund/a/check");
  h.ok("fund/b").ok("fund/a").done("announce");
  return h;
}

TEST_CASE("A rewind forgets the step and all that followed it", "[rewind]") {
  History h;
  h.session().done("a").done("b").done("c");
  CHECK(forgotten_by_rewind(h.state, "b") == Paths{"b", "c"});
  CHECK(forgotten_by_rewind(h.state, "a") == Paths{"a", "b", "c"});
  rewind_to(h, "b");
  CHECK(h.step("a").state == State::ok);
  CHECK(h.step("b").state == State::pending);
  CHECK(h.step("c").state == State::pending);
}

TEST_CASE("A rewind into a step forgets what it did from there on, and its result", "[rewind]") {
  History h;
  h.session().start("p").done("p/a").start("p/b").done("p/b/x").ok("p/b").done("p/c").ok("p");
  h.done("q");
  CHECK(forgotten_by_rewind(h.state, "p/b") == Paths{"p", "p/b", "p/b/x", "p/c", "q"});
  CHECK(forgotten_by_rewind(h.state, "p/b/x") == Paths{"p", "p/b", "p/b/x", "p/c", "q"});
}

TEST_CASE("A rewound item leaves the items beside it", "[rewind]") {
  const History h = two_items();
  CHECK(forgotten_by_rewind(h.state, "fund/a") ==
        Paths{"fund/a", "fund/a/send", "fund/a/check", "announce"});
}

TEST_CASE("A rewind inside an item leaves the items beside the one around it", "[rewind]") {
  const History h = two_items();
  CHECK(forgotten_by_rewind(h.state, "fund/b/check") ==
        Paths{"fund/b", "fund/b/check", "announce"});
  CHECK(forgotten_by_rewind(h.state, "fund/a/send") ==
        Paths{"fund/a", "fund/a/send", "fund/a/check", "announce"});
}

TEST_CASE("Fan-outs in fan-outs leave what runs beside the step at every level", "[rewind]") {
  History h;
  h.session().start("x/1", Kind::item).start("x/2", Kind::item);
  h.done("x/1/y/1", Kind::item).done("x/1/y/2", Kind::item).done("x/2/y/1", Kind::item);
  h.done("x/1/after").ok("x/1").ok("x/2");
  CHECK(forgotten_by_rewind(h.state, "x/1/y/1") == Paths{"x/1", "x/1/y/1", "x/1/after"});
}

TEST_CASE("A rewind to a group or fan-out forgets all of it", "[rewind]") {
  const History h = two_items();
  const Paths forgotten = forgotten_by_rewind(h.state, "fund");
  CHECK(forgotten.size() == 8);
  CHECK(forgotten.front() == "fund/a");
  CHECK(forgotten.back() == "fund");  // what was recorded in its own scope
}

TEST_CASE("A step that was run again keeps its place: what follows it is forgotten", "[rewind]") {
  History h;
  h.session().done("a").done("b").rewind("a", {"a"}).done("a");
  CHECK(forgotten_by_rewind(h.state, "a") == Paths{"a", "b"});
  CHECK(forgotten_by_rewind(h.state, "b") == Paths{"b"});
}

TEST_CASE("A step that was settled before it began takes along what began after that", "[rewind]") {
  History h;
  h.session().done("a");
  h.add(event::StepSkipped{.reason = "not today", .actor = "me"}, "b");
  h.done("c");
  CHECK(forgotten_by_rewind(h.state, "b") == Paths{"b", "c"});
  CHECK(forgotten_by_rewind(h.state, "a") == Paths{"a", "c"});  // the operator's word stands
}

TEST_CASE("An item that was skipped before it began leaves the items beside it", "[rewind]") {
  History h;
  h.session().done("build");
  h.add(event::StepSkipped{.reason = "not today", .actor = "me"}, "fund/c");
  h.done("deploy");  // after the skip, and still before the item's place in the recipe
  h.start("fund/a", Kind::item).start("fund/b", Kind::item);
  h.done("fund/b/send").done("fund/a/send").ok("fund/b").ok("fund/a").done("announce");
  CHECK(forgotten_by_rewind(h.state, "fund/c") == Paths{"fund/c", "announce"});
  CHECK(forgotten_by_rewind(h.state, "fund/a") ==
        Paths{"fund/a", "fund/a/send", "announce"});  // the operator's word stands
}

TEST_CASE("A step skipped inside an item that never began leaves the items beside it", "[rewind]") {
  History h;
  h.session();
  h.add(event::StepSkipped{.reason = "not today", .actor = "me"}, "fund/b/send");
  h.done("fund/a", Kind::item).done("announce");
  CHECK(forgotten_by_rewind(h.state, "fund/b/send") == Paths{"fund/b/send", "announce"});
}

TEST_CASE("Endings: on_fail stays, finally runs again, undo goes with what it undid", "[rewind]") {
  History h;
  h.session().done("a").done("b").start("c").fail("c").done("on_fail/1/1", Kind::on_fail);
  h.done("finally/1", Kind::finally).done("undo/b", Kind::undo).start("undo/a", Kind::undo);
  h.done("undo/a/inner").done("undo/undo/b/inner", Kind::undo);
  CHECK(forgotten_by_rewind(h.state, "b") ==
        Paths{"b", "c", "finally/1", "undo/b", "undo/undo/b/inner"});
}

TEST_CASE("A rewind to a step that does not exist names the nearest", "[rewind]") {
  History h;
  h.session().done("deploy");
  const Error error =
      expect_error(Code::step_not_found, [&] { forgotten_by_rewind(h.state, "deplyo"); });
  CHECK_THAT(error.message, ContainsSubstring("did you mean deploy?"));
}

TEST_CASE("A rewound item of a failed fan-out opens it again", "[rewind]") {
  History h;
  h.session().start("e/1", Kind::item).done("e/2", Kind::item).fail("e/1").done("after");
  REQUIRE(h.closed("e"));
  rewind_to(h, "e/1");
  CHECK_FALSE(h.closed("e"));
  CHECK(h.step("e/2").state == State::ok);
}

// --- once calls --------------------------------------------------------------------------------

TEST_CASE("Finished and open once calls of forgotten steps are made again, no others", "[rewind]") {
  History h;
  h.session().start("a").end_call(h.call("a")).ok("a");
  h.start("p").end_call(h.call("p")).start("p/b");
  const Sequence finished = h.call("p/b", "eth.send");
  h.end_call(finished).fail_call(h.call("p/b", "http.post"));
  const Sequence open = h.call("p/b", "helm.upgrade");
  const auto again = calls_made_again(h.state, "p/b", forgotten_by_rewind(h.state, "p/b"));
  REQUIRE(again.size() == 2);
  CHECK(again[0]->begun == finished);
  CHECK(again[1]->begun == open);
}

TEST_CASE("An open call that was forgotten before still counts, a finished one does not",
          "[rewind]") {
  History h;
  h.session().start("a");
  h.end_call(h.call("a"));
  const Sequence open = h.call("a", "eth.send");
  h.rewind("a", {"a"});
  const auto again = calls_made_again(h.state, "a", forgotten_by_rewind(h.state, "a"));
  REQUIRE(again.size() == 1);
  CHECK(again[0]->begun == open);
}

}  // namespace
}  // namespace runbook
