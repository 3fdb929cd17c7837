// Events as rows and back: what is on disk stays readable, and what is not ours is refused.
// Long: one case an event.

#include "engine/journal/event.h"

#include <random>

#include "engine/journal/event_fields.h"
#include "tests/base/expect_error.h"

namespace runbook {
namespace {

// --- every event there is, with random content -------------------------------------------------

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t limit) { return engine_() % limit; }

  void fill(std::string& value) {
    static const char* const kPieces[] = {"a", "\"",   "\\", "\n",       "{", "}", "[", "]",   ",",
                                          ":", "\x01", " ",  "\xc3\xa9", "/", "é", "0", "null"};
    value.clear();
    for (std::size_t i = below(6); i > 0; --i) {
      value += kPieces[below(std::size(kPieces))];
    }
  }
  void fill(bool& value) { value = below(2) == 0; }
  template <std::integral Number>
  void fill(Number& value) {
    const std::uint64_t bits = (std::uint64_t{engine_()} << 32U) | engine_();
    value = below(3) == 0 ? Number{} : static_cast<Number>(bits);
  }
  void fill(Json& value) { value = json(3); }
  void fill(RawJson& value) { value = below(4) == 0 ? RawJson() : RawJson::of(json(3)); }
  void fill(std::vector<std::string>& value) {
    value.resize(below(4));
    for (std::string& item : value) {
      fill(item);
    }
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void fill(Enum& value, Enum first, Enum last) {
    const auto lowest = static_cast<std::size_t>(first);
    value = static_cast<Enum>(lowest + below(static_cast<std::size_t>(last) - lowest + 1));
  }
  void fill(State& value) { fill(value, State::pending, State::cancelled); }
  void fill(RunPhase& value) { fill(value, RunPhase::running, RunPhase::undone); }
  void fill(Kind& value) { fill(value, Kind::step, Kind::undo); }

  Json json(int depth) {
    std::string text;
    fill(text);
    switch (below(depth == 0 ? 4 : 6)) {
      case 0:
        return nullptr;
      case 1:
        return text;
      case 2:
        return static_cast<std::int64_t>(engine_()) - (std::int64_t{1} << 31U);
      case 3:
        return below(2) == 0;
      case 4: {
        Json list = Json::array();
        for (std::size_t i = below(4); i > 0; --i) {
          list.push_back(json(depth - 1));
        }
        return list;
      }
      default: {
        Json object = Json::object();
        for (std::size_t i = below(4); i > 0; --i) {
          fill(text);
          object[text] = json(depth - 1);
        }
        return object;
      }
    }
  }

 private:
  std::mt19937 engine_;
};

template <typename E>
void fill_columns(Random& /*random*/, E& /*event*/) {}
template <typename E>
requires requires(E& event) {
  event.state;
}
void fill_columns(Random& random, E& event) {
  random.fill(event.state);
}
void fill_columns(Random& random, event::StepStarted& event) {
  random.fill(event.kind);
  random.fill(event.body);
}

template <typename E>
void fill_event(Random& random, E& event) {
  fill_columns(random, event);
  std::apply([&](const auto&... field) { (random.fill(event.*field.member), ...); }, kFields<E>);
  if constexpr (std::is_same_v<E, event::StepFinished>) {
    random.fill(event.value);
  }
}

template <typename E>
bool same(const E& left, const E& right) {
  bool equal = std::apply(
      [&](const auto&... field) { return ((left.*field.member == right.*field.member) && ...); },
      kFields<E>);
  if constexpr (requires { left.state; }) {
    equal &= left.state == right.state;
  }
  if constexpr (std::is_same_v<E, event::StepFinished>) {
    equal &= left.value == right.value;
  }
  if constexpr (std::is_same_v<E, event::StepStarted>) {
    equal &= left.kind == right.kind && left.body == right.body;
  }
  return equal;
}

template <std::size_t... Index>
Payload make_alternative(std::size_t wanted, std::index_sequence<Index...>) {
  Payload payload;
  static_cast<void>(((wanted == Index ? (payload.template emplace<Index>(), true) : false) || ...));
  return payload;
}

Event random_event(Random& random, std::size_t type) {
  Event event;
  random.fill(event.sequence);
  random.fill(event.time);
  random.fill(event.step);
  random.fill(event.attempt);
  event.payload = make_alternative(type, std::make_index_sequence<std::variant_size_v<Payload>>());
  std::visit([&](auto& payload) { fill_event(random, payload); }, event.payload);
  return event;
}

TEST_CASE("Every event comes back from its row as it was", "[event]") {
  Random random(20'261'121);
  for (int round = 0; round < 300; ++round) {
    for (std::size_t type = 0; type < std::variant_size_v<Payload>; ++type) {
      const Event event = random_event(random, type);
      const StoredEvent stored = encode(event);
      INFO(event_name(event.payload) << " " << stored.payload);
      StoredEvent copy = stored;
      const Event back = decode(std::move(copy));
      REQUIRE(back.sequence == event.sequence);
      REQUIRE(back.time == event.time);
      REQUIRE(back.step == event.step);
      REQUIRE(back.attempt == event.attempt);
      REQUIRE(back.payload.index() == event.payload.index());
      const bool equal = std::visit(
          [&](const auto& left) {
            return same(left, std::get<std::decay_t<decltype(left)>>(back.payload));
          },
          event.payload);
      REQUIRE(equal);
      REQUIRE((stored.payload.empty() || type == 6 || Json::accept(stored.payload)));
      const OrderedJson line = to_json_line(event, "7f3a-lucky-heron");
      REQUIRE(OrderedJson::parse(line.dump()) == line);
    }
  }
}

TEST_CASE("Damaged payloads are refused or read, never worse", "[event]") {
  Random random(7);
  for (int round = 0; round < 3'000; ++round) {
    StoredEvent stored = encode(random_event(random, random.below(std::variant_size_v<Payload>)));
    for (std::size_t i = random.below(3) + 1; i > 0 && !stored.payload.empty(); --i) {
      stored.payload[random.below(stored.payload.size())] = static_cast<char>(random.below(256));
    }
    if (random.below(4) == 0) {
      stored.payload.resize(stored.payload.size() / 2);
    }
    stored.type += static_cast<int>(random.below(3)) - 1;
    try {
      to_json_line(decode(std::move(stored)), "run");
    } catch (const Error& error) {
      REQUIRE(error.code == Code::journal_corrupt);
    } catch (const Json::exception& error) {
      // A string that is no longer UTF-8 is noticed when it is printed.
      REQUIRE(error.id == 316);
    }
  }
}

// --- frozen ------------------------------------------------------------------------------------

TEST_CASE("The numbers of event types are frozen", "[event]") {
  static const char* const kNames[] = {
      "run.created",  "session.started", "session.ended",    "run.finished",    "run.rewound",
      "step.started", "step.finished",   "step.retrying",    "step.waiting",    "step.marked",
      "step.skipped", "call.begun",      "call.amended",     "call.ended",      "value.recorded",
      "gate.opened",  "answer.recorded", "target.recorded",  "service.started", "service.ended",
      "state.put",    "output.set",      "attachment.added", "note.added",      "cancel.requested"};
  REQUIRE(std::size(kNames) == std::variant_size_v<Payload>);
  for (std::size_t type = 0; type < std::size(kNames); ++type) {
    const Payload payload =
        make_alternative(type, std::make_index_sequence<std::variant_size_v<Payload>>());
    CHECK(event_name(payload) == kNames[type]);
    CHECK(encode(Event{.payload = payload}).type == static_cast<int>(type) + 1);
  }
}

TEST_CASE("States, phases and kinds have their frozen numbers and names", "[event]") {
  CHECK(state_name(static_cast<State>(0)) == "pending");
  CHECK(state_name(static_cast<State>(2)) == "ok");
  CHECK(state_name(static_cast<State>(5)) == "unknown");
  CHECK(state_name(static_cast<State>(8)) == "cancelled");
  CHECK(phase_name(static_cast<RunPhase>(1)) == "running");
  CHECK(phase_name(static_cast<RunPhase>(6)) == "cancelled");
  CHECK(phase_name(static_cast<RunPhase>(8)) == "undone");
  CHECK(kind_name(static_cast<Kind>(2)) == "item");
  CHECK(kind_name(static_cast<Kind>(8)) == "finally");
  CHECK(kind_name(static_cast<Kind>(10)) == "undo");
}

TEST_CASE("A row keeps its form", "[event]") {
  const StoredEvent started =
      encode({.sequence = 3,
              .time = 1'700'000'000'000,
              .step = "deploy",
              .attempt = 2,
              .payload = event::StepStarted{.kind = Kind::item, .body = 77, .site = "r.lua:12"}});
  CHECK(started.type == 6);
  CHECK(started.kind == 2);
  CHECK(started.body == 77);
  CHECK(started.payload == R"({"site":"r.lua:12"})");

  const StoredEvent finished = encode(
      {.payload = event::StepFinished{.state = State::failed, .value = RawJson(R"({"a":1})")}});
  CHECK(finished.type == 7);
  CHECK(finished.state == 3);
  CHECK(finished.payload == R"({"a":1})");

  const StoredEvent call = encode({.payload = event::CallBegun{.primitive = "process.run",
                                                               .fingerprint = "ab",
                                                               .resource = {},
                                                               .occurrence = 1,
                                                               .arguments = {{"argv", {"true"}}},
                                                               .intent = nullptr}});
  CHECK(
      call.payload ==
      R"({"primitive":"process.run","fingerprint":"ab","occurrence":1,"arguments":{"argv":["true"]}})");
  CHECK(encode({.payload = event::SessionEnded{.state = RunPhase::ok}}).payload.empty());
}

TEST_CASE("The chain keeps its form", "[event]") {
  StoredEvent event;
  event.sequence = 1;
  event.time = 1'700'000'000'000;
  event.type = 6;
  event.state = 0;
  event.kind = 1;
  event.attempt = 1;
  event.body = 77;
  event.step = "deploy";
  event.payload = "{}";
  const Digest first = chain(Digest{}, event);
  // Made by hand from the grammar in event.h: python3, hashlib and struct.
  CHECK(to_hex(first) == "944f48db31d12fe8aab7074854391dad81bed24602102b2d6e0063da18e407c1");
  event.sequence = 2;
  event.step.clear();
  event.payload.clear();
  CHECK(to_hex(chain(first, event)) ==
        "3bb34cda3c1a288423ab4cdb38cdb80f5d10158370dcadd02163513aee70fe41");
  CHECK(link_of(first) == -1715922920942317676);
}

TEST_CASE("Every part of an event is in the chain", "[event]") {
  StoredEvent event;
  event.step = "ab";
  event.payload = "c";
  const Digest before = chain(Digest{}, event);
  const auto changed = [&](auto change) {
    StoredEvent other = event;
    change(other);
    return chain(Digest{}, other) != before;
  };
  CHECK(changed([](StoredEvent& e) { e.sequence = 1; }));
  CHECK(changed([](StoredEvent& e) { e.time = 1; }));
  CHECK(changed([](StoredEvent& e) { e.type = 1; }));
  CHECK(changed([](StoredEvent& e) { e.state = 1; }));
  CHECK(changed([](StoredEvent& e) { e.kind = 1; }));
  CHECK(changed([](StoredEvent& e) { e.attempt = 1; }));
  CHECK(changed([](StoredEvent& e) { e.body = -1; }));
  CHECK(changed([](StoredEvent& e) { e.step = "a", e.payload = "bc"; }));
  Digest other{};
  other[31] = 1;
  CHECK(chain(other, event) != before);
}

// --- reading what others wrote -----------------------------------------------------------------

StoredEvent row(int type, std::string payload) {
  StoredEvent stored;
  stored.sequence = 17;
  stored.type = type;
  stored.kind = 1;
  stored.state = 2;
  stored.payload = std::move(payload);
  return stored;
}

TEST_CASE("Fields that a later version added are left alone", "[event]") {
  const Event event =
      decode(row(9, R"({ "colour" : [1,{"x":"}"}], "why":"time" ,"until":5,"more":null})"));
  CHECK(std::get<event::StepWaiting>(event.payload).why == "time");
  CHECK(std::get<event::StepWaiting>(event.payload).until == 5);
}

