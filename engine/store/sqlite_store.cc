// Runs, events and blobs in SQLite. Leases, inbox, intents and project state: sqlite_shared.cc.

#include "engine/store/sqlite_store.h"

#include <fmt/core.h>

#include <cstring>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/store/sqlite_shared.h"
#include "engine/store/store_files.h"

namespace runbook {
namespace {

constexpr int kSequenceBits = 40;

constexpr const char* kRunColumns =
    "SELECT id, recipe, name, created, updated, state, exit, head, head_hash, lock FROM run"
    " WHERE head > 0 ORDER BY created DESC, number DESC";
constexpr const char* kFindRun =
    "SELECT id, recipe, name, created, updated, state, exit, head, head_hash, lock FROM run"
    " WHERE id = ?1";

RunRow read_run(const Rows& rows) {
  RunRow run{.id = std::string(rows.text(0)),
             .recipe = std::string(rows.text(1)),
             .name = std::string(rows.text(2)),
             .created = rows.integer(3),
             .updated = rows.integer(4),
             .state = static_cast<int>(rows.integer(5)),
             .exit = static_cast<int>(rows.integer(6)),
             .head = static_cast<Sequence>(rows.integer(7)),
             .head_hash = {},
             .lock = std::string(rows.text(9))};
  const std::string_view hash = rows.text(8);
  if (hash.size() != run.head_hash.size()) {
    throw Error(Code::journal_corrupt,
                fmt::format("run {} has a head hash of {} bytes", run.id, hash.size()));
  }
  std::memcpy(run.head_hash.data(), hash.data(), hash.size());
  return run;
}

void read_event(const Rows& rows, StoredEvent& event) {
  event.sequence = static_cast<Sequence>(rows.integer(0)) & ((Sequence{1} << kSequenceBits) - 1);
  event.time = rows.integer(1);
  event.type = static_cast<int>(rows.integer(2));
  event.state = static_cast<int>(rows.integer(3));
  event.kind = static_cast<int>(rows.integer(4));
  event.attempt = static_cast<std::uint32_t>(rows.integer(5));
  event.body = rows.integer(6);
  event.link = rows.integer(7);
  event.step.assign(rows.text(8));
  event.payload.assign(rows.text(9));
}

class SqliteStore final : public SqliteShared {
 public:
  using SqliteShared::SqliteShared;

  void create_run(const RunRow& row) override {
    Transaction transaction(database_);
    database_.run(
        "INSERT OR IGNORE INTO run (id, recipe, name, created, updated, state, exit, head,"
        " head_hash, lock) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        row.id, row.recipe, row.name, row.created, row.updated, row.state, row.exit, row.head,
        row.head_hash, row.lock);
    if (database_.changes() == 0) {
      throw Error(Code::journal_conflict, fmt::format("a run {} exists already", row.id));
    }
    transaction.commit();
  }

  std::optional<RunRow> find_run(std::string_view id) override {
    Rows rows = database_.query(kFindRun, id);
    if (!rows.next()) {
      return std::nullopt;
    }
    return read_run(rows);
  }

  std::vector<RunRow> list_runs() override {
    std::vector<RunRow> runs;
    Rows rows = database_.query(kRunColumns);
    while (rows.next()) {
      runs.push_back(read_run(rows));
    }
    return runs;
  }

  void set_run_info(std::string_view id, std::string_view name, std::string_view lock) override {
    Transaction transaction(database_);
    database_.run("UPDATE run SET name = ?2, lock = ?3 WHERE id = ?1", id, name, lock);
    transaction.commit();
  }

  void append(const Append& append) override {
    Transaction transaction(database_);
    for (const std::string& content : append.blobs) {
      insert_blob(sha256_hex(content), content);
    }
    if (!append.events.empty()) {
      append_events(append);
    }
    change_shared(append);
    transaction.commit();
  }

