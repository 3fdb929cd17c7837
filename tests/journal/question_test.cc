// Questions, answers and cancels: their events, and what the fold makes of them.

#include "tests/base/expect_error.h"
#include "tests/journal/history.h"

namespace runbook {
namespace {

event::GateOpened gate() {
  event::GateOpened asked;
  asked.text = "go live?";
  asked.digest = "8e1f";
  asked.by = {"alice", "@sre"};
  asked.expires = 90'000;
  return asked;
}

History asked() {
  History h;
  h.session().start("go-live", Kind::gate);
  h.add(gate(), "go-live", 1);
  return h;
}

void answer(History& h, const std::string& verdict) {
  event::AnswerRecorded answer;
  answer.verdict = verdict;
  answer.actor = "alice@ops-1";
  h.add(std::move(answer), "go-live", 1);
}

const Question& question_of(const History& h) {
  const auto found = h.state.questions.find("go-live");
  REQUIRE(found != h.state.questions.end());
  return found->second;
}

TEST_CASE("A question, its answer and a cancel keep their form in a row", "[question]") {
  const StoredEvent opened = encode({.step = "go-live", .payload = gate()});
  CHECK(opened.type == 16);
  CHECK(opened.payload ==
        R"({"text":"go live?","digest":"8e1f","by":["alice","@sre"],"expires":90000})");
  event::AnswerRecorded answer;
  answer.answer = {{"region", "eu"}};
  answer.verdict = "answered";
  answer.actor = "alice@ops-1";
  answer.comment = "c";
  const StoredEvent answered = encode({.step = "where", .payload = answer});
  CHECK(answered.type == 17);
  CHECK(answered.payload ==
        R"({"answer":{"region":"eu"},"verdict":"answered","actor":"alice@ops-1","comment":"c"})");
  const StoredEvent cancel =
      encode({.payload = event::CancelRequested{.reason = "wrong cluster", .actor = "me"}});
  CHECK(cancel.type == 25);
  CHECK(cancel.payload == R"({"reason":"wrong cluster","actor":"me"})");
}

TEST_CASE("Rows from before questions had fields still load", "[question]") {
  StoredEvent old;
  old.sequence = 1;
  old.type = 16;
  old.payload = R"({"shown":{"a":1},"digest":"8e1f"})";
  const Event read = decode(std::move(old));
  const auto& opened = std::get<event::GateOpened>(read.payload);
  CHECK(opened.digest == "8e1f");
  CHECK(opened.fields.is_null());
  CHECK(opened.by.empty());
  CHECK(opened.expires == 0);
}

TEST_CASE("A question is open until it is answered or expires", "[question]") {
  History h = asked();
  CHECK(question_of(h).opened == 4);
  CHECK(question_of(h).is_open(89'999));
  CHECK_FALSE(question_of(h).is_open(90'000));
  answer(h, "approved");
  CHECK_FALSE(question_of(h).is_open(0));
  CHECK(question_of(h).answer->actor == "alice@ops-1");
  CHECK(question_of(h).answered == 5);
  CHECK(question_of(h).answered_time == 5'000);
}

TEST_CASE("Asking anew forgets the old answer", "[question]") {
  History h = asked();
  answer(h, "denied");
  h.fail("go-live").session().start("go-live", Kind::gate);
  h.add(gate(), "go-live", 2);
  CHECK_FALSE(question_of(h).answer);
}

TEST_CASE("An answer that nobody asked for is refused", "[question]") {
  History h;
  h.session().start("go-live", Kind::gate);
  expect_error(Code::journal_corrupt, [&] { answer(h, "approved"); });
}

TEST_CASE("A forgotten step forgets what it asked, a step beside it does not", "[question]") {
  History h = asked();
  answer(h, "approved");
  h.rewind("go", {"go"});
  CHECK(h.state.questions.size() == 1);
  h.rewind("go-live", {"go-live"});
  CHECK(h.state.questions.empty());
}

TEST_CASE("A forgotten item forgets what was asked inside it", "[question]") {
  History h;
  h.session().start("e/1", Kind::item).start("e/1/ok?", Kind::gate);
  h.add(gate(), "e/1/ok?", 1);
  h.rewind("e/1", {"e/1", "e/1/ok?"});
  CHECK(h.state.questions.empty());
}

TEST_CASE("A renamed step takes its question along", "[question]") {
  History h = asked();
  answer(h, "approved");
  h.ok("go-live", 1);
  h.add(event::StepMarked{.state = State::ok, .value = RawJson("1"), .renamed_from = "go-live"},
        "launch");
  CHECK(h.state.questions.contains("launch"));
  CHECK_FALSE(h.state.questions.contains("go-live"));
}

// --- cancels and ends --------------------------------------------------------------------------

TEST_CASE("A requested cancel outlives the session and ends in a cancelled run", "[cancel]") {
  History h;
  h.session().start("a");
  h.add(event::CancelRequested{.reason = "wrong cluster", .actor = "me"});
  CHECK(h.state.phase == RunPhase::running);
  h.crash();
  REQUIRE(h.state.cancel);
  CHECK(h.state.cancel->reason == "wrong cluster");
  h.end_session(RunPhase::cancelled, 143);
  CHECK_FALSE(h.state.finished);
  h.add(event::RunFinished{.state = RunPhase::cancelled});
  CHECK(h.state.finished);
  CHECK(h.state.phase == RunPhase::cancelled);
}

TEST_CASE("A run that was undone is finished and says so", "[cancel]") {
  History h;
  h.session().end_session(RunPhase::undone, 0);
  h.add(event::RunFinished{.state = RunPhase::undone});
  CHECK(h.state.finished);
  CHECK(h.state.phase == RunPhase::undone);
}

TEST_CASE("A run that was done is not finished while a step of it is run again", "[cancel]") {
  History h;
  h.session().done("a").end_session(RunPhase::ok, 0);
  h.add(event::RunFinished{.state = RunPhase::ok});
  h.session().rewind("a", {"a"}).start("a").fail("a");
  h.end_session(RunPhase::failed, 1, History::error_of("a"));
  CHECK_FALSE(h.state.finished);
  CHECK(h.state.phase == RunPhase::failed);
}

}  // namespace
}  // namespace runbook