TEST_CASE("A field that is missing has its default", "[event]") {
  const Event event = decode(row(9, "{}"));
  CHECK(std::get<event::StepWaiting>(event.payload).why.empty());
  CHECK(std::get<event::StepWaiting>(decode(row(9, "")).payload).until == 0);
}

TEST_CASE("Escapes in a string are understood", "[event]") {
  const Event event = decode(row(24, R"({"text":"a\nb \"c\" \u00e9"})"));
  CHECK(std::get<event::NoteAdded>(event.payload).text == "a\nb \"c\" \xc3\xa9");
}

TEST_CASE("A field of the wrong type is refused by sequence and name", "[event]") {
  struct Case {
    int type;
    const char* payload;
    const char* field;
  };
  const Case wrong = GENERATE(Case{9, R"({"why":5})", "why of step.waiting"},
                              Case{9, R"({"until":"soon"})", "until of step.waiting"},
                              Case{9, R"({"until":1.5})", "until of step.waiting"},
                              Case{2, R"({"resumed":1})", "resumed of session.started"},
                              Case{12, R"({"occurrence":-1})", "occurrence of call.begun"},
                              Case{5, R"({"forgotten":{}})", "forgotten of run.rewound"},
                              Case{5, R"({"forgotten":[1]})", "forgotten of run.rewound"});
  const Error error =
      expect_error(Code::journal_corrupt, [&] { decode(row(wrong.type, wrong.payload)); });
  CHECK_THAT(error.message, ContainsSubstring("event 17"));
  CHECK_THAT(error.message, ContainsSubstring(wrong.field));
  CHECK(error.detail["sequence"] == 17);
}

