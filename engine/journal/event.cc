// Events to rows and back. The grammar is in event.h; the fields of each payload in event_fields.h;
// event_line.cc has the form for other programs.

#include "engine/journal/event.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <concepts>
#include <cstring>
#include <utility>

#include "engine/base/error.h"
#include "engine/journal/event_fields.h"
#include "engine/journal/json_members.h"

namespace runbook {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<Payload>> kEventNames = {
    "run.created",  "session.started", "session.ended",    "run.finished",    "run.rewound",
    "step.started", "step.finished",   "step.retrying",    "step.waiting",    "step.marked",
    "step.skipped", "call.begun",      "call.amended",     "call.ended",      "value.recorded",
    "gate.opened",  "answer.recorded", "target.recorded",  "service.started", "service.ended",
    "state.put",    "output.set",      "attachment.added", "note.added",      "cancel.requested"};
constexpr std::array<std::string_view, 9> kStateNames = {"pending", "running",     "ok",
                                                         "failed",  "interrupted", "unknown",
                                                         "waiting", "skipped",     "cancelled"};
constexpr std::array<std::string_view, 9> kPhaseNames = {
    "", "running", "interrupted", "waiting", "failed", "unknown", "cancelled", "ok", "undone"};
constexpr std::array<std::string_view, 11> kKindNames = {
    "", "step", "item", "wait", "sleep", "gate", "ask", "manual", "finally", "on_fail", "undo"};

// --- writing -----------------------------------------------------------------------------------

template <typename Member>
void write_field(MemberWriter& out, std::string_view name, const Member& value) {
  if (value == Member{}) {
    return;  // absent = default
  }
  if constexpr (std::same_as<Member, std::string>) {
    out.string(name, value);
  } else if constexpr (std::same_as<Member, RawJson>) {
    out.raw(name, value.text());
  } else if constexpr (std::same_as<Member, bool>) {
    out.raw(name, "true");
  } else if constexpr (std::integral<Member>) {
    out.raw(name, fmt::format_int(value).str());
  } else {
    out.raw(name, dump_json(value));
  }
}

// The columns that an event has besides those of all.
template <typename E>
void write_columns(StoredEvent& /*stored*/, const E& /*event*/) {}
template <typename E>
requires requires(const E& event) {
  event.state;
}
void write_columns(StoredEvent& stored, const E& event) {
  stored.state = static_cast<int>(event.state);
}
void write_columns(StoredEvent& stored, const event::StepStarted& event) {
  stored.kind = static_cast<int>(event.kind);
  stored.body = event.body;
}

template <typename E>
std::string write_payload(const E& event) {
  MemberWriter out;
  std::apply(
      [&](const auto&... field) { (write_field(out, field.name, event.*field.member), ...); },
      kFields<E>);
  return out.finish();
}
std::string write_payload(const event::StepFinished& event) {
  return event.value.text();
}

// --- reading -----------------------------------------------------------------------------------

[[noreturn]] void corrupt(const StoredEvent& stored, std::string_view what) {
  throw Error(Code::journal_corrupt, fmt::format("event {}: {}", stored.sequence, what), {},
              Json{{"sequence", stored.sequence}});
}

[[noreturn]] void wrong_type(const StoredEvent& stored, std::string_view field,
                             std::string_view expected) {
  const auto type = static_cast<std::size_t>(stored.type) - 1;
  corrupt(stored, fmt::format("{} of {} is not {}", field, kEventNames[type], expected));
}

Json parse_field(const StoredEvent& stored, std::string_view field, std::string_view text) {
  try {
    return parse_json(text, field);
  } catch (const Error& error) {
    corrupt(stored, error.message);
  }
}

struct Reading {
  const StoredEvent& stored;
  std::string_view field;
  std::string_view text;

  void into(std::string& value) const {
    if (text.front() != '"') {
      wrong_type(stored, field, "a string");
    }
    if (text.find('\\') == std::string_view::npos) {
      value = text.substr(1, text.size() - 2);
    } else {
      value = parse_field(stored, field, text).get<std::string>();
    }
  }
  void into(bool& value) const {
    if (text != "true" && text != "false") {
      wrong_type(stored, field, "a boolean");
    }
    value = text == "true";
  }
  template <std::integral Number>
  void into(Number& value) const {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      wrong_type(stored, field, "a whole number of its range");
    }
  }
  void into(Json& value) const { value = parse_field(stored, field, text); }
  void into(RawJson& value) const { value = RawJson(std::string(text)); }
  void into(std::vector<std::string>& value) const {
    const Json list = parse_field(stored, field, text);
    if (!list.is_array()) {
      wrong_type(stored, field, "a list");
    }
    for (const Json& item : list) {
      if (!item.is_string()) {
        wrong_type(stored, field, "a list of strings");
      }
      value.push_back(item.get<std::string>());
    }
  }
};

// Fields that this version does not know are left alone: formats grow by adding.
template <typename E>
void read_field(const Reading& reading, E& event) {
  const auto try_one = [&](const auto& field) {
    if (field.name != reading.field) {
      return false;
    }
    reading.into(event.*field.member);
    return true;
  };
  std::apply([&](const auto&... field) { static_cast<void>((try_one(field) || ...)); }, kFields<E>);
}

