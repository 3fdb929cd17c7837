// The journal writer: what is durable when, in which order, and what a failure does.
// Long: a case each.

#include "engine/journal/journal.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/store/sqlite_store.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/store/faulty_store.h"
#include "tests/store/rows.h"

namespace runbook {
namespace {

constexpr const char* kRun = "7f3a-lucky-heron";

/// A loop and a store with one run in it.
struct Fixture {
  Fixture() { store->create_run(run_row(kRun)); }

  Sequence stored() const { return store->find_run(kRun)->head; }
  /// Runs the coroutine to its end and rethrows what leaves it.
  void run(Task<void> task) {
    loop.spawn(std::move(task));
    loop.run();
  }

  FakeClock clock;
  Loop loop{clock};
  std::unique_ptr<Store> store = make_memory_store();
};

event::NoteAdded note(const std::string& text = "n") {
  return {.text = text};
}

Task<void> append_and_await(Journal& journal, int count) {
  for (int i = 0; i < count; ++i) {
    journal.append(note());
  }
  co_await journal.durable();
}

/// Holds every commit until it is let through, and remembers how large they were.
class GatedStore final : public FaultyStore {
 public:
  explicit GatedStore(Store& store) : FaultyStore(store, static_cast<std::size_t>(-1)) {}

  void append(const Append& append) override {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return permits_ > 0; });
    --permits_;
    FaultyStore::append(append);
    batches_.push_back(append.events.size());
  }
  void await_arrivals(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= count; });
  }
  void let_through(int count) {
    const std::lock_guard lock(mutex_);
    permits_ += count;
    changed_.notify_all();
  }
  std::vector<std::size_t> batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  int permits_ = 0;
  std::vector<std::size_t> batches_;
};

// --- durability --------------------------------------------------------------------------------

TEST_CASE("An appended event is applied at once and durable when awaited", "[journal]") {
  Fixture f;
  const Journal::Writer writer = GENERATE(Journal::Writer::thread, Journal::Writer::on_loop);
  Journal journal(f.loop, *f.store, kRun, writer);
  CHECK(journal.is_durable());
  CHECK(journal.append(event::StepStarted{}, "a", 1) == 1);
  CHECK(journal.state().find_step("a")->state == State::running);
  f.run(append_and_await(journal, 2));
  CHECK(journal.is_durable());
  CHECK(f.stored() == 3);
  journal.close();
}

TEST_CASE("Nothing to make durable costs no commit", "[journal]") {
  Fixture f;
  FaultyStore store(*f.store, 0);
  Journal journal(f.loop, store, kRun, Journal::Writer::thread);
  f.run(journal.durable());
  journal.flush();
  journal.close();
  CHECK_FALSE(store.has_failed());
}

TEST_CASE("Events are written soon though nobody awaits them", "[journal]") {
  Fixture f;
  Journal journal(f.loop, *f.store, kRun, Journal::Writer::thread);
  const auto wait = [](Loop& loop, Journal& awaited) -> Task<void> {
    awaited.append(note());
    while (!awaited.is_durable()) {
      co_await loop.sleep(std::chrono::milliseconds(1), nullptr);
    }
  };
  f.run(wait(f.loop, journal));
  f.run(wait(f.loop, journal));  // also after the writer has dozed off
  CHECK(f.stored() == 2);
}

TEST_CASE("What collects while a commit is in flight is one commit", "[journal]") {
  Fixture f;
  GatedStore store(*f.store);
  Journal journal(f.loop, store, kRun, Journal::Writer::thread);
  journal.append(note());
  journal.flush();
  store.await_arrivals(1);
  for (int i = 0; i < 10; ++i) {
    journal.append(note());
    journal.flush();
  }
  store.let_through(2);
  f.run(journal.durable());
  CHECK(store.batches() == std::vector<std::size_t>{1, 10});
  journal.close();
}

TEST_CASE("Each of many that wait goes on once its own events are durable", "[journal]") {
  Fixture f;
  Journal journal(f.loop, *f.store, kRun, Journal::Writer::thread);
  const auto worker = [](Journal& shared, const Store& /*store*/, int& finished) -> Task<void> {
    for (int i = 0; i < 20; ++i) {
      const Sequence mine = shared.append(note());
      co_await shared.durable();
      REQUIRE(mine <= shared.state().last);
    }
    ++finished;
  };
  int finished = 0;
  for (int i = 0; i < 64; ++i) {
    f.loop.spawn(worker(journal, *f.store, finished));
  }
  f.loop.on_idle([&] { journal.flush(); });
  f.loop.run();
  CHECK(finished == 64);
  CHECK(f.stored() == 64 * 20);
}

