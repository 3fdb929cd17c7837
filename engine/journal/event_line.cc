// The JSON-lines form of an event, for other programs (design §9).

#include <fmt/format.h>

#include <concepts>
#include <variant>

#include "engine/journal/event.h"
#include "engine/journal/event_fields.h"

namespace runbook {
namespace {

template <typename Member>
void put(OrderedJson& line, std::string_view name, const Member& value) {
  const std::string key(name);
  if constexpr (std::same_as<Member, RawJson>) {
    if (!value.empty()) {
      line[key] = OrderedJson(value.parse());
    }
  } else if constexpr (std::same_as<Member, Json>) {
    if (!value.is_null()) {
      line[key] = OrderedJson(value);
    }
  } else if constexpr (std::same_as<Member, std::string>) {
    if (!value.empty()) {
      line[key] = value;
    }
  } else {
    line[key] = value;
  }
}

template <typename E>
void put_fields(OrderedJson& line, const E& event) {
  std::apply([&](const auto&... field) { (put(line, field.name, event.*field.member), ...); },
             kFields<E>);
}

/// A value is called what it is.
std::string_view value_name(State state) {
  return has_result(state) ? "result" : "error";
}

template <typename E>
void put_payload(OrderedJson& line, const E& event) {
  put_fields(line, event);
}
void put_payload(OrderedJson& line, const event::SessionEnded& event) {
  line["state"] = phase_name(event.state);
  put_fields(line, event);
}
void put_payload(OrderedJson& line, const event::RunFinished& event) {
  line["state"] = phase_name(event.state);
}
void put_payload(OrderedJson& line, const event::StepStarted& event) {
  line["kind"] = kind_name(event.kind);
  put(line, "site", event.site);
  put(line, "inputs", event.inputs);
  if (event.has_undo) {
    line["has_undo"] = true;
  }
  if (event.body != 0) {
    line["body"] = fmt::format("{:016x}", static_cast<std::uint64_t>(event.body));
  }
}
void put_payload(OrderedJson& line, const event::StepFinished& event) {
  line["state"] = state_name(event.state);
  put(line, value_name(event.state), event.value);
}
void put_payload(OrderedJson& line, const event::StepMarked& event) {
  line["state"] = state_name(event.state);
  put(line, value_name(event.state), event.value);
  put(line, "reason", event.reason);
  put(line, "actor", event.actor);
  put(line, "renamed_from", event.renamed_from);
}
void put_payload(OrderedJson& line, const event::StepSkipped& event) {
  line["state"] = state_name(State::skipped);
  put(line, "result", event.value);
  put(line, "reason", event.reason);
  put(line, "actor", event.actor);
}

}  // namespace

OrderedJson to_json_line(const Event& event, std::string_view run) {
  OrderedJson line{{"v", 1},
                   {"seq", event.sequence},
                   {"ts", format_timestamp(event.time)},
                   {"run", run},
                   {"type", event_name(event.payload)}};
  if (!event.step.empty()) {
    line["step"] = event.step;
  }
  if (event.attempt != 0) {
    line["attempt"] = event.attempt;
  }
  std::visit([&](const auto& payload) { put_payload(line, payload); }, event.payload);
  return line;
}

}  // namespace runbook
