// What to do with a requested step, rule by rule (design §3.1, §3.2). Long: many rules.

#include "engine/journal/next_action.h"

#include "tests/base/expect_error.h"
#include "tests/journal/history.h"

namespace runbook {
namespace {

Action ask(const History& h, const StepRequest& request, const SessionView& view = {}) {
  return next_action(h.state, view, request);
}
Action ask(const History& h, const std::string& path) {
  return ask(h, StepRequest{.path = path});
}

template <typename Expected>
Expected expect(Action action) {
  REQUIRE(std::holds_alternative<Expected>(action));
  return std::get<Expected>(std::move(action));
}

// --- replay and execute ------------------------------------------------------------------------

TEST_CASE("A step without history is executed", "[next]") {
  const History h;
  const Execute action = expect<Execute>(ask(h, "a"));
  CHECK(action.attempt == 1);
  CHECK_FALSE(action.body_changed);
}

TEST_CASE("A finished step never runs again", "[next]") {
  History h;
  h.session().done("a").crash();
  CHECK(expect<Replay>(ask(h, "a")).step->path == "a");
}

TEST_CASE("A finished step is replayed even when its body was edited", "[next]") {
  History h;
  h.session().done("a", Kind::step, 7, "r.lua:3").crash();
  expect<Replay>(ask(h, StepRequest{.path = "a", .body = 8, .site = "r.lua:3"}));
}

TEST_CASE("A skipped step is replayed", "[next]") {
  History h;
  h.session().start("a");
  h.add(event::StepSkipped{.reason = "no", .value = RawJson("null")}, "a", 1);
  expect<Replay>(ask(h, "a"));
}

TEST_CASE("An unhandled failure is attempted again", "[next]") {
  History h;
  h.session().start("a").fail("a").end_session(RunPhase::failed, 1, History::error_of("a"));
  CHECK(expect<Execute>(ask(h, "a")).attempt == 2);
}

TEST_CASE("A handled failure raises its recorded error", "[next]") {
  History h;
  h.session().start("a").fail("a").start("b").crash();
  CHECK(expect<Replay>(ask(h, "a")).step->state == State::failed);
}

TEST_CASE("Interrupted and cancelled steps are executed again", "[next]") {
  History h;
  h.session().start("a").start("b").start("c");
  h.end("a", State::cancelled, History::error_of("a"));
  h.end("b", State::interrupted, History::error_of("b")).crash();
  for (const char* path : {"a", "b", "c"}) {
    CHECK(expect<Execute>(ask(h, path)).attempt == 2);
  }
}

TEST_CASE("A step that waited is executed again", "[next]") {
  History h;
  h.session().start("nap", Kind::sleep);
  h.add(event::StepWaiting{.why = "time", .until = 99'000}, "nap", 1);
  h.crash();
  expect<Execute>(ask(h, "nap"));
}

TEST_CASE("An attempt with an edited body says so", "[next]") {
  History h;
  h.session().start("a", Kind::step, 7, "r.lua:3").fail("a");
  CHECK(expect<Execute>(ask(h, StepRequest{.path = "a", .body = 8})).body_changed);
  CHECK_FALSE(expect<Execute>(ask(h, StepRequest{.path = "a", .body = 7})).body_changed);
  CHECK_FALSE(expect<Execute>(ask(h, StepRequest{.path = "a", .body = 0})).body_changed);
}

TEST_CASE("A rerun step is executed again, its attempts go on counting", "[next]") {
  History h;
  h.session().done("a").rewind("a", {"a"});
  CHECK(expect<Execute>(ask(h, "a")).attempt == 2);
}

TEST_CASE("A rerun handled failure is executed again", "[next]") {
  History h;
  h.session().start("a").fail("a").start("b").crash().rewind("a", {"a"});
  expect<Execute>(ask(h, "a"));
}

// --- marks -------------------------------------------------------------------------------------

TEST_CASE("A step marked done is replayed, even if it never began", "[next]") {
  History h;
  h.add(event::StepMarked{.state = State::ok, .value = RawJson("1")}, "a");
  expect<Replay>(ask(h, "a"));
}

TEST_CASE("A step marked failed raises that until it is rerun", "[next]") {
  History h;
  h.session().start("a").crash();
  h.add(event::StepMarked{.state = State::failed, .value = RawJson::of(History::error_of("a"))},
        "a");
  expect<Replay>(ask(h, "a"));
  h.rewind("a", {"a"});
  expect<Execute>(ask(h, "a"));
  h.start("a").fail("a");
  expect<Execute>(ask(h, "a"));
}

// --- examining ---------------------------------------------------------------------------------

TEST_CASE("A step cut off in a call is examined before anything else", "[next]") {
  History h;
  h.session().start("a");
  h.end_call(h.call("a"));
  const Sequence open = h.call("a", "http.post");
  SECTION("after a crash") {
    h.crash();
  }
  SECTION("interrupted by a timeout") {
    h.end("a", State::interrupted, History::error_of("a"));
  }
  SECTION("left unknown") {
    h.end("a", State::unknown, History::error_of("a")).crash();
  }
  SECTION("cancelled") {
    h.end("a", State::cancelled, History::error_of("a")).crash();
  }
  SECTION("failed") {
    h.fail("a").crash();
  }
  CHECK(expect<Examine>(ask(h, "a")).calls == std::vector<Sequence>{open});
}

TEST_CASE("Once all calls have an end the step is executed", "[next]") {
  History h;
  h.session().start("a");
  const Sequence call = h.call("a");
  h.end("a", State::unknown, History::error_of("a")).crash();
  SECTION("it happened") {
    h.end_call(call);
  }
  SECTION("it did not happen") {
    h.fail_call(call);
  }
  CHECK(expect<Execute>(ask(h, "a")).attempt == 2);
}

TEST_CASE("A forgotten call is not examined with its step", "[next]") {
  History h;
  h.session().start("a");
  h.call("a");
  h.crash().rewind("a", {"a"});
  expect<Execute>(ask(h, "a"));
}

TEST_CASE("A step unknown for a finished call stays so until a person acts", "[next]") {
  History h;
  h.session().start("a");
  h.end_call(h.call("a"));
  Error error(Code::outcome_unknown, "a transfer of 5 is on record, the body asks for 6");
  h.end("a", State::unknown, error.to_json()).crash();
  const Refuse refused = expect<Refuse>(ask(h, "a"));
  CHECK(refused.error.code == Code::outcome_unknown);
  CHECK(refused.error.message == error.message);
  CHECK(refused.error.path == "a");
  SECTION("rerun") {
    h.rewind("a", {"a"});
    expect<Execute>(ask(h, "a"));
  }
  SECTION("marked") {
    h.add(event::StepMarked{.state = State::ok, .value = RawJson("1")}, "a");
    expect<Replay>(ask(h, "a"));
  }
}

// --- closed prefixes ---------------------------------------------------------------------------

TEST_CASE("Nothing starts under a fan-out whose failure was handled", "[next]") {
  History h;
  h.session();
  h.start("e/1", Kind::item).start("e/2", Kind::item).start("e/3", Kind::item);
  h.start("e/5", Kind::item).call("e/5");
  h.fail("e/1").end("e/2", State::cancelled, History::error_of("e/2")).ok("e/3");
  h.start("after").crash();
  expect<Replay>(ask(h, "e/1"));
  expect<Replay>(ask(h, "e/3"));
  expect<Withhold>(ask(h, "e/2"));
  expect<Withhold>(ask(h, "e/4"));
  expect<Withhold>(ask(h, "e/5"));
  expect<Withhold>(ask(h, "e/2/inner"));
  expect<Execute>(ask(h, "e4"));
}

TEST_CASE("A rerun item opens its fan-out again", "[next]") {
  History h;
  h.session().start("e/1", Kind::item).start("e/2", Kind::item).fail("e/1");
  h.end("e/2", State::cancelled, History::error_of("e/2")).start("after").crash();
  h.rewind("e/1", {"e/1"});
  expect<Execute>(ask(h, "e/1"));
  expect<Execute>(ask(h, "e/2"));
}

// --- renamed steps -----------------------------------------------------------------------------

StepRequest renamed(const std::string& path) {
  return {.path = path, .kind = Kind::step, .body = 7, .site = "r.lua:9"};
}
SessionView resumed() {
  return {.resumed = true};
}

TEST_CASE("A step that looks like a renamed one stops the run with both ways on", "[rename]") {
  History h;
  h.session().done("old", Kind::step, 7, "r.lua:3").crash();
  const Error error = expect<Refuse>(ask(h, renamed("new"), resumed())).error;
  CHECK(error.code == Code::step_renamed);
  CHECK(code_info(error.code).exit == 12);
  CHECK_THAT(error.message, ContainsSubstring("\"old\""));
  CHECK_THAT(error.hint, ContainsSubstring("renamed_from = \"old\""));
  CHECK_THAT(error.hint, ContainsSubstring("--accept-new"));
}

TEST_CASE("No rename is guessed", "[rename]") {
  History h;
  h.session().done("old", Kind::step, 7, "r.lua:3").done("p", Kind::step, 5, "r.lua:1");
  SessionView view = resumed();
  StepRequest request = renamed("new");
  SECTION("in the first session") {
    view.resumed = false;
  }
  SECTION("with --accept-new") {
    view.accept_new = true;
  }
  SECTION("without a body hash") {
    request.body = 0;
  }
  SECTION("for another body") {
    request.body = 8;
  }
  SECTION("for items of each") {
    request.kind = Kind::item;
  }
  SECTION("for finally") {
    request.kind = Kind::finally;
  }
  SECTION("under another prefix") {
    request.path = "p/new";
  }
  SECTION("when the old name was requested as well") {
    view.requested.insert("old");
  }
  SECTION("of a step that did not finish") {
    h.rewind("old", {"old"});
  }
  SECTION("when two steps had the body") {
    h.done("twin", Kind::step, 7, "r.lua:20");
  }
  SECTION("when the function served several steps") {
    h.done("other", Kind::step, 7, "r.lua:3");
    view.requested.insert("other");
  }
  SECTION("when the function served an item as well") {
    h.done("e/1", Kind::item, 7, "r.lua:3");
  }
  CHECK(expect<Execute>(ask(h, request, view)).attempt == 1);
}

TEST_CASE("A twin that was requested does not hide the renamed step", "[rename]") {
  History h;
  h.session().done("old", Kind::step, 7, "r.lua:3").done("twin", Kind::step, 7, "r.lua:20");
  SessionView view = resumed();
  view.requested.insert("twin");
  expect<Refuse>(ask(h, renamed("new"), view));
}

TEST_CASE("renamed_from adopts the old step's history, then goes on with it", "[rename]") {
  History h;
  h.session();
  StepRequest request = renamed("new");
  request.renamed_from = "old";
  SECTION("a result") {
    h.done("old", Kind::step, 7, "r.lua:3").crash();
    const StepState* old = expect<Adopt>(ask(h, request, resumed())).from;
    CHECK(old->path == "old");
    h.add(event::StepMarked{.state = old->state, .value = old->value, .renamed_from = "old"},
          "new");
    CHECK(expect<Replay>(ask(h, request, resumed())).step->value.parse() == "old");
  }
  SECTION("an open call") {
    h.start("old").call("old");
    h.crash();
    const StepState* old = expect<Adopt>(ask(h, request, resumed())).from;
    h.add(event::StepMarked{.state = old->state, .value = old->value, .renamed_from = "old"},
          "new");
    expect<Examine>(ask(h, request, resumed()));
  }
}

TEST_CASE("renamed_from is ignored where there is nothing to adopt", "[rename]") {
  History h;
  h.session().done("old").crash();
  StepRequest request = renamed("new");
  SessionView view = resumed();
  SECTION("no such step") {
    request.renamed_from = "never";
  }
  SECTION("it was requested under its own name") {
    request.renamed_from = "old";
    view.requested.insert("old");
  }
  expect<Execute>(ask(h, request, view));
}

// --- calls -------------------------------------------------------------------------------------

CallRequest call_of(const std::string& fingerprint, std::uint32_t occurrence = 0) {
  return {
      .step = "a", .primitive = "eth.send", .fingerprint = fingerprint, .occurrence = occurrence};
}

TEST_CASE("A finished call returns its record", "[calls]") {
  History h;
  h.session().start("a");
  const Sequence call = h.call("a", "eth.send", "f");
  h.end_call(call).crash();
  const CallAction action = next_call_action(h.state, call_of("f"), {});
  REQUIRE(std::holds_alternative<Claim>(action));
  CHECK(std::get<Claim>(action).call->begun == call);
}

TEST_CASE("Equal calls are told apart by their occurrence", "[calls]") {
  History h;
  h.session().start("a");
  const Sequence first = h.call("a", "eth.send", "f", 0);
  h.end_call(first).crash();
  CHECK(std::holds_alternative<Act>(next_call_action(h.state, call_of("f", 1), {first})));
}

TEST_CASE("A call acts after a definite failure of the same call", "[calls]") {
  History h;
  h.session().start("a");
  h.fail_call(h.call("a", "eth.send", "f")).fail("a").crash();
  CHECK(std::holds_alternative<Act>(next_call_action(h.state, call_of("f"), {})));
  CHECK(std::holds_alternative<Act>(next_call_action(h.state, call_of("other"), {})));
}

TEST_CASE("A corrected call runs, and a finished one before it is not repeated", "[calls]") {
  History h;
  h.session().start("a");
  const Sequence first = h.call("a", "eth.send", "one");
  h.end_call(first).fail_call(h.call("a", "eth.send", "wrong")).fail("a").crash();
  CHECK(std::holds_alternative<Claim>(next_call_action(h.state, call_of("one"), {})));
  CHECK(std::holds_alternative<Act>(next_call_action(h.state, call_of("corrected"), {first})));
}

TEST_CASE("Another call of a primitive with an unclaimed finished call is stuck", "[calls]") {
  History h;
  h.session().start("a");
  h.end_call(h.call("a", "eth.send", "five")).crash();
  const CallAction action = next_call_action(h.state, call_of("six"), {});
  REQUIRE(std::holds_alternative<Stuck>(action));
  CHECK_THAT(std::get<Stuck>(action).evidence, ContainsSubstring("eth.send"));
  CHECK(std::holds_alternative<Act>(next_call_action(
      h.state, {.step = "a", .primitive = "process.run", .fingerprint = "x"}, {})));
}

TEST_CASE("Forgotten calls constrain nothing", "[calls]") {
  History h;
  h.session().start("a");
  h.end_call(h.call("a", "eth.send", "f")).rewind("a", {"a"});
  CHECK(std::holds_alternative<Act>(next_call_action(h.state, call_of("f"), {})));
}

// --- rerun -------------------------------------------------------------------------------------

TEST_CASE("Option --rerun forgets the step, what lies under it and the results above it",
          "[rerun]") {
  History h;
  h.session().start("p").start("p/a").done("p/a/x").ok("p/a").done("p/b").ok("p").done("pa");
  CHECK(forgotten_by_rerun(h.state, "p/a") == std::vector<std::string>{"p", "p/a", "p/a/x"});
  CHECK(forgotten_by_rerun(h.state, "p").size() == 4);
}

TEST_CASE("Option --rerun of a group or fan-out forgets all its steps", "[rerun]") {
  History h;
  h.session().done("e/1", Kind::item).done("e/2", Kind::item);
  CHECK(forgotten_by_rerun(h.state, "e") == std::vector<std::string>{"e/1", "e/2", "e"});
}

TEST_CASE("Option --rerun of a step that does not exist names the nearest", "[rerun]") {
  History h;
  h.session().done("deploy");
  const Error error =
      expect_error(Code::step_not_found, [&] { forgotten_by_rerun(h.state, "deplyo"); });
  CHECK_THAT(error.message, ContainsSubstring("did you mean deploy?"));
}

}  // namespace
}  // namespace runbook
