// A store that lives as long as the object: for tests, and for reading a folder in which nothing
// was ever written.

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

#include "engine/base/error.h"
#include "engine/store/store.h"

namespace runbook {
namespace {

class MemoryStore final : public Store {
 public:
  void create_run(const RunRow& row) override {
    if (find(row.id) != nullptr) {
      throw Error(Code::journal_conflict, fmt::format("a run {} exists already", row.id));
    }
    runs_.push_back({row, {}});
  }

  std::optional<RunRow> find_run(std::string_view id) override {
    const Run* run = find(id);
    return run == nullptr ? std::nullopt : std::optional<RunRow>(run->row);
  }

  std::vector<RunRow> list_runs() override {
    std::vector<RunRow> rows;
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
      if (run->row.head > 0) {
        rows.push_back(run->row);
      }
    }
    std::ranges::stable_sort(rows, std::ranges::greater{}, &RunRow::created);
    return rows;
  }

  void set_run_info(std::string_view id, std::string_view name, std::string_view lock) override {
    if (Run* run = find(id)) {
      run->row.name = name;
      run->row.lock = lock;
    }
  }

  void append(const Append& append) override {
    if (!append.events.empty()) {
      append_events(append);
    }
    for (const std::string& content : append.blobs) {
      put_blob(content);
    }
    for (const OpenIntent& intent : append.opened) {
      intents_[{intent.run, intent.call}] = intent;
    }
    for (const Sequence call : append.closed) {
      intents_.erase({append.run, call});
    }
    state_.insert(state_.end(), append.state.begin(), append.state.end());
  }

  void read_events(std::string_view run, Sequence after,
                   const std::function<void(StoredEvent&)>& visit) override {
    const std::vector<StoredEvent>& events = get(run).events;
    for (std::size_t index = after; index < events.size(); ++index) {
      StoredEvent event = events[index];
      visit(event);
    }
  }

  std::vector<OpenIntent> open_intents(std::string_view resource_prefix) override {
    std::vector<OpenIntent> found;
    for (const auto& [call, intent] : intents_) {
      if (intent.resource.starts_with(resource_prefix)) {
        found.push_back(intent);
      }
    }
    return found;
  }

  std::string put_blob(std::string_view content) override {
    std::string hash = to_hex(sha256(content));
    blobs_.try_emplace(hash, content);
    return hash;
  }

  std::optional<std::string> get_blob(std::string_view hash) override {
    const auto blob = blobs_.find(hash);
    return blob == blobs_.end() ? std::nullopt : std::optional<std::string>(blob->second);
  }

  void put_message(std::string_view inbox, std::string_view payload) override {
    messages_[std::string(inbox)].push_back({++last_message_, std::string(payload)});
  }
  std::vector<InboxMessage> list_messages(std::string_view inbox) override {
    return messages_[std::string(inbox)];
  }
  void remove_message(std::int64_t id) override {
    for (auto& [inbox, messages] : messages_) {
      std::erase_if(messages, [id](const InboxMessage& message) { return message.id == id; });
    }
  }

  std::optional<StateEntry> read_state(std::string_view key) override {
    const auto entry = std::ranges::find(state_.rbegin(), state_.rend(), key, &StateEntry::key);
    return entry == state_.rend() ? std::nullopt : std::optional<StateEntry>(*entry);
  }

  std::vector<StateEntry> list_state(std::string_view prefix) override {
    std::map<std::string, StateEntry> newest;
    for (const StateEntry& entry : state_) {
      if (entry.key.starts_with(prefix)) {
        newest[entry.key] = entry;
      }
    }
    std::vector<StateEntry> entries;
    for (auto& [key, entry] : newest) {
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  std::vector<StateEntry> state_history(std::string_view key) override {
    std::vector<StateEntry> history;
    std::ranges::copy_if(state_.rbegin(), state_.rend(), std::back_inserter(history),
                         [key](const StateEntry& entry) { return entry.key == key; });
    return history;
  }

  std::optional<Lease> acquire_lease(std::string_view name, std::string_view holder, Timestamp now,
                                     std::int64_t milliseconds) override {
    Lease& lease = leases_[std::string(name)];
    const bool live = lease.expires > now;
    if (live && lease.holder != holder) {
      return std::nullopt;
    }
    lease = {.name = std::string(name),
             .holder = std::string(holder),
             .token = lease.token + (live ? 0 : 1),
             .expires = now + milliseconds};
    return lease;
  }

  std::optional<Lease> find_lease(std::string_view name) override {
    const auto lease = leases_.find(name);
    return lease == leases_.end() || lease->second.holder.empty()
               ? std::nullopt
               : std::optional<Lease>(lease->second);
  }

  void release_lease(const Lease& lease) override {
    const auto held = leases_.find(lease.name);
    if (held != leases_.end() && held->second.holder == lease.holder &&
        held->second.token == lease.token) {
      held->second.holder.clear();
      held->second.expires = 0;
    }
  }

 private:
  struct Run {
    RunRow row;
    std::vector<StoredEvent> events;
  };

  Run* find(std::string_view id) {
    const auto run =
        std::ranges::find_if(runs_, [id](const Run& candidate) { return candidate.row.id == id; });
    return run == runs_.end() ? nullptr : &*run;
  }

  Run& get(std::string_view id) {
    Run* run = find(id);
    if (run == nullptr) {
      throw Error(Code::run_not_found, fmt::format("there is no run {}", id));
    }
    return *run;
  }

  void append_events(const Append& append) {
    Run& run = get(append.run);
    if (run.row.head != append.expected_head) {
      throw Error(Code::journal_conflict,
                  fmt::format("run {} is no longer at event {}", append.run, append.expected_head));
    }
    run.events.insert(run.events.end(), append.events.begin(), append.events.end());
    run.row.head = append.events.back().sequence;
    run.row.head_hash = append.head_hash;
    run.row.updated = append.events.back().time;
    run.row.state = append.run_state.value_or(run.row.state);
    run.row.exit = append.run_exit.value_or(run.row.exit);
  }

  std::vector<Run> runs_;
  std::map<std::pair<std::string, Sequence>, OpenIntent> intents_;
  std::map<std::string, std::string, std::less<>> blobs_;
  std::map<std::string, std::vector<InboxMessage>> messages_;
  std::int64_t last_message_ = 0;
  std::vector<StateEntry> state_;
  std::map<std::string, Lease, std::less<>> leases_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store() {
  return std::make_unique<MemoryStore>();
}

}  // namespace runbook
