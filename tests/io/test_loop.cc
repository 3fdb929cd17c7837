#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "engine/io/loop.h"
#include "tests/catch.h"

using namespace runbook;
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

Task<void> sleep_then_note(Loop& loop, std::chrono::milliseconds duration, CancelPtr cancel,
                           std::vector<std::string>& notes, std::string name) {
  try {
    co_await loop.sleep(duration, cancel);
    notes.push_back(name);
  } catch (const Cancelled&) {
    notes.push_back(name + " cancelled");
  }
}

Task<void> wait_then_note(Latch& latch, CancelPtr cancel, std::vector<std::string>& notes) {
  try {
    co_await latch.wait(cancel);
    notes.push_back("opened");
  } catch (const Cancelled&) {
    notes.push_back("cancelled");
  }
}

Task<void> fail(Loop& loop) {
  co_await loop.sleep(1ms, nullptr);
  throw std::runtime_error("from a coroutine");
}

Task<void> work_elsewhere(Loop& loop, std::thread::id& where) {
  co_await loop.blocking([&where] { where = std::this_thread::get_id(); });
}

Task<void> fail_elsewhere(Loop& loop) {
  co_await loop.blocking([] { throw std::runtime_error("from the pool"); });
}

Task<void> call(std::function<void()> fn) {
  fn();
  co_return;
}

/// Coroutines that one handler resumes one after the other, as the HTTP client does.
struct Meeting {
  std::vector<std::function<void()>> waiters;

  Task<void> wait() {
    auto start = [this](auto handler) {
      const auto kept = std::make_shared<decltype(handler)>(std::move(handler));
      waiters.emplace_back([kept] { std::move (*kept)(); });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(start),
                                                                         asio::use_awaitable);
  }
};

Task<void> fail_after(Meeting& meeting, std::string what) {
  co_await meeting.wait();
  throw std::runtime_error(what);
}

}  // namespace

TEST_CASE("Sleeps end in the order of their durations", "[loop]") {
  SystemClock clock;
  Loop loop(clock);
  std::vector<std::string> notes;
  loop.spawn(sleep_then_note(loop, 20ms, nullptr, notes, "long"));
  loop.spawn(sleep_then_note(loop, 1ms, nullptr, notes, "short"));
  loop.run();
  CHECK(notes == std::vector<std::string>{"short", "long"});
}

TEST_CASE("A sleep ends at once when its node is cancelled, before or meanwhile", "[loop]") {
  SystemClock clock;
  Loop loop(clock);
  std::vector<std::string> notes;
  const CancelPtr cancel = Cancel::root();
  loop.spawn(sleep_then_note(loop, 1h, cancel, notes, "meanwhile"));
  loop.spawn(call([&] { cancel->request(CancelReason::stop, StopLevel::interrupt); }));
  loop.spawn(sleep_then_note(loop, 1h, cancel, notes, "before"));
  loop.run();
  CHECK(notes == std::vector<std::string>{"before cancelled", "meanwhile cancelled"});
}

TEST_CASE("An exception that leaves a spawned coroutine leaves run", "[loop]") {
  SystemClock clock;
  Loop loop(clock);
  loop.spawn(fail(loop));
  CHECK_THROWS_WITH(loop.run(), "from a coroutine");
}

TEST_CASE("Blocking work runs on another thread and its exception comes back", "[loop]") {
  SystemClock clock;
  Loop loop(clock);
  std::thread::id where = std::this_thread::get_id();
  loop.spawn(work_elsewhere(loop, where));
  loop.run();
  CHECK(where != std::this_thread::get_id());
  loop.spawn(fail_elsewhere(loop));
  CHECK_THROWS_WITH(loop.run(), "from the pool");
}

TEST_CASE("The idle hook runs when nothing is runnable, and may bring new work", "[loop]") {
  SystemClock clock;
  Loop loop(clock);
  std::vector<std::string> notes;
  int hooks = 0;
  loop.on_idle([&] {
    notes.push_back("idle");
    if (++hooks == 1) {
      loop.spawn(call([&] { notes.push_back("work of the hook"); }));
    }
  });
  loop.spawn(call([&] { notes.push_back("first"); }));
  loop.spawn(call([&] { notes.push_back("second"); }));
  loop.run();
  REQUIRE(notes.size() >= 4);
  notes.resize(4);
  CHECK(notes == std::vector<std::string>{"first", "second", "idle", "work of the hook"});
}

TEST_CASE("stop ends run although something waits, and run may be called again", "[loop]") {
  SystemClock clock;
  Loop loop(clock);
  std::vector<std::string> notes;
  const CancelPtr cancel = Cancel::root();
  loop.spawn(sleep_then_note(loop, 1h, cancel, notes, "sleep"));
  loop.spawn(call([&] { loop.stop(); }));
  loop.run();
  CHECK(notes.empty());
  cancel->request(CancelReason::sibling);
  loop.run();
  CHECK(notes == std::vector<std::string>{"sleep cancelled"});
}

TEST_CASE("A latch releases all waiters, and later ones until it is closed", "[loop]") {
  SystemClock clock;
  Loop loop(clock);
  Latch latch(loop);
  std::vector<std::string> notes;
  loop.spawn(wait_then_note(latch, nullptr, notes));
  loop.spawn(wait_then_note(latch, nullptr, notes));
  loop.spawn(call([&] { latch.open(); }));
  loop.spawn(wait_then_note(latch, nullptr, notes));
  loop.run();
  CHECK(notes.size() == 3);
  latch.close();
  const CancelPtr cancel = Cancel::root();
  loop.spawn(wait_then_note(latch, cancel, notes));
  loop.spawn(call([&] { cancel->request(CancelReason::sibling); }));
  loop.run();
  REQUIRE(notes.size() == 4);
  CHECK(notes.back() == "cancelled");
}

TEST_CASE("Of several coroutines that fail in one turn the first error leaves run, as itself",
          "[loop]") {
  SystemClock clock;
  Loop loop(clock);
  Meeting meeting;
  for (const char* name : {"first", "second", "third"}) {
    loop.spawn(fail_after(meeting, name));
  }
  loop.spawn(call([&meeting] {
    REQUIRE(meeting.waiters.size() == 3);
    for (const auto& resume : meeting.waiters) {
      resume();
    }
  }));
  std::string what;
  try {
    loop.run();
  } catch (const std::exception& error) {
    what = error.what();
  }
  CHECK(what == "first");
  bool ran = false;
  loop.spawn(call([&ran] { ran = true; }));
  loop.run();  // nothing is left over
  CHECK(ran);
}
