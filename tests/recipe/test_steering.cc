// What an operator's word does to a run, and when it is refused. Long, because each instruction is
// refused for several reasons, on the same short histories.

#include "engine/recipe/steering.h"
#include "tests/base/expect_error.h"
#include "tests/journal/history.h"

namespace runbook {
namespace {

using Kind = Instruction::Kind;
constexpr Timestamp kNow = 50'000;

Instruction say(Kind kind, const std::string& step, const std::string& actor = "alice@ops-1") {
  Instruction said;
  said.kind = kind;
  said.run = "7f3a-lucky-heron";
  said.step = step;
  said.actor = actor;
  said.reason = "because";
  return said;
}

/// The secrets of the run that are known where it is steered.
using Known = std::map<std::string, std::string>;

Steered steered(const History& h, const Instruction& said, bool driven = false,
                const Known& known = {}) {
  Redactor redactor;
  SecretVault vault(said.run, redactor);
  for (const auto& [name, value] : known) {
    vault.add(name, value);
  }
  return steer(h.state, said, kNow, driven, vault);
}

/// All that the events hold.
std::string recorded_text(const Steered& done) {
  std::string text;
  for (const Event& event : done.events) {
    text += to_json_line(event, "7f3a-lucky-heron").dump() + "\n";
  }
  return text;
}

Error refused(Code code, const History& h, const Instruction& said, bool driven = false) {
  return expect_error(code, [&] { steered(h, said, driven); });
}

/// Appends what was steered, as a driver or a command does.
void carry_out(History& h, const Steered& done) {
  for (const Event& event : done.events) {
    h.add(event.payload, event.step, event.attempt);
  }
}

void ask(History& h, const std::string& step, runbook::Kind kind, const event::GateOpened& asked) {
  h.start(step, kind);
  h.add(asked, step, h.attempts(step));
  h.add(event::StepWaiting{.why = "a person", .until = asked.expires}, step, h.attempts(step));
}

History at_gate(std::vector<std::string> by = {}, Timestamp expires = 0) {
  History h;
  h.session();
  event::GateOpened asked;
  asked.digest = "8e1f";
  asked.by = std::move(by);
  asked.expires = expires;
  ask(h, "go-live", runbook::Kind::gate, asked);
  return h;
}

History at_question(Json fields) {
  History h;
  h.add(event::RunCreated{.recipe = "r.lua", .name = "r", .root = "/srv/project"});
  h.session();
  event::GateOpened asked;
  asked.digest = "8e1f";
  asked.fields = std::move(fields);
  ask(h, "where", runbook::Kind::ask, asked);
  return h;
}

Instruction answer(Json answers) {
  Instruction said = say(Kind::answer, "where");
  said.answers = std::move(answers);
  return said;
}

template <typename E>
const E& payload(const Steered& done, std::size_t index = 0) {
  REQUIRE(done.events.size() > index);
  return std::get<E>(done.events[index].payload);
}

const Json kRegion = {{"region", {{"type", "enum"}, {"values", {"eu-west", "us-east"}}}},
                      {"nodes", {{"type", "integer"}, {"default", 3}, {"max", 9}}}};

// --- gates -------------------------------------------------------------------------------------

TEST_CASE("An approval is recorded with who gave it and what was said", "[steering]") {
  const History h = at_gate();
  const Steered done = steered(h, say(Kind::approve, "go-live"));
  CHECK(done.sentence == "Approved go-live.");
  CHECK(done.events.front().step == "go-live");
  CHECK(done.events.front().attempt == 1);
  const auto& recorded = payload<event::AnswerRecorded>(done);
  CHECK(recorded.verdict == "approved");
  CHECK(recorded.actor == "alice@ops-1");
  CHECK(recorded.comment == "because");
  const Steered denied = steered(h, say(Kind::deny, "go-live"));
  CHECK(payload<event::AnswerRecorded>(denied).verdict == "denied");
}

TEST_CASE("Of two answers the first counts, and the second is told whose that was", "[steering]") {
  History h = at_gate();
  carry_out(h, steered(h, say(Kind::deny, "go-live", "bob@ops-2")));
  const Error late = refused(Code::answered_already, h, say(Kind::approve, "go-live"));
  CHECK_THAT(late.message, ContainsSubstring("go-live was denied by bob@ops-2 at 1970-01-01"));
  CHECK_THAT(late.hint, ContainsSubstring("runbook resume 7f3a-lucky-heron asks anew"));
}

TEST_CASE("A gate that has expired cannot be answered", "[steering]") {
  const Error late =
      refused(Code::gate_expired, at_gate({}, kNow), say(Kind::approve, "go-live"), true);
  CHECK_THAT(late.message, ContainsSubstring("1970-01-01T00:00:50"));
  CHECK_THAT(late.hint, ContainsSubstring("runbook resume 7f3a-lucky-heron"));
  CHECK_NOTHROW(steered(at_gate({}, kNow + 1), say(Kind::approve, "go-live")));
}

TEST_CASE("A gate is answered only by those whom it names", "[steering]") {
  const History h = at_gate({"alice", "@sre"});
  CHECK_NOTHROW(steered(h, say(Kind::approve, "go-live", "alice@ops-1")));
  Instruction bob = say(Kind::approve, "go-live", "bob@ops-1");
  bob.groups = {"staff", "dev"};
  const Error refusal = refused(Code::may_not_answer, h, bob);
  CHECK_THAT(refusal.message, ContainsSubstring("alice, @sre"));
  CHECK_THAT(refusal.message, ContainsSubstring("bob"));
  bob.kind = Kind::deny;
  refused(Code::may_not_answer, h, bob);
  bob.groups.emplace_back("sre");
  CHECK_NOTHROW(steered(h, bob));
  refused(Code::may_not_answer, h, say(Kind::approve, "go-live", "sre@ops-1"));
}

TEST_CASE("What asks nothing cannot be answered, and what does is named", "[steering]") {
  History h = at_gate();
  h.done("build");
  const Error nothing = refused(Code::nothing_asked, h, say(Kind::approve, "build"));
  CHECK_THAT(nothing.message, ContainsSubstring("build asks nothing: it is ok"));
  CHECK_THAT(nothing.message, ContainsSubstring("asked are go-live"));
  const Error unknown = refused(Code::step_not_found, h, say(Kind::approve, "go-lvie"));
  CHECK_THAT(unknown.message, ContainsSubstring("did you mean go-live?"));
}

TEST_CASE("A gate that was skipped meanwhile asks nothing any more", "[steering]") {
  History h = at_gate();
  carry_out(h, steered(h, say(Kind::skip, "go-live"), true));
  refused(Code::nothing_asked, h, say(Kind::approve, "go-live"));
}

TEST_CASE("Who may not answer a gate may neither mark nor skip it", "[steering]") {
  const History h = at_gate({"alice"});
  for (const Kind kind : {Kind::mark_done, Kind::mark_failed, Kind::skip}) {
    const Error refusal = refused(Code::may_not_answer, h, say(kind, "go-live", "bob@ops-1"));
    CHECK(refusal.message ==
          refused(Code::may_not_answer, h, say(Kind::approve, "go-live", "bob@ops-1")).message);
    CHECK_NOTHROW(steered(h, say(kind, "go-live", "alice@ops-1")));
    CHECK_NOTHROW(steered(at_gate(), say(kind, "go-live", "bob@ops-1")));
  }
  refused(Code::may_not_answer, at_gate({"alice"}, kNow), say(Kind::skip, "go-live", "bob@ops-1"));
}

TEST_CASE("Who may not answer a gate may not end the step around it either, until it is passed",
          "[steering]") {
  event::GateOpened asked;
  asked.digest = "8e1f";
  asked.by = {"alice"};
  asked.expires = GENERATE(Timestamp{0}, kNow);
  History h;
  h.session().start("s").start("s/inner").start("s2");
  ask(h, "s/inner/go live", runbook::Kind::gate, asked);
  for (const Kind kind : {Kind::mark_done, Kind::mark_failed, Kind::skip}) {
    for (const std::string around : {"s", "s/inner"}) {
      const Error refusal = refused(Code::may_not_answer, h, say(kind, around, "bob@ops-1"));
      CHECK(refusal.message == "s/inner/go live is for alice, and bob is none of them");
      CHECK_NOTHROW(steered(h, say(kind, around, "alice@ops-1")));
    }
    CHECK_NOTHROW(steered(h, say(kind, "s2", "bob@ops-1")));
  }
  History skipped = h;
  carry_out(skipped, steered(skipped, say(Kind::skip, "s/inner/go live")));
  CHECK_NOTHROW(steered(skipped, say(Kind::skip, "s", "bob@ops-1")));
  History marked = h;
  carry_out(marked, steered(marked, say(Kind::mark_done, "s/inner/go live")));
  CHECK_NOTHROW(steered(marked, say(Kind::skip, "s", "bob@ops-1")));
  event::AnswerRecorded answer;
  answer.verdict = "approved";
  History approved = h;
  approved.add(answer, "s/inner/go live", 1);
  CHECK_NOTHROW(steered(approved, say(Kind::skip, "s", "bob@ops-1")));
  answer.verdict = "denied";
  h.add(answer, "s/inner/go live", 1);
  refused(Code::may_not_answer, h, say(Kind::skip, "s", "bob@ops-1"));
}

// --- typed answers -----------------------------------------------------------------------------

TEST_CASE("Answers get the types of their fields, and defaults where none is given", "[steering]") {
  const Steered done = steered(at_question(kRegion), answer({{"region", "eu-west"}}));
  CHECK(payload<event::AnswerRecorded>(done).answer == Json{{"region", "eu-west"}, {"nodes", 3}});
  const Steered both =
      steered(at_question(kRegion), answer({{"region", "us-east"}, {"nodes", "7"}}));
  CHECK(payload<event::AnswerRecorded>(both).answer == Json{{"region", "us-east"}, {"nodes", 7}});
  CHECK(both.sentence == "Answered where.");
}

TEST_CASE("A field that need not be given may be left out", "[steering]") {
  const Steered done = steered(at_question({{"note", {{"type", "string"}, {"required", false}}}}),
                               answer(Json::object()));
  CHECK(payload<event::AnswerRecorded>(done).answer == Json::object());
}

TEST_CASE("Every field that is missing, unknown or wrong is named with what is wrong",
          "[steering]") {
  const Error error = refused(Code::answer_invalid, at_question(kRegion),
                              answer({{"regoin", "eu-west"}, {"nodes", "ten"}}));
  CHECK_THAT(error.message, ContainsSubstring("regoin is not asked for"));
  CHECK_THAT(error.message, ContainsSubstring("did you mean region?"));
  CHECK_THAT(error.message, ContainsSubstring("region is missing: region=enum"));
  CHECK_THAT(error.message, ContainsSubstring("nodes must be a whole number, not \"ten\""));
  CHECK(error.detail.size() == 3);
  const Error choice =
      refused(Code::answer_invalid, at_question(kRegion), answer({{"region", "eu-wset"}}));
  CHECK_THAT(choice.message, ContainsSubstring("must be one of eu-west, us-east"));
}

TEST_CASE("A relative path in an answer starts at the project root", "[steering]") {
  const Steered done =
      steered(at_question({{"file", {{"type", "path"}}}}), answer({{"file", "a.json"}}));
  CHECK(payload<event::AnswerRecorded>(done).answer["file"] == "/srv/project/a.json");
}

TEST_CASE("A secret answer is recorded as a reference, its value is left to the caller",
          "[steering]") {
  const History h = at_question({{"password", {{"type", "secret"}}}});
  const Steered done = steered(h, answer({{"password", "hunter2-hunter2"}}));
  CHECK(payload<event::AnswerRecorded>(done).answer ==
        Json{{"password", {{"$secret", "where.password"}}}});
  CHECK(done.secrets == std::map<std::string, std::string>{{"where.password", "hunter2-hunter2"}});
  const Error error = refused(Code::answer_invalid, h, answer({{"password", "abc"}}));
  CHECK_THAT(error.message, !ContainsSubstring("abc"));
}

TEST_CASE("The secret parts of a URL are not recorded either", "[steering]") {
  const Steered done = steered(at_question({{"rpc", {{"type", "url"}}}}),
                               answer({{"rpc", "https://me:pass-word-7@node/x"}}));
  const std::string recorded = payload<event::AnswerRecorded>(done).answer["rpc"];
  CHECK_THAT(recorded, !ContainsSubstring("pass-word-7"));
  CHECK_THAT(recorded, ContainsSubstring("rbsecret-"));
  CHECK(done.secrets.size() == 1);
}

TEST_CASE("A question is answered in the form in which it is asked", "[steering]") {
  const Error fields =
      refused(Code::nothing_asked, at_question(kRegion), say(Kind::approve, "where"));
  CHECK_THAT(fields.hint,
             ContainsSubstring("runbook answer 7f3a-lucky-heron where nodes=... region=..."));
  Instruction values = say(Kind::answer, "go-live");
  values.answers = {{"a", "b"}};
  const Error gate = refused(Code::nothing_asked, at_gate(), values);
  CHECK_THAT(gate.hint, ContainsSubstring("runbook approve"));
  CHECK_NOTHROW(steered(at_question(kRegion), say(Kind::deny, "where")));
}

TEST_CASE("A question without fields is answered with none", "[steering]") {
  const Steered done = steered(at_question(Json::object()), answer(Json::object()));
  CHECK(payload<event::AnswerRecorded>(done).verdict == "answered");
  refused(Code::answer_invalid, at_question(Json::object()), answer({{"a", "b"}}));
}

TEST_CASE("A secret in a result that stands for an answer is kept, and referred to", "[steering]") {
  const History h = at_question({{"password", {{"type", "secret"}}}, {"rpc", {{"type", "url"}}}});
  for (const Kind kind : {Kind::mark_done, Kind::skip}) {
    Instruction said = say(kind, "where");
    said.result = {{"password", "hunter2-hunter2"}, {"rpc", "https://me:pass-word-7@node/x"}};
    said.reason = "it is hunter2-hunter2";
    const Steered done = steered(h, said);
    const std::string text = recorded_text(done);
    CHECK_THAT(text, !ContainsSubstring("hunter2") && !ContainsSubstring("pass-word-7"));
    CHECK_THAT(text, ContainsSubstring(R"("password":{"$secret":"where.password"})"));
    CHECK(done.secrets.at("where.password") == "hunter2-hunter2");
    CHECK(done.secrets.size() == 2);
    said.result = {{"password", "abc"}};
    CHECK_THAT(refused(Code::answer_invalid, h, said).message, !ContainsSubstring("abc"));
    said.result = {{"password", nullptr}, {"other", 7}};
    CHECK(steered(h, said).secrets.empty());
  }
}

// --- secrets that are typed ---------------------------------------------------------------------

TEST_CASE("A number that is a secret is recorded as its reference, driven or not", "[steering]") {
  const History h = at_question({{"count", {{"type", "integer"}}}});
  Instruction marked = say(Kind::mark_done, "where");
  marked.result = {{"t", 12345678}, {"n", 7}};
  for (const bool driven : {false, true}) {
    for (const Instruction& said : {marked, answer({{"count", "12345678"}})}) {
      const std::string text = recorded_text(steered(h, said, driven, {{"pin", "12345678"}}));
      CHECK_THAT(text, ContainsSubstring(R"({"$secret":"pin"})"));
      CHECK_THAT(text, !ContainsSubstring("12345678"));
    }
  }
}

TEST_CASE("No secret of the run is recorded of what is typed, whatever is said", "[steering]") {
  const Known known = {{"key", "correct-horse-battery"}};
  for (const Kind kind :
       {Kind::approve, Kind::deny, Kind::mark_done, Kind::mark_failed, Kind::skip, Kind::cancel}) {
    Instruction said = say(kind, kind == Kind::cancel ? "" : "go-live");
    said.reason = "since correct-horse-battery was typed";
    said.result = {{"used", {"correct-horse-battery"}}};
    const std::string text = recorded_text(steered(at_gate(), said, false, known));
    CHECK_THAT(text, !ContainsSubstring("horse"));
    CHECK_THAT(text, ContainsSubstring("since rbsecret-"));
  }
  Instruction said = answer({{"note", "it is correct-horse-battery"}});
  const Steered done = steered(at_question({{"note", {{"type", "string"}}}}), said, false, known);
  CHECK_THAT(recorded_text(done), !ContainsSubstring("horse"));
}

// --- mark and skip -----------------------------------------------------------------------------

TEST_CASE("A marked step has the result that was given, or an error with the reason",
          "[steering]") {
  History h;
  h.session().start("pay").fail("pay");
  Instruction said = say(Kind::mark_done, "pay");
  said.result = {{"id", 7}};
  carry_out(h, steered(h, said));
  CHECK(h.step("pay").state == State::ok);
  CHECK(h.step("pay").value.parse() == Json{{"id", 7}});
  carry_out(h, steered(h, say(Kind::mark_failed, "pay")));
  CHECK(h.step("pay").state == State::failed);
  const Error failure = Error::from_json(h.step("pay").value.parse());
  CHECK(failure.code == Code::step_marked_failed);
  CHECK(failure.message == "because");
}

TEST_CASE("Marking settles the calls of a step but those that use something up", "[steering]") {
  History h;
  h.session().start("pay");
  h.call("pay");
  h.add(event::CallBegun{.primitive = "eth.send", .fingerprint = "f", .resource = "eth/1/0xabc"},
        "pay", 1);
  h.crash();
  const Steered done = steered(h, say(Kind::mark_done, "pay"));
  CHECK(payload<event::CallEnded>(done, 1).settled == "mark");
  CHECK(done.events.size() == 2);
  CHECK_THAT(done.sentence, ContainsSubstring("Still open: eth.send uses up eth/1/0xabc"));
  const Steered skipped = steered(h, say(Kind::skip, "pay"));
  CHECK(payload<event::CallEnded>(skipped, 1).settled == "skip");
  CHECK(payload<event::CallEnded>(skipped, 1).error["message"] == "because");
}

TEST_CASE("A step can be skipped before it begins, with a result for the next lines",
          "[steering]") {
  History h;
  h.session().done("a");
  Instruction said = say(Kind::skip, "announce/slack");
  said.result = "nobody told";
  const Steered done = steered(h, said, true);
  CHECK_THAT(done.sentence, ContainsSubstring("has not begun"));
  carry_out(h, done);
  CHECK(h.step("announce/slack").state == State::skipped);
  CHECK(h.step("announce/slack").value.parse() == "nobody told");
  refused(Code::step_name_invalid, h, say(Kind::skip, "announce/"));
  refused(Code::step_name_invalid, h, say(Kind::skip, ""));
  refused(Code::step_not_found, h, say(Kind::mark_done, "announce/mail"));
}

TEST_CASE("A step that acts is not marked or skipped while the run is driven", "[steering]") {
  History h;
  h.session().start("p").start("p/deploy");
  for (const Kind kind : {Kind::mark_done, Kind::mark_failed, Kind::skip}) {
    CHECK_THAT(refused(Code::step_acting, h, say(kind, "p/deploy"), true).message,
               ContainsSubstring("p/deploy is acting right now (running since"));
    refused(Code::step_acting, h, say(kind, "p"), true);
    CHECK_NOTHROW(steered(h, say(kind, "p/deploy"), false));  // nobody drives it: it was cut off
  }
}

TEST_CASE("A step whose calls are examined is not marked while the run is driven", "[steering]") {
  History h;
  h.session().start("pay");
  h.call("pay");
  h.crash();
  refused(Code::step_acting, h, say(Kind::mark_done, "pay"), true);
  CHECK_NOTHROW(steered(h, say(Kind::mark_done, "pay"), false));
}

TEST_CASE("A step that waits or has ended is marked and skipped while the run is driven",
          "[steering]") {
  History h = at_gate();
  h.done("done").start("failed").fail("failed");
  h.start("until", runbook::Kind::wait).start("nap", runbook::Kind::sleep);
  h.start("retried");
  h.add(event::StepRetrying{.error = History::error_of("retried"), .delay_ms = 500}, "retried", 1);
  for (const char* step : {"go-live", "done", "failed", "until", "nap", "retried"}) {
    INFO(step);
    CHECK_NOTHROW(steered(h, say(Kind::mark_done, step), true));
    CHECK_NOTHROW(steered(h, say(Kind::skip, step), true));
  }
}

// --- the run -----------------------------------------------------------------------------------

TEST_CASE("A cancel is recorded once, asking again says whose it was", "[steering]") {
  History h;
  h.session().start("a");
  carry_out(h, steered(h, say(Kind::cancel, ""), true));
  REQUIRE(h.state.cancel);
  CHECK(h.state.cancel->reason == "because");
  const Steered again = steered(h, say(Kind::cancel, "", "bob@ops-2"), true);
  CHECK(again.events.empty());
  CHECK_THAT(again.sentence, ContainsSubstring("alice@ops-1"));
}

TEST_CASE("Nothing can be said to a run that has ended", "[steering]") {
  History h = at_gate();
  h.add(event::RunFinished{.state = RunPhase::cancelled});
  for (const Kind kind : {Kind::approve, Kind::mark_done, Kind::skip, Kind::cancel}) {
    CHECK_THAT(refused(Code::run_finished, h, say(kind, "go-live")).message,
               ContainsSubstring("cancelled"));
  }
}

}  // namespace
}  // namespace runbook
