// Reading a run back: the same state, damage found where it is, old formats opened for ever.

#include <fstream>

#include <sqlite3.h>

#include "engine/journal/journal.h"
#include "engine/store/sqlite_store.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/store/rows.h"

namespace runbook {
namespace {

constexpr const char* kLoadedRun = "7f3a-lucky-heron";

void run_sql(const std::filesystem::path& folder, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder / "state.db").c_str(), &database) == SQLITE_OK);
  char* reason = nullptr;
  const int result = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &reason);
  INFO((reason == nullptr ? "" : reason));
  REQUIRE(result == SQLITE_OK);
  sqlite3_close(database);
}

/// A store on disk whose run has six events: two finished steps and a note.
struct OnDisk {
  OnDisk() {
    FakeClock clock;
    Loop loop(clock);
    const auto store = open_sqlite_store(folder.path(), OpenMode::create);
    store->create_run(run_row(kLoadedRun));
    Journal journal(loop, *store, kLoadedRun, Journal::Writer::on_loop);
    journal.append(event::SessionStarted{.pid = 1});
    for (const char* step : {"a", "b"}) {
      journal.append(event::StepStarted{.site = "r.lua:1"}, step, 1);
      journal.append(event::StepFinished{.state = State::ok, .value = RawJson(R"({"n":1})")}, step,
                     1);
    }
    journal.append(event::NoteAdded{.text = "the end"});
    journal.close();
  }

  RunState read() const {
    return read_run_state(*open_sqlite_store(folder.path(), OpenMode::read_only), kLoadedRun);
  }
  /// What a driver and a reader are both told.
  Error damage() const {
    FakeClock clock;
    Loop loop(clock);
    const auto store = open_sqlite_store(folder.path(), OpenMode::read_write);
    expect_error(Code::journal_corrupt,
                 [&] { Journal(loop, *store, kLoadedRun, Journal::Writer::thread); });
    return expect_error(Code::journal_corrupt, [&] { read(); });
  }

  TemporaryFolder folder;
};

TEST_CASE("A run reads back as it was", "[load]") {
  const OnDisk disk;
  const RunState state = disk.read();
  CHECK(state.last == 6);
  CHECK(state.steps.size() == 2);
  CHECK(state.find_step("b")->value.parse()["n"] == 1);
  CHECK(state.find_step("b")->site == "r.lua:1");
  CHECK(state.notes.size() == 1);
}

TEST_CASE("A changed event is found by its number", "[load]") {
  const OnDisk disk;
  const std::string change =
      GENERATE("payload = '{\"n\":2}'", "step = 'c'", "state = 3", "attempt = 2", "time = time + 1",
               "kind = 1", "body = 5", "link = link + 1", "payload = ''");
  INFO(change);
  run_sql(disk.folder.path(), "UPDATE event SET " + change + " WHERE id & 0xffff = 3");
  const Error error = disk.damage();
  CHECK(error.detail["sequence"] == 3);
  CHECK_THAT(error.message, ContainsSubstring("event 3"));
  CHECK_THAT(error.message, ContainsSubstring(kLoadedRun));
}

TEST_CASE("A missing event is found by its number", "[load]") {
  const OnDisk disk;
  run_sql(disk.folder.path(), "DELETE FROM event WHERE id & 0xffff = 3");
  CHECK(disk.damage().detail["sequence"] == 3);
}

TEST_CASE("Missing last events show in the head", "[load]") {
  const OnDisk disk;
  run_sql(disk.folder.path(), "DELETE FROM event WHERE id & 0xffff > 4");
  const Error error = disk.damage();
  CHECK(error.detail["sequence"] == 5);
  CHECK_THAT(error.message, ContainsSubstring("last event was 6"));
}

TEST_CASE("A head that was moved back with its events does not hold", "[load]") {
  const OnDisk disk;
  run_sql(disk.folder.path(), "DELETE FROM event WHERE id & 0xffff > 4; UPDATE run SET head = 4");
  CHECK(disk.damage().detail["sequence"] == 4);
}

