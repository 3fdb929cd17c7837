// The fold, event by event.

#include "engine/journal/run_state.h"

#include <limits>

#include "tests/base/expect_error.h"
#include "tests/journal/history.h"

namespace runbook {
namespace {

TEST_CASE("A run knows what it was created from", "[fold]") {
  History h;
  CHECK(h.state.created.recipe == "r.lua");
  CHECK(h.state.created_time == 1'000);
  CHECK(h.state.phase == RunPhase::running);
}

TEST_CASE("A session is open until its end is recorded", "[fold]") {
  History h;
  h.session();
  CHECK(h.state.session_open);
  CHECK(h.state.sessions == 1);
  h.end_session(RunPhase::failed, 1, History::error_of("a"));
  CHECK_FALSE(h.state.session_open);
  CHECK(h.state.phase == RunPhase::failed);
  CHECK(h.state.exit == 1);
  CHECK(h.state.error["path"] == "a");
  h.session();
  CHECK(h.state.phase == RunPhase::running);
  CHECK(h.state.exit == -1);
  CHECK(h.state.error.is_null());
  CHECK(h.state.session.resumed);
}

TEST_CASE("A finished run is finished for good", "[fold]") {
  History h;
  h.session();
  h.add(event::RunFinished{.state = RunPhase::ok});
  CHECK(h.state.finished);
  CHECK(h.state.phase == RunPhase::ok);
}

TEST_CASE("A step runs from its start to its end", "[fold]") {
  History h;
  h.session().start("a", Kind::step, 7, "r.lua:3");
  CHECK(h.step("a").state == State::running);
  CHECK(h.step("a").attempts == 1);
  CHECK(h.step("a").body == 7);
  CHECK(h.step("a").site == "r.lua:3");
  CHECK(h.step("a").started == 3);
  h.ok("a", {{"x", 1}});
  CHECK(h.step("a").state == State::ok);
  CHECK(h.step("a").value.parse()["x"] == 1);
  CHECK(h.step("a").finished == 4);
  CHECK(h.step("a").finished_time == 4'000);
}

TEST_CASE("Steps are kept in the order of their first start", "[fold]") {
  History h;
  h.session().start("b").fail("b").start("a").start("b");
  CHECK(h.state.steps[0].path == "b");
  CHECK(h.state.steps[1].path == "a");
  CHECK(h.state.step_index.at("a") == 1);
}

TEST_CASE("A new attempt clears the last one's end and keeps its number", "[fold]") {
  History h;
  h.session().start("a").fail("a").start("a");
  CHECK(h.step("a").attempts == 2);
  CHECK(h.step("a").state == State::running);
  CHECK(h.step("a").value.empty());
  CHECK(h.step("a").finished == 0);
  CHECK(h.step("a").first_started_time == 3'000);
  CHECK(h.step("a").started_time == 5'000);
}

TEST_CASE("A step whose end was not recorded is interrupted in the next session", "[fold]") {
  History h;
  h.session().start("a");
  CHECK(h.step("a").state == State::running);
  h.crash();
  CHECK(h.step("a").state == State::interrupted);
}

TEST_CASE("A step that waited still waits in the next session", "[fold]") {
  History h;
  h.session().start("nap", Kind::sleep);
  h.add(event::StepWaiting{.why = "time", .until = 99'000}, "nap", 1);
  h.crash();
  CHECK(h.step("nap").state == State::waiting);
  CHECK(h.step("nap").waiting_until == 99'000);
  h.start("nap", Kind::sleep);
  CHECK(h.step("nap").waiting_until == 99'000);
}

TEST_CASE("A step whose call waits for something is running, and says why", "[fold]") {
  History h;
  h.session().start("deploy");
  h.add(event::StepWaiting{.why = "pod web-1: no image", .until = 99'000}, "deploy", 1);
  CHECK(h.step("deploy").state == State::running);
  CHECK(h.step("deploy").waiting_for == "pod web-1: no image");
  h.add(event::StepWaiting{}, "deploy", 1);
  CHECK(h.step("deploy").waiting_for.empty());
  h.crash();
  CHECK(h.step("deploy").state == State::interrupted);
}

TEST_CASE("A step to be retried waits and shows its error", "[fold]") {
  History h;
  h.session().start("a");
  h.add(event::StepRetrying{.error = History::error_of("a"), .delay_ms = 500}, "a", 1);
  CHECK(h.step("a").state == State::waiting);
  CHECK(h.step("a").waiting_until == 4'500);
  CHECK(h.step("a").value.parse()["message"] == "it failed");
}

TEST_CASE("A step can be marked before it ever began", "[fold]") {
  History h;
  h.add(event::StepMarked{.state = State::ok, .value = RawJson("42"), .actor = "me"}, "a");
  CHECK(h.step("a").state == State::ok);
  CHECK(h.step("a").attempts == 0);
  CHECK(h.step("a").marked);
}

TEST_CASE("A recipe may skip the step it is in", "[fold]") {
  History h;
  h.session().start("a");
  h.add(event::StepSkipped{.reason = "nothing to do", .value = RawJson("null")}, "a", 1);
  CHECK(h.step("a").state == State::skipped);
}

// --- calls -------------------------------------------------------------------------------------

TEST_CASE("A call is open until its end is recorded", "[fold]") {
  History h;
  h.session().start("a");
  const Sequence call = h.call("a");
  CHECK(h.state.open_calls.size() == 1);
  CHECK(h.state.open_calls_of("a").front()->begun == call);
  h.end_call(call, {{"code", 0}});
  CHECK(h.state.open_calls.empty());
  CHECK(h.state.calls_of(h.step("a")).front()->end == CallState::End::ok);
  CHECK(h.state.calls_of(h.step("a")).front()->result.parse()["code"] == 0);
}

TEST_CASE("An amended call keeps all its intents", "[fold]") {
  History h;
  h.session().start("a");
  const Sequence call = h.call("a");
  h.add(event::CallAmended{.call = call, .intent = {{"fee", 2}}}, "a", 1);
  const CallState& state = *h.state.open_calls_of("a").front();
  REQUIRE(state.intents.size() == 2);
  CHECK(state.intents[1]["fee"] == 2);
}

TEST_CASE("An unknown step is merely cut off once its calls are settled", "[fold]") {
  History h;
  h.session().start("a");
  const Sequence first = h.call("a");
  const Sequence second = h.call("a", "http.post");
  h.end("a", State::unknown, History::error_of("a"));
  h.end_call(first);
  CHECK(h.step("a").state == State::unknown);
  h.fail_call(second);
  CHECK(h.step("a").state == State::interrupted);
}

// --- what a run collects -----------------------------------------------------------------------

TEST_CASE("Outputs are merged, the later value of a name counts", "[fold]") {
  History h;
  h.session();
  h.add(event::OutputSet{.values = {{"a", 1}, {"b", 1}}});
  h.add(event::OutputSet{.values = {{"b", 2}}});
  CHECK(h.state.outputs.at("a") == 1);
  CHECK(h.state.outputs.at("b") == 2);
}

TEST_CASE("Values, targets, services, notes and attachments are collected", "[fold]") {
  History h;
  h.session().value("a", "x");
  h.add(event::TargetRecorded{.name = "chain", .value = 31337});
  h.add(event::ServiceStarted{.name = "anvil", .service = {{"port", 8545}}});
  h.add(event::ServiceEnded{.name = "anvil", .status = {{"exit", 0}}});
  h.add(event::StatePut{.key = "token", .value = "0x1"});
  h.add(event::AttachmentAdded{.name = "balances.json", .blob = "00", .size = 2});
  h.add(event::NoteAdded{.text = "hello"});
  CHECK(h.state.values.at(value_key("a", "uuid", "#0")) == "x");
  CHECK(h.state.targets.at("chain") == 31337);
  CHECK(h.state.services.at("anvil")["port"] == 8545);
  CHECK(h.state.services.at("anvil")["ended"]["exit"] == 0);
  CHECK(h.state.state_puts.at("token") == "0x1");
  CHECK(h.state.attachments.front().name == "balances.json");
  CHECK(h.state.notes.front() == "hello");
}

// --- rewinding and renaming --------------------------------------------------------------------

TEST_CASE("A forgotten step is pending, with its attempts, without its result", "[fold]") {
  History h;
  h.session().done("a").rewind("a", {"a"});
  CHECK(h.step("a").state == State::pending);
  CHECK(h.step("a").attempts == 1);
  CHECK(h.step("a").value.empty());
}

TEST_CASE("Calls of a forgotten step are forgotten, and count while they are open", "[fold]") {
  History h;
  h.session().start("a");
  const Sequence call = h.call("a");
  h.end_call(h.call("a", "http.post"));
  h.rewind("a", {"a"});
  CHECK(h.state.calls_of(h.step("a")).empty());
  CHECK(h.state.open_calls.size() == 1);
  CHECK(h.state.open_calls_of("a").front()->begun == call);
}

TEST_CASE("Forgetting a step forgets the values recorded in it and below", "[fold]") {
  History h;
  h.session().start("p").value("p").start("p/a").value("p/a").value("p/a/x").value("");
  h.value("p/ab");
  h.rewind("p/a", {"p/a", "p"});
  CHECK(h.state.values.contains(value_key("p", "uuid", "#0")));
  CHECK(h.state.values.contains(value_key("", "uuid", "#0")));
  CHECK(h.state.values.contains(value_key("p/ab", "uuid", "#0")));
  CHECK_FALSE(h.state.values.contains(value_key("p/a", "uuid", "#0")));
  CHECK_FALSE(h.state.values.contains(value_key("p/a/x", "uuid", "#0")));
}

TEST_CASE("A step above a forgotten one loses its result and keeps its calls", "[fold]") {
  History h;
  h.session().start("p");
  h.end_call(h.call("p")).done("p/a").ok("p").rewind("p/a", {"p/a", "p"});
  CHECK(h.step("p").state == State::pending);
  CHECK(h.state.calls_of(h.step("p")).size() == 1);
}

TEST_CASE("A forgotten sleep begins anew", "[fold]") {
  History h;
  h.session().start("nap", Kind::sleep);
  h.add(event::StepWaiting{.why = "time", .until = 99'000}, "nap", 1);
  h.ok("nap").rewind("nap", {"nap"});
  CHECK(h.step("nap").waiting_until == 0);
}

TEST_CASE("A renamed step takes its whole history along", "[fold]") {
  History h;
  h.session().start("old", Kind::step, 7, "r.lua:3").value("old");
  h.end_call(h.call("old")).done("old/inner").ok("old", 42);
  h.add(event::StepMarked{.state = State::ok, .value = RawJson("42"), .renamed_from = "old"},
        "new");
  CHECK(h.state.find_step("old") == nullptr);
  CHECK(h.step("new").state == State::ok);
  CHECK(h.step("new").value.parse() == 42);
  CHECK_FALSE(h.step("new").marked);
  CHECK(h.step("new").body == 7);
  CHECK(h.step("new/inner").state == State::ok);
  CHECK(h.state.calls_of(h.step("new")).front()->step == "new");
  CHECK(h.state.values.contains(value_key("new", "uuid", "#0")));
}

// --- contradictions ----------------------------------------------------------------------------

TEST_CASE("An event that contradicts the history is refused by its number", "[fold]") {
  History h;
  h.session().start("a");
  const Sequence call = h.call("a");
  h.end_call(call).ok("a");
  const auto refused = [&](Payload payload, std::string step, std::uint32_t attempt) {
    const Error error = expect_error(Code::journal_corrupt, [&] {
      RunState copy = h.state;
      apply(copy, Event{.sequence = copy.last + 1,
                        .time = 1,
                        .step = std::move(step),
                        .attempt = attempt,
                        .payload = std::move(payload)});
    });
    CHECK(error.detail["sequence"] == h.state.last + 1);
  };
  refused(event::StepFinished{}, "never begun", 1);
  refused(event::StepFinished{}, "a", 1);
  refused(event::StepStarted{}, "a", 1);
  refused(event::StepStarted{}, "b", 2);
  refused(event::CallBegun{}, "b", 1);
  refused(event::CallEnded{.call = call}, "a", 1);
  refused(event::CallEnded{.call = 99}, "a", 1);
  refused(event::CallAmended{.call = call}, "a", 1);
  refused(event::StepRetrying{.delay_ms = std::numeric_limits<std::int64_t>::max()}, "a", 1);
  h.end_session(RunPhase::ok, 0);
  refused(event::SessionEnded{}, "", 0);
}

TEST_CASE("An event out of order is refused", "[fold]") {
  History h;
  expect_error(Code::journal_corrupt,
               [&] { apply(h.state, Event{.sequence = 3, .payload = event::NoteAdded{}}); });
  expect_error(Code::journal_corrupt,
               [&] { apply(h.state, Event{.sequence = 1, .payload = event::NoteAdded{}}); });
}

}  // namespace
}  // namespace runbook
