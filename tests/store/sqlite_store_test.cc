// What only the SQLite store promises: files, formats, neighbours, full disks.

#include "engine/store/sqlite_store.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include <sqlite3.h>

#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/store/forgetful_vfs.h"
#include "tests/store/rows.h"

namespace runbook {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

/// Runs SQL on the file as another program would.
void run_sql(const fs::path& folder, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder / "state.db").c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

TEST_CASE("A store's folder is private and ignored by git", "[store]") {
  const TemporaryFolder folder;
  const fs::path state = folder.path() / "project" / ".runbook";
  const auto store = open_sqlite_store(state, OpenMode::create);
  store->create_run(run_row("a"));
  CHECK(mode_of(state) == 0700);
  for (const char* name : {"state.db", "state.db-wal", "state.db-shm"}) {
    INFO(name);
    CHECK(mode_of(state / name) == 0600);
  }
  std::string ignore;
  std::getline(std::ifstream(state / ".gitignore"), ignore);
  CHECK(ignore == "*");
}

TEST_CASE("A store keeps its runs when it is closed and opened again", "[store]") {
  const TemporaryFolder folder;
  open_sqlite_store(folder.path(), OpenMode::create)->create_run(run_row("a"));
  CHECK(open_sqlite_store(folder.path(), OpenMode::create)->find_run("a"));
  CHECK(open_sqlite_store(folder.path(), OpenMode::read_write)->find_run("a"));
  CHECK(open_sqlite_store(folder.path(), OpenMode::read_only)->find_run("a"));
}

TEST_CASE("A store opened for reading refuses to write", "[store]") {
  const TemporaryFolder folder;
  open_sqlite_store(folder.path(), OpenMode::create)->create_run(run_row("a"));
  const auto store = open_sqlite_store(folder.path(), OpenMode::read_only);
  expect_error(Code::journal_unwritable, [&] { store->create_run(run_row("b")); });
}

TEST_CASE("Where no store is, opening one says so unless it is to be created", "[store]") {
  const TemporaryFolder folder;
  for (const OpenMode mode : {OpenMode::read_write, OpenMode::read_only}) {
    const Error error = expect_error(Code::store_unreadable,
                                     [&] { open_sqlite_store(folder.path() / "none", mode); });
    CHECK_THAT(error.message, ContainsSubstring("none"));
  }
  CHECK_FALSE(fs::exists(folder.path() / "none"));
}

TEST_CASE("A store in which nothing was ever written reads as empty", "[store]") {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "state.db").close();
  CHECK(open_sqlite_store(folder.path(), OpenMode::read_only)->list_runs().empty());
  open_sqlite_store(folder.path(), OpenMode::read_write)->create_run(run_row("a"));
  CHECK(open_sqlite_store(folder.path(), OpenMode::read_only)->find_run("a"));
}

TEST_CASE("A store of a newer format is refused by name", "[store]") {
  const TemporaryFolder folder;
  open_sqlite_store(folder.path(), OpenMode::create);
  run_sql(folder.path(), "PRAGMA user_version = 2");
  const Error error = expect_error(Code::store_too_new,
                                   [&] { open_sqlite_store(folder.path(), OpenMode::read_only); });
  CHECK_THAT(error.message, ContainsSubstring("format 2"));
}

TEST_CASE("Another program's database is left alone", "[store]") {
  const TemporaryFolder folder;
  run_sql(folder.path(), "CREATE TABLE theirs (x)");
  expect_error(Code::store_unreadable, [&] { open_sqlite_store(folder.path(), OpenMode::create); });
}

TEST_CASE("A file that is no database is refused", "[store]") {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "state.db") << std::string(8192, 'x');
  expect_error(Code::store_unreadable,
               [&] { open_sqlite_store(folder.path(), OpenMode::read_write); });
}

