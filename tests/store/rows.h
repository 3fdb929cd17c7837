#pragma once
// Rows for tests of stores, and what was stored of them.

#include <string>
#include <utility>
#include <vector>

#include "engine/store/store.h"

namespace runbook {

inline RunRow run_row(std::string id, Timestamp created = 1'700'000'000'000) {
  return {.id = std::move(id),
          .recipe = "examples/quickstart.lua",
          .name = "quickstart",
          .created = created,
          .updated = created,
          .state = 1,
          .exit = -1,
          .head = 0,
          .head_hash = {},
          .lock = {}};
}

inline StoredEvent stored_event(Sequence sequence, std::string step = "step") {
  StoredEvent event;
  event.sequence = sequence;
  event.time = 1'700'000'000'000 + static_cast<Timestamp>(sequence);
  event.type = 6;
  event.step = std::move(step);
  return event;
}

inline Append append_of(std::string run, Sequence head, std::vector<StoredEvent> events) {
  Append append{.run = std::move(run)};
  append.expected_head = head;
  append.events = std::move(events);
  append.head_hash.fill(static_cast<std::uint8_t>(head + append.events.size()));
  return append;
}

inline OpenIntent open_intent(std::string run, Sequence call, std::string resource,
                              std::string intent = R"({"nonce":7})") {
  return {.run = std::move(run),
          .call = call,
          .step = "pay",
          .primitive = "eth.send",
          .resource = std::move(resource),
          .intent = std::move(intent)};
}

inline std::vector<StoredEvent> events_of(Store& store, std::string_view run, Sequence after = 0) {
  std::vector<StoredEvent> events;
  store.read_events(run, after, [&](StoredEvent& event) { events.push_back(event); });
  return events;
}

}  // namespace runbook
