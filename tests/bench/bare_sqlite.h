#pragma once
// SQLite with nothing around it, set up as our store is (WAL, synchronous = FULL): the limit of
// whatever is durable.

#include <filesystem>

struct sqlite3;
struct sqlite3_stmt;

namespace runbook::bench {

class BareSqlite {
 public:
  /// Makes the database if there is none.
  explicit BareSqlite(const std::filesystem::path& file);
  ~BareSqlite();
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;

  /// One transaction of `rows` rows of the size of an event.
  void commit(int rows);
  /// Reads every row; returns how many there are.
  int read_all();

 private:
  void execute(const char* sql);
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

/// In a folder of its own.
double bare_commits_per_second(int commits, int rows_each);

}  // namespace runbook::bench
