#include "engine/store/sqlite.h"

#include <fmt/core.h>

#include <sqlite3.h>

#include "engine/base/error.h"
#include "engine/store/sqlite_version.h"

namespace runbook {
namespace {

constexpr int kBusyMilliseconds = 60'000;

// Which number a failure has: damage is damage wherever it is found.
Code code_of(int result, bool writing) {
  switch (result & 0xff) {
    case SQLITE_CORRUPT:
      return Code::journal_corrupt;
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
      return Code::store_unreadable;
    case SQLITE_FULL:
    case SQLITE_READONLY:
      return Code::journal_unwritable;
    default:
      return writing ? Code::journal_unwritable : Code::store_unreadable;
  }
}

}  // namespace

Rows::~Rows() {
  sqlite3_reset(statement_);
}

bool Rows::next() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) {
    return true;
  }
  if (result != SQLITE_DONE) {
    database_.fail(result);
  }
  return false;
}

std::int64_t Rows::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Rows::text(int column) const {
  // As a blob: the bytes as they are, without a conversion and for TEXT and BLOB alike.
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Database::Database(std::string path, Access access, const char* vfs) : path_(std::move(path)) {
  // One connection is used by one thread at a time, so SQLite need not lock. A file is created by
  // the store itself, with the right mode; only a test's VFS has none yet.
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
              (access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  if (vfs != nullptr) {
    flags |= SQLITE_OPEN_CREATE;
  }
  const int result = sqlite3_open_v2(path_.c_str(), &handle_, flags, vfs);
  if (result != SQLITE_OK) {
    const std::string reason = sqlite3_errstr(result);
    sqlite3_close_v2(handle_);
    throw Error(Code::store_unreadable, fmt::format("cannot open {}: {}", path_, reason));
  }
  sqlite3_busy_timeout(handle_, kBusyMilliseconds);
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) {
    sqlite3_finalize(statement);
  }
  sqlite3_close_v2(handle_);
}

void Database::execute(const char* sql) {
  const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) {
    fail(result);
  }
}

std::string Database::serialize() const {
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(handle_, "main", &size, 0);
  RB_CHECK(bytes != nullptr);
  std::string copy(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  return copy;
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(handle_);
}

void Database::keep_wal() {
  int on = 1;
  sqlite3_file_control(handle_, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
}

void Database::fail(int result) {
  const Code code = code_of(result, writing_);
  const char* verb = code == Code::journal_unwritable ? "write" : "read";
  std::string reason = sqlite3_errmsg(handle_);
  if ((result & 0xff) == SQLITE_BUSY) {
    reason = fmt::format("another process has kept it busy for {} s", kBusyMilliseconds / 1000);
  }
  const bool forbidden = (result & 0xff) == SQLITE_READONLY;
  throw Error(code, fmt::format("cannot {} {}: {}", verb, path_, reason),
              forbidden ? "make it and its folder writable for you" : "", Json{{"sqlite", result}});
}

sqlite3_stmt* Database::prepared(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr) {
    const int result =
        sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) {
      fail(result);
    }
  }
  return statement;
}

void Database::bind(sqlite3_stmt* statement, int index, std::int64_t value) {
  sqlite3_bind_int64(statement, index, value);
}

// An empty view may have a null pointer, which SQLite would bind as NULL.
void Database::bind(sqlite3_stmt* statement, int index, std::string_view value) {
  sqlite3_bind_text64(statement, index, value.empty() ? "" : value.data(), value.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
}

void Database::bind(sqlite3_stmt* statement, int index, const Bytes& value) {
  sqlite3_bind_blob64(statement, index, value.content.empty() ? "" : value.content.data(),
                      value.content.size(), SQLITE_STATIC);
}

void Database::bind(sqlite3_stmt* statement, int index, const Digest& value) {
  sqlite3_bind_blob64(statement, index, value.data(), value.size(), SQLITE_STATIC);
}

void Database::bind(sqlite3_stmt* statement, int index, const std::optional<int>& value) {
  if (value) {
    sqlite3_bind_int(statement, index, *value);
  } else {
    sqlite3_bind_null(statement, index);
  }
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.writing_ = true;
  try {
    database_.run("BEGIN IMMEDIATE");
  } catch (const Error&) {
    database_.writing_ = false;
    throw;
  }
}

Transaction::~Transaction() {
  database_.writing_ = false;
  // A full disk makes SQLite roll back by itself; otherwise its failure changes nothing here, since
  // what was not committed is gone with the connection at the latest.
  if (open_ && sqlite3_get_autocommit(database_.handle_) == 0) {
    sqlite3_exec(database_.handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

std::string sqlite_version() {
  return std::string("SQLite ") + sqlite3_libversion();
}

}  // namespace runbook
