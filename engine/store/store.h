#pragma once
// Where journals live. Small enough to implement in a day: everything else is computed from events.
//
// Threads: one at a time (the journal thread while a run is driven; the caller otherwise).
// Errors: Error(Code::journal_unwritable) when a write fails (nothing of it is kept),
// store_unreadable, store_too_new, journal_corrupt, journal_conflict. A busy database is waited for
// (60 s), never reported as journal_unwritable at once.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/hash.h"

namespace runbook {

using Sequence = std::uint64_t;  ///< 1, 2, 3 … within a run; 0 = before the first

/// An event as stored: the envelope is columns, only the payload is JSON, parsed when somebody
/// reads it. `type`, `state` and `kind` are frozen numbers of engine/journal/event.h.
struct StoredEvent {
  Sequence sequence = 0;
  Timestamp time = 0;
  int type = 0;
  int state = 0;  ///< step.finished, step.marked, session.ended, run.finished: the state
  int kind = 0;   ///< step.started: the kind of step
  std::uint32_t attempt = 0;
  std::int64_t body = 0;  ///< step.started: hash of the body's source lines, 0 if there is none
  std::int64_t link = 0;  ///< first 8 bytes of the chain hash after this event: names a damaged one
  std::string step;       ///< path, empty for events of the run
  std::string payload;    ///< JSON text, may be empty
};

/// A run's row. `head` is the sequence and chain hash of its last event, written in the same
/// transaction as the event.
struct RunRow {
  std::string id;
  std::string recipe;  ///< path as given, relative to the project root if inside it
  std::string name;    ///< recipe{ name = }, else the file name
  Timestamp created = 0;
  Timestamp updated = 0;
  int state = 0;  ///< frozen number of RunState's enum, for lists; the events are the truth
  int exit = -1;
  Sequence head = 0;
  Digest head_hash{};
  std::string lock;  ///< recipe{ lock = }, empty if none
};

/// A call that began and has no recorded end, indexed by the resource its intent names.
struct OpenIntent {
  std::string run;
  Sequence call = 0;  ///< sequence of call.begun
  std::string step;
  std::string primitive;
  std::string resource;
  std::string intent;  ///< JSON text of the newest intent
};

struct Lease {
  std::string name;
  std::string holder;       ///< run id
  std::uint64_t token = 0;  ///< fencing token, grows with each acquisition
  Timestamp expires = 0;
};

struct StateEntry {
  std::string key;
  std::string value;  ///< JSON text
  std::string run;
  std::string step;
  Timestamp time = 0;
};

struct InboxMessage {
  std::int64_t id = 0;
  std::string payload;  ///< JSON text
};

/// What one commit changes. All of it or nothing.
struct Append {
  std::string run;
  Sequence expected_head = 0;       ///< Error(Code::journal_conflict) if the run's head is another
  std::vector<StoredEvent> events;  ///< sequence = expected_head + 1, …
  Digest head_hash{};               ///< chain hash after the last of them
  std::optional<int> run_state;     ///< new RunRow::state
  std::optional<int> run_exit;
  std::vector<OpenIntent> opened;  ///< intents to list (same call again: replaces it)
  std::vector<Sequence> closed;    ///< calls no longer open
  std::vector<StateEntry> state;   ///< project state written by these events
  std::vector<std::string> blobs;  ///< contents to keep, as put_blob() would, in the same commit
};

class Store {
 public:
  virtual ~Store() = default;

  virtual void create_run(
      const RunRow& row) = 0;  ///< Error(Code::journal_conflict) if the id exists
  virtual std::optional<RunRow> find_run(std::string_view id) = 0;
  virtual std::vector<RunRow> list_runs() = 0;  ///< newest first, those that have an event
  virtual void set_run_info(std::string_view id, std::string_view name, std::string_view lock) = 0;

  virtual void append(const Append& append) = 0;  ///< durable when it returns
  /// Events with sequence > `after`, in order, passed one by one (the reference lives only during
  /// the call).
  virtual void read_events(std::string_view run, Sequence after,
                           const std::function<void(StoredEvent&)>& visit) = 0;

  virtual std::vector<OpenIntent> open_intents(std::string_view resource_prefix) = 0;

  virtual std::string put_blob(
      std::string_view content) = 0;  ///< returns its sha256 in hex; durable when it returns
  virtual std::optional<std::string> get_blob(std::string_view hash) = 0;

  /// `inbox` is a run's id, or "reply": what is replied to the senders of its messages.
  virtual void put_message(std::string_view inbox, std::string_view payload) = 0;
  virtual std::vector<InboxMessage> list_messages(std::string_view inbox) = 0;  ///< oldest first
  virtual void remove_message(std::int64_t id) = 0;

  virtual std::optional<StateEntry> read_state(std::string_view key) = 0;
  virtual std::vector<StateEntry> list_state(std::string_view prefix) = 0;
  virtual std::vector<StateEntry> state_history(std::string_view key) = 0;  ///< newest first

  /// nullopt if a live holder other than `holder` has it. Renewing is acquiring again as the same
  /// holder.
  virtual std::optional<Lease> acquire_lease(std::string_view name, std::string_view holder,
                                             Timestamp now, std::int64_t milliseconds) = 0;
  virtual std::optional<Lease> find_lease(std::string_view name) = 0;
  virtual void release_lease(const Lease& lease) = 0;
};

/// `folder` is the .runbook folder; created if missing unless `must_exist`. SQLite: WAL,
/// synchronous=FULL, PERSIST_WAL. A network filesystem is refused (Error(Code::store_on_network)).
enum class OpenMode { read_write, read_only, create };
std::unique_ptr<Store> open_sqlite_store(const std::filesystem::path& folder, OpenMode mode);
std::unique_ptr<Store> make_memory_store();

}  // namespace runbook
