#include "engine/store/sqlite_shared.h"

#include <utility>

#include "engine/store/sqlite_schema.h"

namespace runbook {
namespace {

StateEntry read_entry(const Rows& rows) {
  return {.key = std::string(rows.text(0)),
          .value = std::string(rows.text(1)),
          .run = std::string(rows.text(2)),
          .step = std::string(rows.text(3)),
          .time = rows.integer(4)};
}

std::vector<StateEntry> read_entries(Rows rows) {
  std::vector<StateEntry> entries;
  while (rows.next()) {
    entries.push_back(read_entry(rows));
  }
  return entries;
}

}  // namespace

SqliteShared::SqliteShared(std::string path, Database::Access access, const char* vfs)
    : database_(std::move(path), access, vfs) {}

bool SqliteShared::prepare(OpenMode mode) {
  database_.keep_wal();
  if (check_schema(database_) == SchemaState::empty) {
    if (mode == OpenMode::read_only) {
      return false;
    }
    create_schema(database_);
  } else if (mode != OpenMode::read_only) {
    database_.execute("PRAGMA journal_mode = WAL");  // one restored from a dump is not
  }
  // Any limit makes SQLite empty the WAL when the store is closed: the next one to open it need not
  // read old frames. The file itself stays (keep_wal).
  database_.execute("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864");
  return true;
}

void SqliteShared::change_shared(const Append& append) {
  for (const OpenIntent& intent : append.opened) {
    database_.run(
        "INSERT OR REPLACE INTO intent (run, call, step, primitive, resource, intent)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        intent.run, intent.call, intent.step, intent.primitive, intent.resource, intent.intent);
  }
  for (const Sequence call : append.closed) {
    database_.run("DELETE FROM intent WHERE run = ?1 AND call = ?2", append.run, call);
  }
  for (const StateEntry& entry : append.state) {
    database_.run("INSERT INTO state (key, value, run, step, time) VALUES (?1, ?2, ?3, ?4, ?5)",
                  entry.key, entry.value, entry.run, entry.step, entry.time);
  }
}

std::vector<OpenIntent> SqliteShared::open_intents(std::string_view resource_prefix) {
  std::vector<OpenIntent> intents;
  Rows rows = database_.query(
      "SELECT run, call, step, primitive, resource, intent FROM intent"
      " WHERE substr(resource, 1, length(?1)) = ?1 ORDER BY run, call",
      resource_prefix);
  while (rows.next()) {
    intents.push_back({.run = std::string(rows.text(0)),
                       .call = static_cast<Sequence>(rows.integer(1)),
                       .step = std::string(rows.text(2)),
                       .primitive = std::string(rows.text(3)),
                       .resource = std::string(rows.text(4)),
                       .intent = std::string(rows.text(5))});
  }
  return intents;
}

void SqliteShared::put_message(std::string_view inbox, std::string_view payload) {
  Transaction transaction(database_);
  database_.run("INSERT INTO message (run, payload) VALUES (?1, ?2)", inbox, payload);
  transaction.commit();
}

std::vector<InboxMessage> SqliteShared::list_messages(std::string_view inbox) {
  std::vector<InboxMessage> messages;
  Rows rows = database_.query("SELECT id, payload FROM message WHERE run = ?1 ORDER BY id", inbox);
  while (rows.next()) {
    messages.push_back({.id = rows.integer(0), .payload = std::string(rows.text(1))});
  }
  return messages;
}

void SqliteShared::remove_message(std::int64_t id) {
  Transaction transaction(database_);
  database_.run("DELETE FROM message WHERE id = ?1", id);
  transaction.commit();
}

std::optional<StateEntry> SqliteShared::read_state(std::string_view key) {
  Rows rows = database_.query(
      "SELECT key, value, run, step, time FROM state WHERE key = ?1 ORDER BY id DESC LIMIT 1", key);
  if (!rows.next()) {
    return std::nullopt;
  }
  return read_entry(rows);
}

std::vector<StateEntry> SqliteShared::list_state(std::string_view prefix) {
  return read_entries(
      database_.query("SELECT key, value, run, step, time FROM state"
                      " WHERE id IN (SELECT max(id) FROM state GROUP BY key)"
                      " AND substr(key, 1, length(?1)) = ?1 ORDER BY key",
                      prefix));
}

std::vector<StateEntry> SqliteShared::state_history(std::string_view key) {
  return read_entries(database_.query(
      "SELECT key, value, run, step, time FROM state WHERE key = ?1 ORDER BY id DESC", key));
}

// The token tells holders apart: a renewal keeps it, every change of hands, or of a lease that ran
// out, makes a greater one.
std::optional<Lease> SqliteShared::acquire_lease(std::string_view name, std::string_view holder,
                                                 Timestamp now, std::int64_t milliseconds) {
  Transaction transaction(database_);
  Lease lease{.name = std::string(name),
              .holder = std::string(holder),
              .token = 1,
              .expires = now + milliseconds};
  {
    Rows rows = database_.query("SELECT holder, token, expires FROM lease WHERE name = ?1", name);
    if (rows.next()) {
      const bool live = rows.integer(2) > now;
      if (live && rows.text(0) != holder) {
        return std::nullopt;
      }
      lease.token = static_cast<std::uint64_t>(rows.integer(1)) + (live ? 0 : 1);
    }
  }
  database_.run(
      "INSERT OR REPLACE INTO lease (name, holder, token, expires) VALUES (?1, ?2, ?3, ?4)",
      lease.name, lease.holder, lease.token, lease.expires);
  transaction.commit();
  return lease;
}

std::optional<Lease> SqliteShared::find_lease(std::string_view name) {
  Rows rows = database_.query(
      "SELECT holder, token, expires FROM lease WHERE name = ?1 AND holder <> ''", name);
  if (!rows.next()) {
    return std::nullopt;
  }
  return Lease{.name = std::string(name),
               .holder = std::string(rows.text(0)),
               .token = static_cast<std::uint64_t>(rows.integer(1)),
               .expires = rows.integer(2)};
}

void SqliteShared::release_lease(const Lease& lease) {
  Transaction transaction(database_);
  database_.run(
      "UPDATE lease SET holder = '', expires = 0 WHERE name = ?1 AND holder = ?2 AND token = ?3",
      lease.name, lease.holder, lease.token);
  transaction.commit();
}

}  // namespace runbook