TEST_CASE("An event after the head is damage to a driver, and news to a reader", "[load]") {
  const OnDisk disk;
  run_sql(disk.folder.path(),
          "INSERT INTO event SELECT id + 1, time, type, state, kind, attempt, body, link, step,"
          " payload FROM event WHERE id & 0xffff = 6");
  CHECK(disk.read().last == 6);
  FakeClock clock;
  Loop loop(clock);
  const auto store = open_sqlite_store(disk.folder.path(), OpenMode::read_write);
  const Error error = expect_error(
      Code::journal_corrupt, [&] { Journal(loop, *store, kLoadedRun, Journal::Writer::thread); });
  CHECK(error.detail["sequence"] == 7);
}

TEST_CASE("A run that does not exist is not found", "[load]") {
  const auto store = make_memory_store();
  expect_error(Code::run_not_found, [&] { read_run_state(*store, "nobody"); });
}

TEST_CASE("A damaged database page is damage, not a crash", "[load]") {
  const OnDisk disk;
  {
    // Everything into the main file, then over the event table's page.
    run_sql(disk.folder.path(), "PRAGMA wal_checkpoint(TRUNCATE)");
    std::fstream file(disk.folder.path() / "state.db",
                      std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(3 * 4096);
    for (int page = 0; page < 3; ++page) {
      file << std::string(4096, '\x5a');
    }
  }
  const Error error = expect_error(Code::journal_corrupt, [&] { disk.read(); });
  CHECK_THAT(error.message, ContainsSubstring("state.db"));
}

// --- formats -----------------------------------------------------------------------------------

TEST_CASE("A journal of format 1 opens", "[load]") {
  // fixtures/format_1.sql: `sqlite3 state.db .dump` of a run that this program wrote, with every
  // kind of event. It is never written again.
  const TemporaryFolder folder;
  std::ifstream file(std::filesystem::path(TEST_FOLDER) / "fixtures" / "format_1.sql");
  const std::string sql((std::istreambuf_iterator<char>(file)), {});
  REQUIRE(sql.size() > 1'000);
  run_sql(folder.path(), sql);
  const auto store = open_sqlite_store(folder.path(), OpenMode::read_write);
  const RunState state = read_run_state(*store, kLoadedRun);
  CHECK(state.last == 42);
  CHECK(state.phase == RunPhase::ok);
  CHECK(state.exit == 0);
  CHECK(state.finished);
  CHECK(state.sessions == 2);
  CHECK(state.created.parameters["team"][1] == "0xb");
  CHECK(state.find_step("fund/0xa")->kind == Kind::item);
  CHECK(state.find_step("fund/0xa")->attempts == 2);
  CHECK(state.find_step("fund/0xa")->value.parse()["sent"] == true);
  CHECK(state.find_step("check")->handled);
  CHECK(state.find_step("deploy")->body == 77);
  CHECK(state.find_step("new name")->value.parse() == "kept");
  CHECK(state.find_step("later")->state == State::pending);
  CHECK(state.calls.size() == 2);
  CHECK(state.calls[0].intents.size() == 2);
  CHECK(state.open_calls.empty());
  CHECK(state.values.at(value_key("deploy", "uuid", "#0")) == "5d2c");
  CHECK(state.outputs.at("token") == "0x1");
  CHECK(state.services.at("anvil")["ended"]["exit"] == 0);
  CHECK(state.notes.front() == "said \"so\"\n\xe2\x82\xac");
  CHECK(store->get_blob(state.attachments.front().blob) == "{}");
  CHECK(store->read_state("token")->value == R"("0x1")");
  CHECK(store->find_run(kLoadedRun)->lock == "crib");
  CHECK(store->find_lease("eth")->token == 3);
  CHECK(store->list_messages(kLoadedRun).front().payload == "{}");
  append_directly(*store, kLoadedRun, *std::make_unique<FakeClock>(),
                  {{.payload = event::NoteAdded{}}});
}

}  // namespace
}  // namespace runbook