template <typename E>
void read_payload(StoredEvent& stored, E& event) {
  if (stored.payload.empty()) {
    return;
  }
  MemberReader members(stored.payload);
  std::string_view name;
  std::string_view value;
  auto next = members.next(name, value);
  for (; next == MemberReader::Next::member; next = members.next(name, value)) {
    read_field(Reading{stored, name, value}, event);
  }
  if (next == MemberReader::Next::malformed) {
    corrupt(stored, "the payload is not a JSON object");
  }
}
void read_payload(StoredEvent& stored, event::StepFinished& event) {
  event.value = RawJson(std::move(stored.payload));
}

template <typename Enum>
Enum checked(const StoredEvent& stored, std::string_view column, int value, Enum first, Enum last) {
  if (value < static_cast<int>(first) || value > static_cast<int>(last)) {
    corrupt(stored, fmt::format("{} has the unknown value {}", column, value));
  }
  return static_cast<Enum>(value);
}

void read_state(const StoredEvent& stored, State& state) {
  state = checked(stored, "state", stored.state, State::pending, State::cancelled);
}
void read_state(const StoredEvent& stored, RunPhase& state) {
  state = checked(stored, "state", stored.state, RunPhase::running, RunPhase::undone);
}

template <typename E>
void read_columns(const StoredEvent& /*stored*/, E& /*event*/) {}
template <typename E>
requires requires(const E& event) {
  event.state;
}
void read_columns(const StoredEvent& stored, E& event) {
  read_state(stored, event.state);
}
void read_columns(const StoredEvent& stored, event::StepStarted& event) {
  event.kind = checked(stored, "kind", stored.kind, Kind::step, Kind::undo);
  event.body = stored.body;
}

// In place: a payload is large, and there are hundreds of thousands of them.
template <std::size_t Index>
void read_alternative(StoredEvent& stored, Payload& payload) {
  auto& event = payload.emplace<Index>();
  read_columns(stored, event);
  read_payload(stored, event);
}

using Reader = void (*)(StoredEvent&, Payload&);
template <std::size_t... Index>
constexpr auto make_readers(std::index_sequence<Index...>) {
  return std::array<Reader, sizeof...(Index)>{&read_alternative<Index>...};
}
constexpr auto kReaders = make_readers(std::make_index_sequence<std::variant_size_v<Payload>>());

// --- the chain ---------------------------------------------------------------------------------

template <typename Number>
char* put_bytes(char* out, Number number) {
  const auto bits = static_cast<std::make_unsigned_t<Number>>(number);
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    *out++ = static_cast<char>(bits >> (8 * i) & 0xff);
  }
  return out;
}

char* put_text(char* out, std::string_view text) {
  out = put_bytes(out, static_cast<std::uint32_t>(text.size()));
  if (!text.empty()) {
    std::memcpy(out, text.data(), text.size());
  }
  return out + text.size();
}

}  // namespace

std::string_view state_name(State state) {
  return kStateNames.at(static_cast<std::size_t>(state));
}

std::string_view phase_name(RunPhase phase) {
  return kPhaseNames.at(static_cast<std::size_t>(phase));
}

std::string_view kind_name(Kind kind) {
  return kKindNames.at(static_cast<std::size_t>(kind));
}

bool only_waits(Kind kind) {
  using enum Kind;
  return kind == gate || kind == ask || kind == manual || kind == wait || kind == sleep;
}

std::string_view event_name(const Payload& payload) {
  return kEventNames[payload.index()];
}

StoredEvent encode(const Event& event) {
  StoredEvent stored;
  stored.sequence = event.sequence;
  stored.time = event.time;
  stored.type = static_cast<int>(event.payload.index()) + 1;
  stored.attempt = event.attempt;
  stored.step = event.step;
  std::visit(
      [&](const auto& payload) {
        write_columns(stored, payload);
        stored.payload = write_payload(payload);
      },
      event.payload);
  return stored;
}

Event decode(StoredEvent&& stored) {
  if (stored.type < 1 || static_cast<std::size_t>(stored.type) > kReaders.size()) {
    corrupt(stored, fmt::format("unknown type {}", stored.type));
  }
  Event event{.sequence = stored.sequence,
              .time = stored.time,
              .step = std::move(stored.step),
              .attempt = stored.attempt,
              .payload = event::RunFinished{}};
  kReaders[static_cast<std::size_t>(stored.type) - 1](stored, event.payload);
  return event;
}

Digest chain(const Digest& previous, const StoredEvent& event) {
  constexpr std::size_t kFixed = 2 * 8 + 3 * 4 + 4 + 8 + 2 * 4;
  thread_local std::string buffer;
  buffer.resize(previous.size() + kFixed + event.step.size() + event.payload.size());
  std::memcpy(buffer.data(), previous.data(), previous.size());
  char* out = buffer.data() + previous.size();
  out = put_bytes(out, event.sequence);
  out = put_bytes(out, event.time);
  out = put_bytes(out, std::int32_t{event.type});
  out = put_bytes(out, std::int32_t{event.state});
  out = put_bytes(out, std::int32_t{event.kind});
  out = put_bytes(out, event.attempt);
  out = put_bytes(out, event.body);
  out = put_text(out, event.step);
  put_text(out, event.payload);
  return sha256(buffer);
}

std::int64_t link_of(const Digest& hash) {
  std::uint64_t link = 0;
  for (std::size_t i = 0; i < sizeof link; ++i) {
    link |= std::uint64_t{hash[i]} << (8 * i);
  }
  return static_cast<std::int64_t>(link);
}

}  // namespace runbook
