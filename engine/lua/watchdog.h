#pragma once
// Stops Lua that computes for too long without waiting, from a thread of its own: a signal to the
// loop thread arms a count hook, and the hook raises RB0304 until all of Lua is unwound.

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

struct lua_State;
struct lua_Debug;

namespace runbook::lua {

/// Measures processor time of the thread that entered, so neither Ctrl-Z nor a busy machine counts.
/// The thread starts at the first enter() and sleeps for good while nothing runs Lua.
class Watchdog {
 public:
  /// `L` is the main state. If the hook has not fired `grace` after the limit (a C function such as
  /// a pattern match never reaches it), the watchdog thread calls `before_exit` (restore the
  /// terminal), prints one line to stderr and ends the process with 70: the run resumes from its
  /// journal.
  Watchdog(lua_State* L, std::chrono::milliseconds limit, std::chrono::milliseconds grace,
           std::function<void()> before_exit);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void set_limit(std::chrono::milliseconds limit);
  /// Around every entry into Lua, on the loop thread; no system call unless the thread sleeps. Not
  /// nested.
  void enter();
  /// Disarms. Afterwards `fired()` tells whether this stretch was stopped, and where it was.
  void leave();
  bool fired() const { return fired_.load(std::memory_order_relaxed); }
  const std::string& where() const { return where_; }  ///< "file:line", empty if unknown

 private:
  void start();
  void watch();
  void pause(int milliseconds);
  void wake();
  [[noreturn]] void give_up() const;
  void arm();
  static void on_signal(int signal);
  static void on_count(lua_State* L, lua_Debug* record);

  lua_State* L_;
  std::atomic<std::int64_t> limit_ms_;
  std::int64_t grace_ms_;
  std::function<void()> before_exit_;
  std::atomic<std::uint64_t> stretch_{0};  ///< odd while inside Lua
  std::atomic<std::uint64_t> overdue_{0};  ///< the stretch that shall be stopped
  std::atomic<bool> asleep_{false};
  std::atomic<bool> stop_{false};
  std::atomic<bool> fired_{false};
  std::atomic<bool> armed_{false};
  std::string where_;
  int wake_ = -1;
  pthread_t watched_{};
  std::thread thread_;
};

}  // namespace runbook::lua