TEST_CASE("A payload that is not a JSON object is refused", "[event]") {
  const std::string payload =
      GENERATE("x", "[]", "{", R"({"why")", R"({"why":})", R"({"why":"a)", R"({"why":"a"}})",
               R"({"why":"a",})", R"({"a":[1})", R"({"a":{"b":1})", "{\"a\":1}x");
  INFO(payload);
  expect_error(Code::journal_corrupt, [&] { decode(row(9, payload)); });
}

TEST_CASE("Deep nesting is refused, not followed", "[event]") {
  const std::string deep =
      R"({"value":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  expect_error(Code::journal_corrupt, [&] { decode(row(15, deep)); });
}

TEST_CASE("Unknown numbers in the columns are refused", "[event]") {
  expect_error(Code::journal_corrupt, [] { decode(row(0, "")); });
  expect_error(Code::journal_corrupt, [] { decode(row(26, "")); });
  StoredEvent finished = row(7, "1");
  finished.state = 9;
  expect_error(Code::journal_corrupt, [&] { decode(std::move(finished)); });
  StoredEvent started = row(6, "");
  started.kind = 11;
  expect_error(Code::journal_corrupt, [&] { decode(std::move(started)); });
  StoredEvent ended = row(3, "");
  ended.state = 0;
  expect_error(Code::journal_corrupt, [&] { decode(std::move(ended)); });
}