  void read_events(std::string_view run, Sequence after,
                   const std::function<void(StoredEvent&)>& visit) override {
    const std::int64_t number = number_of(run);
    StoredEvent event;
    Rows rows = database_.query(
        "SELECT id, time, type, state, kind, attempt, body, link, step, payload FROM event"
        " WHERE id > ?1 AND id < ?2 ORDER BY id",
        event_id(number, after), event_id(number + 1, 0));
    while (rows.next()) {
      read_event(rows, event);
      visit(event);
    }
  }

  std::string put_blob(std::string_view content) override {
    std::string hash = sha256_hex(content);
    Transaction transaction(database_);
    insert_blob(hash, content);
    transaction.commit();
    return hash;
  }

  std::optional<std::string> get_blob(std::string_view hash) override {
    Rows rows = database_.query("SELECT content FROM blob WHERE hash = ?1", hash);
    if (!rows.next()) {
      return std::nullopt;
    }
    std::string content(rows.text(0));
    if (sha256_hex(content) != hash) {
      throw Error(Code::journal_corrupt, fmt::format("the content of blob {} is another", hash));
    }
    return content;
  }

 private:
  static std::int64_t event_id(std::int64_t number, Sequence sequence) {
    return (number << kSequenceBits) + static_cast<std::int64_t>(sequence);
  }
  static std::string sha256_hex(std::string_view content) { return to_hex(sha256(content)); }

  // A run's number never changes; the last one asked for is remembered.
  std::int64_t number_of(std::string_view run) {
    if (run != last_run_) {
      Rows rows = database_.query("SELECT number FROM run WHERE id = ?1", run);
      if (!rows.next()) {
        throw Error(Code::run_not_found, fmt::format("there is no run {}", run));
      }
      last_number_ = rows.integer(0);
      last_run_ = run;
    }
    return last_number_;
  }

  void append_events(const Append& append) {
    const std::int64_t number = number_of(append.run);
    const StoredEvent& last = append.events.back();
    database_.run(
        "UPDATE run SET head = ?1, head_hash = ?2, updated = ?3, state = coalesce(?4, state),"
        " exit = coalesce(?5, exit) WHERE number = ?6 AND head = ?7",
        last.sequence, append.head_hash, last.time, append.run_state, append.run_exit, number,
        append.expected_head);
    if (database_.changes() == 0) {
      throw Error(Code::journal_conflict,
                  fmt::format("run {} is no longer at event {}", append.run, append.expected_head));
    }
    for (const StoredEvent& event : append.events) {
      database_.run("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    event_id(number, event.sequence), event.time, event.type, event.state,
                    event.kind, event.attempt, event.body, event.link, event.step, event.payload);
    }
  }

  void insert_blob(std::string_view hash, std::string_view content) {
    database_.run("INSERT OR IGNORE INTO blob (hash, content) VALUES (?1, ?2)", hash,
                  Bytes{content});
  }

  std::string last_run_;
  std::int64_t last_number_ = 0;
};

}  // namespace

std::unique_ptr<Store> open_sqlite_store(const std::filesystem::path& folder, OpenMode mode,
                                         const SqliteOptions& options) {
  const std::filesystem::path path = folder / "state.db";
  if (mode == OpenMode::create) {
    create_store_files(folder);
  } else if (!std::filesystem::exists(path)) {
    throw Error(Code::store_unreadable, fmt::format("there is no store at {}", folder.string()),
                "runbook run creates it; --state names another folder");
  }
  const std::string network = network_filesystem(folder);
  if (!network.empty()) {
    throw Error(Code::store_on_network,
                fmt::format("{} lies on {}, where two machines could write at once",
                            folder.string(), network));
  }
  auto store = std::make_unique<SqliteStore>(
      path.string(),
      mode == OpenMode::read_only ? Database::Access::read_only : Database::Access::read_write,
      options.vfs);
  if (!store->prepare(mode)) {
    return make_memory_store();
  }
  return store;
}

std::unique_ptr<Store> open_sqlite_store(const std::filesystem::path& folder, OpenMode mode) {
  return open_sqlite_store(folder, mode, SqliteOptions{});
}

}  // namespace runbook
