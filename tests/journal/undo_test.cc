// That a step can be undone is recorded with it; journals from before that say no.

#include "engine/journal/event.h"
#include "engine/journal/undo_order.h"
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

/// A step that finished with an undo function.
void finish(History& history, const std::string& path, Kind kind = Kind::step) {
  history.add(event::StepStarted{.kind = kind, .site = "r.lua:1", .has_undo = true}, path, 1);
  history.ok(path);
}

std::vector<std::string> to_undo(const History& history) {
  std::vector<std::string> paths;
  for (const StepState* step : steps_to_undo(history.state)) {
    paths.push_back(step->path);
  }
  return paths;
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

TEST_CASE("What finished last is undone first: a step before those in it", "[undo]") {
  History history;
  history.session();
  finish(history, "a");
  history.add(event::StepStarted{.site = "r.lua:2", .has_undo = true}, "outer", 1);
  finish(history, "outer/inner");
  finish(history, "outer/each/x", Kind::item);
  history.ok("outer");
  CHECK(to_undo(history) == std::vector<std::string>{"outer", "outer/each/x", "outer/inner", "a"});
}

TEST_CASE("Only finished steps of the recipe that have an undo function are undone", "[undo]") {
  History history;
  history.session();
  history.done("plain");
  history.add(event::StepStarted{.site = "r.lua:1", .has_undo = true}, "failed", 1);
  history.fail("failed");
  history.add(event::StepStarted{.site = "r.lua:1", .has_undo = true}, "cut off", 1);
  finish(history, "skipped");
  history.add(event::StepSkipped{.reason = "by hand", .actor = "ada", .value = RawJson("null")},
              "skipped");
  finish(history, "finally/1", Kind::finally);
  CHECK(to_undo(history).empty());
  CHECK_FALSE(undo_has_begun(history.state));
}

TEST_CASE("What is undone, or skipped as undone by hand, is not undone again", "[undo]") {
  History history;
  history.session();
  for (const char* name : {"a", "b", "c", "d"}) {
    finish(history, name);
  }
  history.add(event::StepSkipped{.reason = "by hand", .actor = "ada", .value = RawJson("null")},
              "undo/d");
  CHECK_FALSE(undo_has_begun(history.state));
  finish(history, "undo/c", Kind::undo);
  history.start("undo/b", Kind::undo).fail("undo/b");
  CHECK(to_undo(history) == std::vector<std::string>{"b", "a"});
  CHECK(undo_has_begun(history.state));
}

TEST_CASE("The undo of a step bears no name that a step inside another undo could have", "[undo]") {
  History history;
  history.session();
  finish(history, "alone/leaf");
  history.add(event::StepStarted{.site = "r.lua:2", .has_undo = true}, "outer", 1);
  finish(history, "outer/group/inner");
  finish(history, "outer/group/inner/deep");
  history.ok("outer");
  CHECK(undo_path(history.state, "alone/leaf") == "undo/alone/leaf");
  CHECK(undo_path(history.state, "outer") == "undo/outer");
  CHECK(undo_path(history.state, "outer/group/inner") == "undo/undo/outer/group/inner");
  CHECK(undo_path(history.state, "outer/group/inner/deep") ==
        "undo/undo/undo/outer/group/inner/deep");
  history.start("undo/outer", Kind::undo);
  finish(history, "undo/outer/group/inner");  // a step of the undo function
  history.ok("undo/outer");
  CHECK(to_undo(history).front() == "outer/group/inner/deep");
  CHECK(to_undo(history).size() == 3);
}

TEST_CASE("An undo that an older version began is gone on with under the name it gave", "[undo]") {
  History history;
  history.session();
  history.add(event::StepStarted{.site = "r.lua:2", .has_undo = true}, "outer", 1);
  finish(history, "outer/inner");
  history.ok("outer");
  history.done("undo/outer", Kind::undo).start("undo/outer/inner", Kind::undo);
  CHECK(undo_path(history.state, "outer/inner") == "undo/outer/inner");
  history.ok("undo/outer/inner");
  CHECK(to_undo(history).empty());
}