TEST_CASE("Text that is not UTF-8 is not written into a payload", "[event]") {
  expect_error(Code::json_invalid, [] { encode({.payload = event::NoteAdded{.text = "\xff"}}); });
}

// --- JSON lines --------------------------------------------------------------------------------

std::string line_of(Payload payload, std::string step = "a", std::uint32_t attempt = 1) {
  return to_json_line({.sequence = 4,
                       .time = 1'700'000'000'118,
                       .step = std::move(step),
                       .attempt = attempt,
                       .payload = std::move(payload)},
                      "7f3a-lucky-heron")
      .dump();
}

TEST_CASE("A JSON line names its event, then tells it", "[event]") {
  CHECK(
      line_of(event::StepFinished{.state = State::ok, .value = RawJson(R"({"b":1,"a":2})")}) ==
      R"({"v":1,"seq":4,"ts":"2023-11-14T22:13:20.118Z","run":"7f3a-lucky-heron","type":"step.finished","step":"a","attempt":1,"state":"ok","result":{"a":2,"b":1}})");
  CHECK_THAT(line_of(event::StepFinished{.state = State::failed, .value = RawJson("1")}),
             ContainsSubstring(R"("state":"failed","error":1)"));
  CHECK_THAT(line_of(event::StepStarted{.kind = Kind::item, .body = 255, .site = "r.lua:1"}),
             ContainsSubstring(R"("kind":"item","site":"r.lua:1","body":"00000000000000ff")"));
  CHECK_THAT(line_of(event::SessionEnded{.state = RunPhase::ok, .exit = 0}, "", 0),
             ContainsSubstring(R"("type":"session.ended","state":"ok","exit":0})"));
  CHECK_THAT(line_of(event::StepMarked{.state = State::ok, .value = RawJson("1"), .actor = "me"}),
             ContainsSubstring(R"("state":"ok","result":1,"actor":"me")"));
  CHECK_THAT(line_of(event::CallEnded{.call = 3, .result = {}, .error = {{"code", "RB0612"}}}),
             ContainsSubstring(R"("call":3,"error":{"code":"RB0612"})"));
}

}  // namespace
}  // namespace runbook
