#include "engine/journal/load.h"

#include <fmt/core.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "engine/base/error.h"
#include "engine/journal/read_ahead.h"

namespace runbook {
namespace {

[[noreturn]] void damaged(std::string_view run, Sequence sequence, std::string_view what) {
  throw Error(Code::journal_corrupt, fmt::format("run {}, event {}: {}", run, sequence, what), {},
              Json{{"run", run}, {"sequence", sequence}});
}

class EffectsOf {
 public:
  EffectsOf(Append& append, const Event& event, const RunState& before)
      : append_(append), event_(event), before_(before) {}

  void operator()(const event::SessionStarted& /*session*/) {
    append_.run_state = static_cast<int>(RunPhase::running);
    append_.run_exit = -1;
  }
  void operator()(const event::SessionEnded& session) {
    append_.run_state = static_cast<int>(session.state);
    append_.run_exit = session.exit;
  }
  void operator()(const event::RunFinished& run) {
    append_.run_state = static_cast<int>(run.state);
  }
  void operator()(const event::CallBegun& call) {
    if (!call.resource.empty()) {
      open(event_.sequence, event_.step, call.primitive, call.resource, call.intent);
    }
  }
  void operator()(const event::CallAmended& amended) {
    const CallState* call = find(amended.call);
    if (call != nullptr && !call->resource.empty()) {
      open(call->begun, call->step, call->primitive, call->resource, amended.intent);
    }
  }
  void operator()(const event::CallEnded& ended) {
    const CallState* call = find(ended.call);
    if (call != nullptr && !call->resource.empty()) {
      append_.closed.push_back(ended.call);
    }
  }
  void operator()(const event::StatePut& put) {
    append_.state.push_back({.key = put.key,
                             .value = dump_json(put.value),
                             .run = append_.run,
                             .step = event_.step,
                             .time = event_.time});
  }
  template <typename Other>
  void operator()(const Other& /*event*/) {}

 private:
  const CallState* find(Sequence sequence) const {
    const auto entry = before_.call_index.find(sequence);
    return entry == before_.call_index.end() ? nullptr : &before_.calls[entry->second];
  }
  void open(Sequence call, const std::string& step, const std::string& primitive,
            const std::string& resource, const Json& intent) {
    append_.opened.push_back({.run = append_.run,
                              .call = call,
                              .step = step,
                              .primitive = primitive,
                              .resource = resource,
                              .intent = dump_json(intent)});
  }

  Append& append_;
  const Event& event_;
  const RunState& before_;
};

constexpr Sequence kLongJournal = 4'000;  // reading shorter ones takes less than starting a thread

/// Checks that `event` continues the chain and moves the head to it. False: appended while we read.
bool follow_chain(LoadedRun& loaded, const RunRow& row, const StoredEvent& event, bool driving) {
  if (loaded.head == row.head) {
    if (driving) {
      damaged(row.id, event.sequence, "it follows the run's last event");
    }
    return false;
  }
  if (event.sequence != loaded.head + 1) {
    damaged(row.id, loaded.head + 1, "it is missing");
  }
  loaded.head_hash = chain(loaded.head_hash, event);
  if (link_of(loaded.head_hash) != event.link) {
    damaged(row.id, event.sequence, "its content is not what was written");
  }
  loaded.head = event.sequence;
  return true;
}

}  // namespace

LoadedRun load_run(Store& store, std::string_view run, bool driving) {
  const std::optional<RunRow> row = store.find_run(run);
  if (!row) {
    throw Error(Code::run_not_found, fmt::format("there is no run {}", run));
  }
  LoadedRun loaded;
  const auto take = [&](StoredEvent& event) {
    if (follow_chain(loaded, *row, event, driving)) {
      apply(loaded.state, decode(std::move(event)));
    }
  };
  if (row->head < kLongJournal) {
    store.read_events(run, 0, take);
  } else {
    loaded.state.step_index.reserve(row->head / 2);
    ReadAhead reader(store, row->id);
    for (auto batch = reader.next(); !batch.empty(); batch = reader.next()) {
      std::ranges::for_each(batch, take);
    }
  }
  if (loaded.head != row->head) {
    damaged(run, loaded.head + 1, fmt::format("it is missing; the last event was {}", row->head));
  }
  if (loaded.head_hash != row->head_hash) {
    damaged(run, loaded.head, "the chain does not end in the hash of the run's row");
  }
  return loaded;
}

bool has_effects(const Payload& payload) {
  return std::visit(
      [](const auto& event) {
        using E = std::decay_t<decltype(event)>;
        return std::is_same_v<E, event::SessionStarted> || std::is_same_v<E, event::SessionEnded> ||
               std::is_same_v<E, event::RunFinished> || std::is_same_v<E, event::CallBegun> ||
               std::is_same_v<E, event::CallAmended> || std::is_same_v<E, event::CallEnded> ||
               std::is_same_v<E, event::StatePut>;
      },
      payload);
}

void collect_effects(Append& append, const Event& event, const RunState& before) {
  std::visit(EffectsOf(append, event, before), event.payload);
}

void link_events(Append& append, Sequence head, const Digest& head_hash) {
  append.expected_head = head;
  append.head_hash = head_hash;
  for (StoredEvent& event : append.events) {
    append.head_hash = chain(append.head_hash, event);
    event.link = link_of(append.head_hash);
  }
}

RunState read_run_state(Store& store, std::string_view run) {
  return load_run(store, run, false).state;
}

void append_directly(Store& store, std::string_view run, Clock& clock,
                     const std::vector<Event>& events) {
  LoadedRun loaded = load_run(store, run, true);
  Append append{.run = std::string(run)};
  for (Event event : events) {
    event.sequence = loaded.state.last + 1;
    event.time = clock.now();
    append.events.push_back(encode(event));
    collect_effects(append, event, loaded.state);
    apply(loaded.state, std::move(event));
  }
  link_events(append, loaded.head, loaded.head_hash);
  if (!append.events.empty()) {
    store.append(append);
  }
}

}  // namespace runbook
