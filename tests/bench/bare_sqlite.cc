#include "tests/bench/bare_sqlite.h"

#include <string>

#include <sqlite3.h>

#include "engine/base/error.h"
#include "tests/base/temporary_folder.h"
#include "tests/bench/measure.h"

namespace runbook::bench {

BareSqlite::BareSqlite(const std::filesystem::path& file) {
  RB_CHECK(sqlite3_open(file.c_str(), &database_) == SQLITE_OK);
  execute("PRAGMA journal_mode = WAL");
  execute("PRAGMA synchronous = FULL");
  execute("CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, payload TEXT)");
  RB_CHECK(sqlite3_prepare_v2(database_, "INSERT INTO event (payload) VALUES (?1)", -1, &insert_,
                              nullptr) == SQLITE_OK);
}

BareSqlite::~BareSqlite() {
  sqlite3_finalize(insert_);
  sqlite3_close(database_);
}

void BareSqlite::execute(const char* sql) {
  RB_CHECK(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

void BareSqlite::commit(int rows) {
  constexpr int kEventBytes = 200;
  static const std::string payload(kEventBytes, 'x');
  sqlite3_bind_text(insert_, 1, payload.data(), kEventBytes, SQLITE_STATIC);
  if (rows > 1) {
    execute("BEGIN IMMEDIATE");
  }
  for (int row = 0; row < rows; ++row) {
    RB_CHECK(sqlite3_step(insert_) == SQLITE_DONE);
    sqlite3_reset(insert_);
  }
  if (rows > 1) {
    execute("COMMIT");
  }
}

int BareSqlite::read_all() {
  sqlite3_stmt* select = nullptr;
  RB_CHECK(sqlite3_prepare_v2(database_, "SELECT id, payload FROM event", -1, &select, nullptr) ==
           SQLITE_OK);
  int rows = 0;
  while (sqlite3_step(select) == SQLITE_ROW) {
    RB_CHECK(sqlite3_column_text(select, 1) != nullptr);
    ++rows;
  }
  sqlite3_finalize(select);
  return rows;
}

double bare_commits_per_second(int commits, int rows_each) {
  const TemporaryFolder folder;
  BareSqlite database(folder.path() / "bare.db");
  return commits / seconds_of([&] {
           for (int i = 0; i < commits; ++i) {
             database.commit(rows_each);
           }
         });
}

}  // namespace runbook::bench
