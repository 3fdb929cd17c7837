// state.db, format 1 (PRAGMA user_version). Column names and meanings are frozen; a later format
// adds a migration here, and keeps reading this one.
//
//   run      one row a run; head and head_hash: sequence and chain hash of its last event
//   event    id = run.number * 2^40 + sequence, so that an append goes to the end of one B-tree
//            without an index of its own; type, state, kind: frozen numbers of journal/event.h
//   intent   calls without a recorded end whose intent names a resource
//   blob     content by its sha256 in hex
//   message  what other processes put into a run's inbox
//   state    every value a project state key ever had; the newest counts
//   lease    named leases; a released one stays, since its token must keep growing
//   journal  (view) events for people with sqlite3

#include "engine/store/sqlite_schema.h"

#include <fmt/core.h>

#include "engine/base/error.h"

namespace runbook {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::int64_t kApplication = 0x726e626b;  // "rnbk", tells file(1) and us whose it is

constexpr const char* kSchema = R"sql(
CREATE TABLE run (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, recipe TEXT NOT NULL, name TEXT NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, state INTEGER NOT NULL,
  exit INTEGER NOT NULL, head INTEGER NOT NULL, head_hash BLOB NOT NULL, lock TEXT NOT NULL);
CREATE TABLE event (
  id INTEGER PRIMARY KEY, time INTEGER NOT NULL, type INTEGER NOT NULL, state INTEGER NOT NULL,
  kind INTEGER NOT NULL, attempt INTEGER NOT NULL, body INTEGER NOT NULL, link INTEGER NOT NULL,
  step TEXT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE intent (
  run TEXT NOT NULL, call INTEGER NOT NULL, step TEXT NOT NULL, primitive TEXT NOT NULL,
  resource TEXT NOT NULL, intent TEXT NOT NULL, PRIMARY KEY (run, call)) WITHOUT ROWID;
CREATE TABLE blob (hash TEXT NOT NULL UNIQUE, content BLOB NOT NULL);
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE state (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL, run TEXT NOT NULL,
  step TEXT NOT NULL, time INTEGER NOT NULL);
CREATE INDEX state_by_key ON state (key, id);
CREATE TABLE lease (
  name TEXT PRIMARY KEY, holder TEXT NOT NULL, token INTEGER NOT NULL,
  expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIEW journal AS
  SELECT run.id AS run, event.id & 0xffffffffff AS sequence, time, type, event.state AS state, kind,
         attempt, body, link, step, payload
  FROM event JOIN run ON run.number = event.id >> 40;
PRAGMA application_id = 0x726e626b;
PRAGMA user_version = 1;
)sql";

std::int64_t number(Database& database, const char* sql) {
  Rows rows = database.query(sql);
  rows.next();
  return rows.integer(0);
}

}  // namespace

SchemaState check_schema(Database& database) {
  const std::int64_t format = number(database, "PRAGMA user_version");
  const std::int64_t application = number(database, "PRAGMA application_id");
  if (format == kFormat && application == kApplication) {
    return SchemaState::current;
  }
  if (format > kFormat && application == kApplication) {
    throw Error(Code::store_too_new,
                fmt::format("{} has format {}; this runbook reads formats up to {}",
                            database.path(), format, kFormat));
  }
  if (format != 0 || application != 0 ||
      number(database, "SELECT count(*) FROM sqlite_schema") != 0) {
    throw Error(Code::store_unreadable,
                fmt::format("{} is a database, but not one of runbook", database.path()));
  }
  return SchemaState::empty;
}

void create_schema(Database& database) {
  // The mode is a property of the file, and cannot change inside a transaction.
  database.execute("PRAGMA journal_mode = WAL");
  Transaction transaction(database);
  if (number(database, "PRAGMA user_version") == 0) {
    database.execute(kSchema);
  }
  transaction.commit();
}

std::string empty_database() {
  Database database(":memory:", Database::Access::read_write, nullptr);
  database.execute(kSchema);
  std::string bytes = database.serialize();
  // The format's "file format write version" and "read version": 2 stands for WAL.
  constexpr std::size_t kWriteVersion = 18;
  constexpr std::size_t kReadVersion = 19;
  bytes.at(kWriteVersion) = 2;
  bytes.at(kReadVersion) = 2;
  return bytes;
}

}  // namespace runbook