TEST_CASE("A writer far behind holds appends back, and loses none", "[journal]") {
  Fixture f;
  Journal journal(f.loop, *f.store, kRun, Journal::Writer::thread);
  f.run(append_and_await(journal, 60'000));
  CHECK(f.stored() == 60'000);
}

TEST_CASE("Closing writes what is pending, once", "[journal]") {
  Fixture f;
  const Journal::Writer writer = GENERATE(Journal::Writer::thread, Journal::Writer::on_loop);
  Journal journal(f.loop, *f.store, kRun, writer);
  std::vector<Sequence> seen;
  journal.observe([&](const Event& event) { seen.push_back(event.sequence); });
  journal.append(note());
  journal.append(note());
  journal.close();
  journal.close();
  CHECK(f.stored() == 2);
  CHECK(seen == std::vector<Sequence>{1, 2});
}

TEST_CASE("A journal that goes out of scope writes what is pending", "[journal]") {
  Fixture f;
  { Journal(f.loop, *f.store, kRun, Journal::Writer::thread).append(note()); }
  CHECK(f.stored() == 1);
  f.loop.run();  // what the writer posted finds nobody, and that is fine
}

// --- observers ---------------------------------------------------------------------------------

TEST_CASE("Observers see durable events in order, before anyone goes on", "[journal]") {
  Fixture f;
  const Journal::Writer writer = GENERATE(Journal::Writer::thread, Journal::Writer::on_loop);
  Journal journal(f.loop, *f.store, kRun, writer);
  std::vector<std::string> seen;
  journal.observe([&](const Event& event) {
    CHECK(f.stored() >= event.sequence);
    seen.push_back(std::get<event::NoteAdded>(event.payload).text);
  });
  const auto speak = [](Journal& told, std::vector<std::string>& heard) -> Task<void> {
    told.append(note("a"));
    told.append(note("b"));
    CHECK(heard.empty());
    co_await told.durable();
    CHECK(heard.size() == 2);
    told.append(note("c"));
    co_await told.durable();
  };
  f.run(speak(journal, seen));
  CHECK(seen == std::vector<std::string>{"a", "b", "c"});
}

// --- work with the store -----------------------------------------------------------------------

TEST_CASE("Work with the store sees everything appended before it", "[journal]") {
  Fixture f;
  const Journal::Writer writer = GENERATE(Journal::Writer::thread, Journal::Writer::on_loop);
  Journal journal(f.loop, *f.store, kRun, writer);
  const auto ask = [](Journal& asked) -> Task<void> {
    asked.append(note());
    Sequence head = 0;
    std::function<void(Store&)> look = [&head](Store& store) { head = store.find_run(kRun)->head; };
    co_await asked.on_store(look);
    CHECK(head == 1);
    CHECK(asked.is_durable());
  };
  f.run(ask(journal));
}

TEST_CASE("What work throws reaches who gave it, and ends nothing", "[journal]") {
  Fixture f;
  const Journal::Writer writer = GENERATE(Journal::Writer::thread, Journal::Writer::on_loop);
  Journal journal(f.loop, *f.store, kRun, writer);
  expect_error(Code::lock_held, [&] {
    f.run(journal.on_store([](Store&) { throw Error(Code::lock_held, "taken"); }));
  });
  f.run(append_and_await(journal, 1));
  CHECK(f.stored() == 1);
}

TEST_CASE("Work that cannot write ends the journal", "[journal]") {
  Fixture f;
  FaultyStore store(*f.store, 0);
  Journal journal(f.loop, store, kRun, Journal::Writer::thread);
  expect_error(Code::journal_unwritable,
               [&] { f.run(journal.on_store([](Store& full) { full.put_blob("x"); })); });
  expect_error(Code::journal_unwritable, [&] { journal.append(note()); });
}

TEST_CASE("A blob is kept with the events that follow it", "[journal]") {
  Fixture f;
  FaultyStore store(*f.store, 1);
  Journal journal(f.loop, store, kRun, Journal::Writer::thread);
  const std::string hash = journal.put_blob("content");
  journal.append(event::AttachmentAdded{.name = "a", .blob = hash, .size = 7});
  journal.close();
  CHECK(f.store->get_blob(hash) == "content");
  CHECK(f.stored() == 1);
}

// --- failures ----------------------------------------------------------------------------------

TEST_CASE("A failed write is final and told once", "[journal]") {
  Fixture f;
  const Journal::Writer writer = GENERATE(Journal::Writer::thread, Journal::Writer::on_loop);
  FaultyStore store(*f.store, 1);
  Journal journal(f.loop, store, kRun, writer);
  int told = 0;
  journal.on_failure([&](const Error& error) {
    CHECK(error.code == Code::journal_unwritable);
    ++told;
  });
  f.run(append_and_await(journal, 1));
  for (int i = 0; i < 2; ++i) {
    expect_error(Code::journal_unwritable, [&] {
      if (i == 0) {
        journal.append(note());
      }
      f.run(journal.durable());
    });
  }
  expect_error(Code::journal_unwritable, [&] { journal.append(note()); });
  expect_error(Code::journal_unwritable, [&] { journal.put_blob("x"); });
  expect_error(Code::journal_unwritable, [&] { f.run(journal.on_store([](Store&) {})); });
  expect_error(Code::journal_unwritable, [&] { journal.close(); });
  f.loop.run();
  CHECK(told == 1);
  CHECK(f.stored() == 1);
}

TEST_CASE("Whichever write fails, nothing acknowledged is lost", "[journal]") {
  const Journal::Writer writer = GENERATE(Journal::Writer::thread, Journal::Writer::on_loop);
  bool failed = true;
  for (std::size_t good = 0; failed; ++good) {
    Fixture f;
    FaultyStore store(*f.store, good);
    Sequence acknowledged = 0;
    {
      Journal journal(f.loop, store, kRun, writer);
      const auto work = [](Journal& driven, Sequence& known) -> Task<void> {
        for (int i = 0; i < 12; ++i) {
          const Sequence mine = driven.append(note());
          if (i % 3 == 2) {
            co_await driven.durable();
            known = mine;
          }
        }
      };
      try {
        f.run(work(journal, acknowledged));
        journal.close();
      } catch (const Error& error) {
        CHECK(error.code == Code::journal_unwritable);
      }
    }
    failed = store.has_failed();
    INFO(good << " good writes");
    CHECK(f.stored() >= acknowledged);
    CHECK(read_run_state(*f.store, kRun).last == f.stored());
  }
}

TEST_CASE("Of two that drive one run only one can write", "[journal]") {
  Fixture f;
  Journal first(f.loop, *f.store, kRun, Journal::Writer::thread);
  Journal second(f.loop, *f.store, kRun, Journal::Writer::thread);
  f.run(append_and_await(first, 2));
  expect_error(Code::journal_conflict, [&] { f.run(append_and_await(second, 1)); });
  expect_error(Code::journal_conflict, [&] { second.append(note()); });
  f.run(append_and_await(first, 1));
  CHECK(f.stored() == 3);
}

TEST_CASE("An event that contradicts the state is neither applied nor written", "[journal]") {
  Fixture f;
  Journal journal(f.loop, *f.store, kRun, Journal::Writer::thread);
  expect_error(Code::journal_corrupt, [&] { journal.append(event::StepFinished{}, "never", 1); });
  CHECK(journal.append(note()) == 1);
  journal.close();
  CHECK(f.stored() == 1);
}

// --- hooks -------------------------------------------------------------------------------------

struct PowerCut : std::exception {};

TEST_CASE("Hooks are called around each event", "[journal]") {
  Fixture f;
  std::vector<std::string> calls;
  const auto hook = [&calls](const char* name) {
    return [&calls, name](Sequence sequence) { calls.push_back(name + std::to_string(sequence)); };
  };
  Journal journal(f.loop, *f.store, kRun, Journal::Writer::on_loop,
                  {.before_append = hook("before "),
                   .after_append = hook("after "),
                   .after_commit = hook("commit ")});
  f.run(append_and_await(journal, 2));
  CHECK(calls == std::vector<std::string>{"before 1", "after 1", "before 2", "after 2", "commit 1",
                                          "commit 2"});
}

TEST_CASE("Where a hook cuts the power nothing is written after it", "[journal]") {
  Fixture f;
  const auto cut = [](Sequence sequence) {
    if (sequence == 3) {
      throw PowerCut();
    }
  };
  JournalHooks hooks;
  Sequence kept = 0;
  SECTION("before the append") {
    hooks.before_append = cut;
    kept = 2;
  }
  SECTION("after the append") {
    hooks.after_append = cut;
    kept = 2;
  }
  SECTION("after the commit") {
    hooks.after_commit = cut;
    kept = 3;
  }
  {
    Journal journal(f.loop, *f.store, kRun, Journal::Writer::on_loop, hooks);
    f.run(append_and_await(journal, 2));
    CHECK_THROWS_AS(f.run(append_and_await(journal, 1)), PowerCut);
    CHECK_THROWS_AS(journal.append(note()), PowerCut);
  }
  CHECK(f.stored() == kept);
}

// --- the run's row and what runs share ---------------------------------------------------------

TEST_CASE("The run's row follows its sessions", "[journal]") {
  Fixture f;
  Journal journal(f.loop, *f.store, kRun, Journal::Writer::on_loop);
  const auto row_after = [&](Payload payload) {
    journal.append(std::move(payload));
    journal.flush();
    return *f.store->find_run(kRun);
  };
  CHECK(row_after(event::SessionStarted{}).state == static_cast<int>(RunPhase::running));
  const RunRow failed = row_after(event::SessionEnded{.state = RunPhase::failed, .exit = 1});
  CHECK(failed.state == static_cast<int>(RunPhase::failed));
  CHECK(failed.exit == 1);
  CHECK(row_after(event::SessionStarted{.resumed = true}).exit == -1);
  row_after(event::SessionEnded{.state = RunPhase::ok, .exit = 0});
  const RunRow finished = row_after(event::RunFinished{.state = RunPhase::ok});
  CHECK(finished.state == static_cast<int>(RunPhase::ok));
  CHECK(finished.exit == 0);
  CHECK(finished.updated == f.clock.now());
}

TEST_CASE("Intents that name a resource are listed from begin to end", "[journal]") {
  Fixture f;
  Journal journal(f.loop, *f.store, kRun, Journal::Writer::on_loop);
  journal.append(event::StepStarted{}, "pay", 1);
  const Sequence call = journal.append(
      event::CallBegun{.primitive = "eth.send", .resource = "eth/1/0xaa", .intent = {{"nonce", 7}}},
      "pay", 1);
  journal.append(event::CallBegun{.primitive = "process.run"}, "pay", 1);
  journal.flush();
  REQUIRE(f.store->open_intents("").size() == 1);
  CHECK(f.store->open_intents("").front().call == call);
  CHECK(f.store->open_intents("").front().intent == R"({"nonce":7})");
  journal.append(event::CallAmended{.call = call, .intent = {{"nonce", 8}}}, "pay", 1);
  journal.flush();
  CHECK(f.store->open_intents("").front().intent == R"({"nonce":8})");
  journal.append(event::CallEnded{.call = call, .result = RawJson("1")}, "pay", 1);
  journal.flush();
  CHECK(f.store->open_intents("").empty());
}

TEST_CASE("A call that begins and ends in one commit leaves no intent behind", "[journal]") {
  Fixture f;
  Journal journal(f.loop, *f.store, kRun, Journal::Writer::on_loop);
  journal.append(event::StepStarted{}, "pay", 1);
  const Sequence call =
      journal.append(event::CallBegun{.primitive = "eth.send", .resource = "eth"}, "pay", 1);
  journal.append(event::CallEnded{.call = call, .result = RawJson("1")}, "pay", 1);
  journal.close();
  CHECK(f.store->open_intents("").empty());
}

TEST_CASE("Project state is written with its event", "[journal]") {
  Fixture f;
  Journal journal(f.loop, *f.store, kRun, Journal::Writer::on_loop);
  journal.append(event::StatePut{.key = "token", .value = "0x1"}, "deploy", 1);
  journal.flush();
  const auto entry = f.store->read_state("token");
  REQUIRE(entry);
  CHECK(entry->value == R"("0x1")");
  CHECK(entry->run == kRun);
  CHECK(entry->step == "deploy");
}

TEST_CASE("Events are appended to a run that nobody drives", "[journal]") {
  Fixture f;
  {
    Journal journal(f.loop, *f.store, kRun, Journal::Writer::on_loop);
    journal.append(event::SessionStarted{});
    journal.append(event::StepStarted{}, "a", 1);
  }
  f.clock.advance(std::chrono::milliseconds(5));
  const std::vector<Event> events = {
      {.step = "a", .payload = event::StepMarked{.state = State::ok, .value = RawJson("1")}},
      {.payload = event::NoteAdded{.text = "by hand"}}};
  append_directly(*f.store, kRun, f.clock, events);
  const RunState state = read_run_state(*f.store, kRun);
  CHECK(state.last == 4);
  CHECK(state.find_step("a")->state == State::ok);
  CHECK(state.updated == f.clock.now());
  expect_error(Code::journal_corrupt, [&] {
    append_directly(*f.store, kRun, f.clock, {{.step = "a", .payload = event::StepFinished{}}});
  });
  CHECK(f.stored() == 4);
}

}  // namespace
}  // namespace runbook
