// That a step can be undone is recorded with it; journals from before that say no.

#include "engine/journal/event.h"
#include "tests/catch.h"
#include "tests/journal/history.h"

using namespace runbook;

namespace {

Event started(bool has_undo) {
  return {.sequence = 3,
          .step = "deploy",
          .attempt = 1,
          .payload = event::StepStarted{.site = "r.lua:12", .has_undo = has_undo}};
}

}  // namespace

TEST_CASE("That a step has an undo function is part of its beginning", "[undo]") {
  StoredEvent stored = encode(started(true));
  CHECK(stored.payload == R"({"site":"r.lua:12","has_undo":true})");
  const Event read = decode(std::move(stored));
  CHECK(std::get<event::StepStarted>(read.payload).has_undo);
  CHECK_THAT(to_json_line(started(true), "r").dump(), ContainsSubstring(R"("has_undo":true)"));
}

TEST_CASE("A beginning from before it was recorded still loads, and has none", "[undo]") {
  StoredEvent old = encode(started(false));
  CHECK(old.payload == R"({"site":"r.lua:12"})");  // what older versions wrote
  const Event read = decode(std::move(old));
  CHECK_FALSE(std::get<event::StepStarted>(read.payload).has_undo);
  CHECK_THAT(to_json_line(read, "r").dump(), !ContainsSubstring("has_undo"));
  History history;
  history.session();
  history.add(read.payload, "deploy", 1);
  history.ok("deploy");
  CHECK_FALSE(history.state.find_step("deploy")->has_undo);
}

TEST_CASE("The latest attempt says whether a step can be undone, also under its new name",
          "[undo]") {
  History history;
  history.session();
  history.add(event::StepStarted{.site = "r.lua:1"}, "deploy", 1);
  history.fail("deploy");
  history.session();
  history.add(event::StepStarted{.site = "r.lua:1", .has_undo = true}, "deploy", 2);
  history.ok("deploy", 1);
  CHECK(history.state.find_step("deploy")->has_undo);
  history.add(event::StepMarked{.state = State::ok,
                                .value = RawJson("1"),
                                .reason = "renamed",
                                .actor = {},
                                .renamed_from = "deploy"},
              "roll out");
  CHECK(history.state.find_step("roll out")->has_undo);
}
