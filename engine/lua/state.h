#pragma once
// The Lua of one session: LuaJIT with the JIT off, a memory limit, a watchdog, and only what the
// sandbox allows. Loop thread only.

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/error.h"

struct lua_State;

namespace runbook::lua {

class Watchdog;
class SourceIndex;

struct Limits {
  std::size_t memory = std::size_t{256} << 20;
  std::chrono::milliseconds time{5'000};   ///< of Lua without a wait
  std::chrono::milliseconds grace{2'000};  ///< then the process ends itself
};

/// What the sandbox asks of its host. All may be empty.
struct Hooks {
  std::function<void(std::string_view line)> print;  ///< print(): stdout belongs to results
  std::function<void()> before_exit;                 ///< watchdog thread: restore the terminal
  /// Placeholder for a stored {"$secret": name}.
  std::function<std::string(std::string_view name)> secret;
};

class State {
 public:
  explicit State(Limits limits = {}, Hooks hooks = {});
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  lua_State* main() const { return L_; }
  /// The State that owns `L` or the thread `L`.
  static State& of(lua_State* L);
  const Hooks& hooks() const { return hooks_; }

  void set_limits(Limits limits);  ///< recipe{ limits }; the grace is not changed
  std::size_t memory_used() const { return used_; }

  /// While one lives, Lua runs: the watchdog counts and the memory limit holds. Around lua_resume
  /// of `thread` and nothing else; outside, values may be pushed without fear of a Lua error.
  class Inside {
   public:
    Inside(State& state, lua_State* thread);
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    State& state_;
    bool outer_;
  };

  /// Pushes the compiled chunk (text only, no bytecode) and keeps the source for body hashes.
  /// `chunk_name`: "@recipes/x.lua" for files, relative to the project root; "=name" for our own.
  /// Error(Code::recipe_syntax) "file:line: text".
  void compile(lua_State* L, std::string_view source, const std::string& chunk_name);
  /// Calls the function under `arguments` values on top of `L`, protected; it must not wait. For
  /// setup and for glue that cannot yield; whatever fails is thrown as failure().
  void call(lua_State* L, int arguments, int results);
  /// The Error of a thread that lua_resume gave up on; its error value is on top and stays. Knows
  /// the watchdog, memory, "attempt to yield across …", error values (identity kept) and plain
  /// texts (detail: file, line, traceback).
  Error failure(lua_State* thread);

  /// Pops the value on top of main() and makes it the readable global `name`.
  void set_global(const char* name);
  SourceIndex& sources() { return *sources_; }

 private:
  Error failure(lua_State* thread, int status);
  std::string full_text(const std::string& text) const;
  void pace_collector();
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);

  Hooks hooks_;
  std::size_t used_ = 0;
  std::size_t memory_limit_;
  std::chrono::milliseconds time_;
  bool inside_ = false;
  lua_State* running_ = nullptr;  ///< the thread that was resumed, while inside
  std::string refused_at_;        ///< "file:line" of the last failed allocation
  bool refused_ = false;          ///< an allocation failed and nothing was collected since
  bool tight_ = false;            ///< near the memory limit
  lua_State* L_ = nullptr;
  std::unique_ptr<SourceIndex> sources_;
  std::unique_ptr<Watchdog> watchdog_;
};

}  // namespace runbook::lua
