#pragma once
// SQLite behind two classes: a connection with its statements prepared once, and a result read row
// by row. One thread at a time. Failures are Errors: a damaged file is journal_corrupt; inside a
// write transaction anything else is journal_unwritable, outside of one store_unreadable.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/base/hash.h"

struct sqlite3;
struct sqlite3_stmt;

namespace runbook {

/// Bound as a BLOB; must outlive the statement's run, as must every string_view bound as TEXT.
struct Bytes {
  std::string_view content;
};

/// A prepared statement with its values bound, read row by row. Resets the statement when it goes,
/// so that no read transaction stays open behind it.
class Rows {
 public:
  Rows(class Database& database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  bool next();
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  ///< valid until next()
  bool is_null(int column) const;

 private:
  Database& database_;
  sqlite3_stmt* statement_;
};

class Database {
 public:
  enum class Access { read_only, read_write };

  /// Opens an existing file (or, in a test's VFS, a new one). `vfs` null = the default.
  Database(std::string path, Access access, const char* vfs);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// `sql` is a literal: statements are cached by its address.
  template <typename... Values>
  Rows query(const char* sql, const Values&... values) {
    sqlite3_stmt* statement = prepared(sql);
    int index = 0;
    (bind(statement, ++index, values), ...);
    return Rows(*this, statement);
  }
  template <typename... Values>
  void run(const char* sql, const Values&... values) {
    Rows rows = query(sql, values...);
    while (rows.next()) {
    }
  }
  /// Statements without values, not cached: pragmas and the schema.
  void execute(const char* sql);

  /// The bytes of the database as a file.
  std::string serialize() const;

  std::int64_t changes() const;  ///< rows changed by the last statement
  std::int64_t last_id() const;
  const std::string& path() const { return path_; }
  /// Leaves the WAL in place at close, so that the store opens on a full disk later.
  void keep_wal();

  [[noreturn]] void fail(int result);

 private:
  friend class Transaction;
  sqlite3_stmt* prepared(const char* sql);
  void bind(sqlite3_stmt* statement, int index, std::int64_t value);
  void bind(sqlite3_stmt* statement, int index, int value) {
    bind(statement, index, std::int64_t{value});
  }
  void bind(sqlite3_stmt* statement, int index, std::uint32_t value) {
    bind(statement, index, std::int64_t{value});
  }
  void bind(sqlite3_stmt* statement, int index, std::uint64_t value) {
    bind(statement, index, static_cast<std::int64_t>(value));
  }
  void bind(sqlite3_stmt* statement, int index, std::string_view value);
  void bind(sqlite3_stmt* statement, int index, const Bytes& value);
  void bind(sqlite3_stmt* statement, int index, const Digest& value);
  void bind(sqlite3_stmt* statement, int index, const std::optional<int>& value);

  sqlite3* handle_ = nullptr;
  std::string path_;
  bool writing_ = false;
  std::unordered_map<const void*, sqlite3_stmt*> statements_;
};

/// BEGIN IMMEDIATE … COMMIT; rolled back unless commit() returned.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace runbook
