#include "engine/lua/watchdog.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <luajit-2.1/lua.hpp>

#include "engine/base/error.h"
#include "engine/lua/error_value.h"

namespace runbook::lua {
namespace {

// Ignored by default, so a late one harms nothing; nobody else in the process uses it.
constexpr int kSignal = SIGURG;
constexpr int kQuietRounds = 20;

// What the handler acts on. Per thread: a signal meant for another thread's Lua finds null.
thread_local Watchdog* t_inside = nullptr;

std::int64_t processor_milliseconds(pthread_t thread) {
  clockid_t clock{};
  timespec time{};
  if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    return 0;
  }
  return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

void install_handler(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(kSignal, &action, nullptr);
}

}  // namespace

Watchdog::Watchdog(lua_State* L, std::chrono::milliseconds limit, std::chrono::milliseconds grace,
                   std::function<void()> before_exit)
    : L_(L),
      limit_ms_(limit.count()),
      grace_ms_(grace.count()),
      before_exit_(std::move(before_exit)) {}

Watchdog::~Watchdog() {
  if (thread_.joinable()) {
    stop_ = true;
    wake();
    thread_.join();
    close(wake_);
  }
}

void Watchdog::set_limit(std::chrono::milliseconds limit) {
  limit_ms_ = limit.count();
}

void Watchdog::enter() {
  if (!thread_.joinable()) {
    start();
  }
  fired_.store(false, std::memory_order_relaxed);
  t_inside = this;
  // Sequentially consistent with watch(): either it sees this stretch, or this sees it asleep.
  stretch_.fetch_add(1);
  if (asleep_.load()) {
    wake();
  }
}

void Watchdog::leave() {
  stretch_.fetch_add(1);
  t_inside = nullptr;
  std::atomic_signal_fence(std::memory_order_seq_cst);  // from here on the handler does nothing
  if (armed_.load(std::memory_order_relaxed)) {
    lua_sethook(L_, nullptr, 0, 0);
    armed_.store(false, std::memory_order_relaxed);
  }
}

void Watchdog::start() {
  watched_ = pthread_self();
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  install_handler(&Watchdog::on_signal);
  // The thread shall take no signal: Ctrl-C must interrupt the loop thread's waiting.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { watch(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Watchdog::watch() {
  std::uint64_t seen = 0;
  std::int64_t begin = 0;
  int quiet = 0;
  while (!stop_) {
    const std::int64_t limit = limit_ms_;
    const int round = static_cast<int>(std::clamp<std::int64_t>(limit / 20, 5, 100));
    const std::uint64_t now = stretch_;
    if (now % 2 == 0) {
      asleep_ = ++quiet > kQuietRounds;
      pause(asleep_ && stretch_ == now ? -1 : round);
      asleep_ = false;
      continue;
    }
    quiet = 0;
    if (now != seen) {
      seen = now;
      begin = processor_milliseconds(watched_);
    }
    const std::int64_t spent = processor_milliseconds(watched_) - begin;
    if (spent >= limit + grace_ms_ && stretch_ == seen) {
      give_up();
    }
    if (spent >= limit) {
      // Again every round: a finalizer that ran meanwhile may have put the old hook back.
      overdue_ = seen;
      pthread_kill(watched_, kSignal);
    }
    pause(round);
  }
}

void Watchdog::pause(int milliseconds) {
  pollfd descriptor{.fd = wake_, .events = POLLIN, .revents = 0};
  if (poll(&descriptor, 1, milliseconds) > 0) {
    eventfd_t count = 0;
    eventfd_read(wake_, &count);
  }
}

void Watchdog::wake() {
  eventfd_write(wake_, 1);
}

void Watchdog::give_up() const {
  if (before_exit_) {
    before_exit_();
  }
  constexpr std::string_view kLine =
      "error RB0304: the recipe computes without end inside one function (a text pattern?) and "
      "cannot be interrupted; the state is saved: runbook resume\n";
  if (write(STDERR_FILENO, kLine.data(), kLine.size()) < 0) {
    _exit(70);  // nobody can be told
  }
  _exit(70);
}

void Watchdog::on_signal(int) {
  if (t_inside != nullptr) {
    t_inside->arm();
  }
}

void Watchdog::arm() {
  if (overdue_ == stretch_) {
    armed_.store(true, std::memory_order_relaxed);
    lua_sethook(L_, &Watchdog::on_count, LUA_MASKCOUNT, 1);
  }
}

// Stays armed and counts every instruction: a pcall that catches the error raises the next one at
// once, outside itself, until nothing of the recipe is left to run.
void Watchdog::on_count(lua_State* L, lua_Debug*) {
  Watchdog* self = t_inside;
  if (self == nullptr) {
    return;
  }
  if (!self->fired_.exchange(true)) {
    self->where_ = lua::where(L);
  }
  lua_pushliteral(L, "computed for too long without waiting");
  lua_error(L);
}

}  // namespace runbook::lua