TEST_CASE("Many may create the same store at once", "[store]") {
  const TemporaryFolder folder;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      try {
        const auto store = open_sqlite_store(folder.path(), OpenMode::create);
        const std::string id = "run " + std::to_string(i);
        store->create_run(run_row(id));
        store->append(append_of(id, 0, {stored_event(1)}));
      } catch (const Error& error) {
        UNSCOPED_INFO(error.message);
        ++failures;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(failures == 0);
  CHECK(open_sqlite_store(folder.path(), OpenMode::read_only)->list_runs().size() == 8);
}

TEST_CASE("Runs that share a store wait for each other's commits", "[store]") {
  const TemporaryFolder folder;
  constexpr Sequence kEvents = 100;
  open_sqlite_store(folder.path(), OpenMode::create);
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, id = "run " + std::to_string(i)] {
      try {
        const auto store = open_sqlite_store(folder.path(), OpenMode::read_write);
        store->create_run(run_row(id));
        for (Sequence head = 0; head < kEvents; ++head) {
          store->append(append_of(id, head, {stored_event(head + 1)}));
        }
      } catch (const Error&) {
        ++failures;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(failures == 0);
  const auto store = open_sqlite_store(folder.path(), OpenMode::read_only);
  for (int i = 0; i < 4; ++i) {
    CHECK(events_of(*store, "run " + std::to_string(i)).size() == kEvents);
  }
}

TEST_CASE("A blob whose content was changed on disk is not handed out", "[store]") {
  const TemporaryFolder folder;
  std::string hash;
  {
    const auto store = open_sqlite_store(folder.path(), OpenMode::create);
    hash = store->put_blob("content");
  }
  run_sql(folder.path(), "UPDATE blob SET content = 'CONTENT'");
  const auto store = open_sqlite_store(folder.path(), OpenMode::read_only);
  expect_error(Code::journal_corrupt, [&] { store->get_blob(hash); });
}

// --- full disks --------------------------------------------------------------------------------

TEST_CASE("A write to a full disk fails as a whole, and works once there is room", "[store]") {
  const TemporaryFolder folder;
  ForgetfulVfs vfs;
  const auto store = open_sqlite_store(folder.path(), OpenMode::create, {.vfs = vfs.name()});
  store->create_run(run_row("a"));
  store->append(append_of("a", 0, {stored_event(1)}));
  std::vector<StoredEvent> many;
  for (Sequence sequence = 2; sequence < 2'000; ++sequence) {
    many.push_back(stored_event(sequence, std::string(200, 's')));
  }
  vfs.set_full(true);
  const Error error =
      expect_error(Code::journal_unwritable, [&] { store->append(append_of("a", 1, many)); });
  CHECK_THAT(error.message, ContainsSubstring("full"));
  CHECK(store->find_run("a")->head == 1);
  CHECK(events_of(*store, "a").size() == 1);
  vfs.set_full(false);
  store->append(append_of("a", 1, many));
  CHECK(events_of(*store, "a").size() == many.size() + 1);
}

/// A filesystem of 1 MB, if this process may make one.
class SmallDisk {
 public:
  SmallDisk() { mounted_ = ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=1m") == 0; }
  ~SmallDisk() {
    if (mounted_) {
      ::umount2(folder_.path().c_str(), MNT_DETACH);
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }
  const fs::path& path() const { return folder_.path(); }
  /// Takes every free block.
  void fill() const {
    for (const char* block : {"large", "small", "smallest"}) {
      std::ofstream file(folder_.path() / block, std::ios::binary);
      while (file << std::string(4096, 'x') && file.flush()) {
      }
    }
  }

 private:
  TemporaryFolder folder_;
  bool mounted_ = false;
};

TEST_CASE("A store is read on a disk without a free block, however it was closed", "[store]") {
  const SmallDisk disk;
  if (!disk.mounted()) {
    WARN("needs the right to mount a tmpfs: not tried");
    return;
  }
  const fs::path state = disk.path() / ".runbook";
  {
    const auto store = open_sqlite_store(state, OpenMode::create);
    store->create_run(run_row("a"));
    store->append(append_of("a", 0, {stored_event(1)}));
  }
  disk.fill();
  for (const OpenMode mode : {OpenMode::read_only, OpenMode::read_write, OpenMode::create}) {
    const auto store = open_sqlite_store(state, mode);
    CHECK(store->find_run("a"));
    CHECK(events_of(*store, "a").size() == 1);
  }
  // A run that meets the full disk, and is read by another process while it still is open.
  const auto store = open_sqlite_store(state, OpenMode::read_write);
  std::vector<StoredEvent> many;
  for (Sequence sequence = 2; sequence < 20'000; ++sequence) {
    many.push_back(stored_event(sequence, std::string(200, 's')));
  }
  expect_error(Code::journal_unwritable, [&] { store->append(append_of("a", 1, many)); });
  CHECK(open_sqlite_store(state, OpenMode::read_only)->find_run("a")->head == 1);
}

}  // namespace
}  // namespace runbook
