// The power is cut before every single write and sync: what was acknowledged is there afterwards.

#include <random>

#include "engine/base/error.h"
#include "engine/store/sqlite_store.h"
#include "tests/base/temporary_folder.h"
#include "tests/catch.h"
#include "tests/store/forgetful_vfs.h"
#include "tests/store/rows.h"

namespace runbook {
namespace {

constexpr Sequence kAppends = 6;

struct Acknowledged {
  bool run = false;
  Sequence head = 0;
  std::string blob;
};

/// A small life of a store, until the power fails.
Acknowledged live(const std::filesystem::path& folder, const char* vfs) {
  Acknowledged done;
  try {
    const auto store = open_sqlite_store(folder, OpenMode::create, {.vfs = vfs});
    store->create_run(run_row("a"));
    done.run = true;
    for (Sequence head = 0; head < kAppends; ++head) {
      store->append(append_of("a", head, {stored_event(head + 1, std::string(900, 's'))}));
      done.head = head + 1;
    }
    done.blob = store->put_blob(std::string(20'000, 'b'));
  } catch (const Error& error) {
    INFO(error.message);
    CHECK(code_info(error.code).exit == 50);
  }
  return done;
}

void check_kept(const std::filesystem::path& folder, const char* vfs, const Acknowledged& done) {
  const auto store = open_sqlite_store(folder, OpenMode::create, {.vfs = vfs});
  const auto row = store->find_run("a");
  REQUIRE((row.has_value() || !done.run));
  if (!row) {
    return;
  }
  // One append may have become durable without having been acknowledged.
  CHECK(row->head >= done.head);
  CHECK(row->head <= done.head + 1);
  const std::vector<StoredEvent> events = events_of(*store, "a");
  REQUIRE(events.size() == row->head);
  CHECK((events.empty() || events.back().step.size() == 900));
  CHECK((done.blob.empty() || store->get_blob(done.blob)));
  store->append(append_of("a", row->head, {stored_event(row->head + 1)}));
}

TEST_CASE("What a store acknowledged survives a power cut before any write or sync", "[store]") {
  std::size_t operation = 0;
  for (bool finished = false; !finished; ++operation) {
    INFO("cut before operation " << operation);
    const TemporaryFolder folder;
    ForgetfulVfs vfs;
    vfs.cut_power_before(operation);
    const Acknowledged done = live(folder.path(), vfs.name());
    finished = !vfs.is_dead();
    vfs.power_on();
    check_kept(folder.path(), vfs.name(), done);
  }
  CHECK(operation > 40);
}

TEST_CASE("A power cut may keep any of the unsynced writes", "[store]") {
  std::mt19937 random(1);  // the same disk every time
  for (std::size_t round = 0; round < 150; ++round) {
    const std::size_t operation = random() % 60;
    INFO("round " << round << ", cut before operation " << operation);
    const TemporaryFolder folder;
    ForgetfulVfs vfs;
    vfs.cut_power_before(operation);
    const Acknowledged done = live(folder.path(), vfs.name());
    vfs.power_on([&] { return random() % 2 == 0; });
    check_kept(folder.path(), vfs.name(), done);
  }
}

TEST_CASE("The forgetful disk does forget: without syncs nothing is left", "[store]") {
  const TemporaryFolder folder;
  ForgetfulVfs vfs;
  {
    const auto store = open_sqlite_store(folder.path(), OpenMode::create, {.vfs = vfs.name()});
    store->create_run(run_row("a"));
  }
  // Everything after this is written and not synced, as if sync were switched off.
  vfs.power_on();
  ForgetfulVfs::Node& database = vfs.node((folder.path() / "state.db").string());
  ForgetfulVfs::Node& wal = vfs.node((folder.path() / "state.db-wal").string());
  const std::string database_before = database.synced;
  const std::string wal_before = wal.synced;
  {
    const auto store = open_sqlite_store(folder.path(), OpenMode::read_write, {.vfs = vfs.name()});
    store->create_run(run_row("b"));
    vfs.cut_power();
  }
  database = {.synced = database_before, .unsynced = {}};
  wal = {.synced = wal_before, .unsynced = {}};
  vfs.power_on();
  const auto store = open_sqlite_store(folder.path(), OpenMode::read_write, {.vfs = vfs.name()});
  CHECK(store->find_run("a"));
  CHECK_FALSE(store->find_run("b"));
}

}  // namespace
}  // namespace runbook
