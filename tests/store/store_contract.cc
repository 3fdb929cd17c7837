// What every store promises, run on each of them. A new store adds a row to kStores.

#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/store/rows.h"

namespace runbook {
namespace {

struct Kind {
  const char* name;
  std::unique_ptr<Store> (*open)(const std::filesystem::path& folder);
};
const Kind kStores[] = {
    {"sqlite",
     [](const std::filesystem::path& folder) {
       return open_sqlite_store(folder / ".runbook", OpenMode::create);
     }},
    {"memory", [](const std::filesystem::path&) { return make_memory_store(); }},
};

/// Each store in turn, and what it lives in.
struct Fixture {
  Fixture() : kind(kStores[GENERATE(0U, 1U)]), store(kind.open(folder.path())) {
    UNSCOPED_INFO("store: " << kind.name);
  }
  TemporaryFolder folder;
  const Kind& kind;
  std::unique_ptr<Store> store;
};

TEST_CASE("A run is found by its id with all that was written", "[store]") {
  Fixture f;
  RunRow row = run_row("7f3a-lucky-heron");
  row.lock = "crib/dev";
  f.store->create_run(row);
  const auto found = f.store->find_run("7f3a-lucky-heron");
  REQUIRE(found);
  CHECK(found->recipe == row.recipe);
  CHECK(found->name == row.name);
  CHECK(found->created == row.created);
  CHECK(found->state == row.state);
  CHECK(found->exit == -1);
  CHECK(found->head == 0);
  CHECK(found->head_hash == Digest{});
  CHECK(found->lock == "crib/dev");
  CHECK_FALSE(f.store->find_run("7f3a"));
}

TEST_CASE("An id is given to one run only", "[store]") {
  Fixture f;
  f.store->create_run(run_row("a"));
  expect_error(Code::journal_conflict, [&] { f.store->create_run(run_row("a")); });
}

TEST_CASE("Runs are listed newest first, and the later of two made at once before the other",
          "[store]") {
  Fixture f;
  const auto begin = [&](const std::string& id, Timestamp created) {
    f.store->create_run(run_row(id, created));
    f.store->append(append_of(id, 0, {stored_event(1)}));
  };
  begin("old", 100);
  begin("new", 300);
  begin("middle", 200);
  begin("middle again", 200);
  f.store->create_run(run_row("has no event yet", 400));
  std::vector<std::string> ids;
  for (const RunRow& row : f.store->list_runs()) {
    ids.push_back(row.id);
  }
  CHECK(ids == std::vector<std::string>{"new", "middle again", "middle", "old"});
}

TEST_CASE("A run's name and lock can be set once the header is known", "[store]") {
  Fixture f;
  f.store->create_run(run_row("a"));
  f.store->set_run_info("a", "token/deploy", "token");
  CHECK(f.store->find_run("a")->name == "token/deploy");
  CHECK(f.store->find_run("a")->lock == "token");
}

TEST_CASE("Events come back in order, with every column, after the sequence asked for", "[store]") {
  Fixture f;
  f.store->create_run(run_row("other"));
  f.store->create_run(run_row("a"));
  StoredEvent rich = stored_event(1);
  rich.time = 1'700'000'000'123;
  rich.type = 6;
  rich.state = 2;
  rich.kind = 3;
  rich.attempt = 4'000'000'000U;
  rich.body = 0x7fff'ffff'ffff'ffff;
  rich.link = -5;
  rich.step = "fund/0xAbc \xE2\x82\xAC";
  rich.payload = std::string("{\"a\":\"\0\"}", 9);
  f.store->append(append_of("a", 0, {rich, stored_event(2), stored_event(3)}));
  f.store->append(append_of("other", 0, {stored_event(1)}));

  const std::vector<StoredEvent> all = events_of(*f.store, "a");
  REQUIRE(all.size() == 3);
  CHECK(all[0].sequence == 1);
  CHECK(all[0].time == rich.time);
  CHECK(all[0].type == 6);
  CHECK(all[0].state == 2);
  CHECK(all[0].kind == 3);
  CHECK(all[0].attempt == rich.attempt);
  CHECK(all[0].body == rich.body);
  CHECK(all[0].link == -5);
  CHECK(all[0].step == rich.step);
  CHECK(all[0].payload == rich.payload);
  CHECK(events_of(*f.store, "a", 1).front().sequence == 2);
  CHECK(events_of(*f.store, "a", 3).empty());
}

TEST_CASE("An append moves the run's row with the events", "[store]") {
  Fixture f;
  f.store->create_run(run_row("a"));
  Append append = append_of("a", 0, {stored_event(1), stored_event(2)});
  append.head_hash.fill(7);
  append.run_state = 4;
  append.run_exit = 1;
  f.store->append(append);
  const auto row = f.store->find_run("a");
  CHECK(row->head == 2);
  CHECK(row->head_hash == append.head_hash);
  CHECK(row->state == 4);
  CHECK(row->exit == 1);
  CHECK(row->updated == stored_event(2).time);

  f.store->append(append_of("a", 2, {stored_event(3)}));
  CHECK(f.store->find_run("a")->state == 4);
}

TEST_CASE("An append at another head than the run's is refused as a whole", "[store]") {
  Fixture f;
  f.store->create_run(run_row("a"));
  f.store->append(append_of("a", 0, {stored_event(1)}));
  Append stale = append_of("a", 0, {stored_event(1)});
  stale.opened.push_back(open_intent("a", 1, "eth/1"));
  stale.state.push_back({.key = "k", .value = "1", .run = "a", .step = "", .time = 1});
  stale.blobs.push_back("content");
  expect_error(Code::journal_conflict, [&] { f.store->append(stale); });
  CHECK(events_of(*f.store, "a").size() == 1);
  CHECK(f.store->open_intents("").empty());
  CHECK_FALSE(f.store->read_state("k"));
  CHECK_FALSE(f.store->get_blob(to_hex(sha256("content"))));
}

TEST_CASE("Events of a run that does not exist are an error, not an empty list", "[store]") {
  Fixture f;
  expect_error(Code::run_not_found, [&] { events_of(*f.store, "nobody"); });
  expect_error(Code::run_not_found,
               [&] { f.store->append(append_of("nobody", 0, {stored_event(1)})); });
}

TEST_CASE("Open intents of a resource are found over all runs until their calls end", "[store]") {
  Fixture f;
  f.store->create_run(run_row("a"));
  f.store->create_run(run_row("b"));
  Append first = append_of("a", 0, {stored_event(1)});
  first.opened = {open_intent("a", 1, "eth/1/0xaa")};
  f.store->append(first);
  Append second = append_of("b", 0, {stored_event(1), stored_event(2)});
  second.opened = {open_intent("b", 1, "eth/1/0xbb"), open_intent("b", 2, "nomad/x")};
  f.store->append(second);

  CHECK(f.store->open_intents("eth/1/").size() == 2);
  CHECK(f.store->open_intents("eth/1/0xaa").front().run == "a");
  CHECK(f.store->open_intents("eth/1/0xaa").front().call == 1);
  CHECK(f.store->open_intents("eth/%").empty());
  CHECK(f.store->open_intents("").size() == 3);

  Append amended = append_of("a", 1, {stored_event(2)});
  amended.opened = {open_intent("a", 1, "eth/1/0xaa", R"({"nonce":8})")};
  f.store->append(amended);
  CHECK(f.store->open_intents("eth/1/0xaa").front().intent == R"({"nonce":8})");

  Append ended = append_of("a", 2, {stored_event(3)});
  ended.closed = {1};
  f.store->append(ended);
  CHECK(f.store->open_intents("eth/1/0xaa").empty());
  CHECK(f.store->open_intents("eth/1/0xbb").size() == 1);
}

TEST_CASE("A blob is kept once under the hash of its content", "[store]") {
  Fixture f;
  const std::string content = std::string("\0binary\xff", 8) + std::string(100'000, 'x');
  const std::string hash = f.store->put_blob(content);
  CHECK(hash == to_hex(sha256(content)));
  CHECK(f.store->put_blob(content) == hash);
  CHECK(f.store->get_blob(hash) == content);
  CHECK(f.store->get_blob(f.store->put_blob("")) == std::string());
  CHECK_FALSE(f.store->get_blob(std::string(64, '0')));
}

TEST_CASE("An append may bring blobs, with events or without", "[store]") {
  Fixture f;
  f.store->create_run(run_row("a"));
  Append append = append_of("a", 0, {stored_event(1)});
  append.blobs = {"one"};
  f.store->append(append);
  Append alone{.run = "a"};
  alone.blobs = {"two"};
  f.store->append(alone);
  CHECK(f.store->get_blob(to_hex(sha256("one"))) == "one");
  CHECK(f.store->get_blob(to_hex(sha256("two"))) == "two");
  CHECK(f.store->find_run("a")->head == 1);
}

TEST_CASE("Messages of an inbox stay in order until they are removed", "[store]") {
  Fixture f;
  f.store->put_message("a", "1");
  f.store->put_message("b", "2");
  f.store->put_message("a", "3");
  const auto listed = f.store->list_messages("a");
  REQUIRE(listed.size() == 2);
  CHECK(listed[0].payload == "1");
  CHECK(listed[1].payload == "3");
  CHECK(listed[0].id < listed[1].id);
  f.store->remove_message(listed[0].id);
  REQUIRE(f.store->list_messages("a").size() == 1);
  CHECK(f.store->list_messages("a").front().payload == "3");
  CHECK(f.store->list_messages("b").size() == 1);
}

TEST_CASE("Project state keeps every value and shows the newest", "[store]") {
  Fixture f;
  f.store->create_run(run_row("a"));
  Append append = append_of("a", 0, {stored_event(1)});
  append.state = {{.key = "token", .value = "1", .run = "a", .step = "deploy", .time = 10},
                  {.key = "other", .value = "5", .run = "a", .step = "", .time = 11},
                  {.key = "token", .value = "2", .run = "a", .step = "again", .time = 12}};
  f.store->append(append);
  REQUIRE(f.store->read_state("token"));
  CHECK(f.store->read_state("token")->value == "2");
  CHECK(f.store->read_state("token")->step == "again");
  CHECK_FALSE(f.store->read_state("tok"));

  const auto listed = f.store->list_state("");
  REQUIRE(listed.size() == 2);
  CHECK(listed[0].key == "other");
  CHECK(listed[1].value == "2");
  CHECK(f.store->list_state("tok").size() == 1);
  CHECK(f.store->list_state("t_k").empty());

  const auto history = f.store->state_history("token");
  REQUIRE(history.size() == 2);
  CHECK(history[0].value == "2");
  CHECK(history[1].value == "1");
  CHECK(history[1].time == 10);
}

TEST_CASE("A lease has one live holder, and its token grows with every change of hands",
          "[store]") {
  Fixture f;
  const auto first = f.store->acquire_lease("eth", "a", 1'000, 500);
  REQUIRE(first);
  CHECK(first->expires == 1'500);
  CHECK_FALSE(f.store->acquire_lease("eth", "b", 1'499, 500));
  CHECK(f.store->find_lease("eth")->holder == "a");

  const auto renewed = f.store->acquire_lease("eth", "a", 1'400, 500);
  REQUIRE(renewed);
  CHECK(renewed->token == first->token);
  CHECK(renewed->expires == 1'900);

  const auto taken_over = f.store->acquire_lease("eth", "b", 1'900, 500);
  REQUIRE(taken_over);
  CHECK(taken_over->token > renewed->token);

  f.store->release_lease(*renewed);  // no longer its own: nothing happens
  CHECK(f.store->find_lease("eth")->holder == "b");
  f.store->release_lease(*taken_over);
  CHECK_FALSE(f.store->find_lease("eth"));

  const auto again = f.store->acquire_lease("eth", "a", 1'901, 500);
  REQUIRE(again);
  CHECK(again->token > taken_over->token);
}

}  // namespace
}  // namespace runbook
