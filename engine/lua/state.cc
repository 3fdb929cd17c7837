#include "engine/lua/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include <luajit-2.1/lua.hpp>

#include "engine/base/duration.h"
#include "engine/lua/error_value.h"
#include "engine/lua/registry.h"
#include "engine/lua/sandbox.h"
#include "engine/lua/source.h"
#include "engine/lua/watchdog.h"

namespace runbook::lua {
namespace {

std::string text_at(lua_State* L, int index) {
  std::size_t length = 0;
  const char* text = lua_tolstring(L, index, &length);
  return text == nullptr ? std::string() : std::string(text, length);
}

/// An error that is known to have happened at `place`, "file:line" or empty.
Error failure_at(const std::string& place, Code code, const std::string& text) {
  Error error(code, place.empty() ? text : fmt::format("{}: {}", place, text));
  error.set_position(place);
  return error.with_effect(EffectDone::none);
}

struct LuaPlace {
  std::string file;
  int line = 0;
  std::size_t length = 0;  ///< of "file:line: " in the text
};

/// The place a message of Lua's begins with.
LuaPlace place_in(const std::string& text) {
  const std::size_t line_end = text.find('\n');
  for (std::size_t colon = text.find(':'); colon != std::string::npos && colon < line_end;
       colon = text.find(':', colon + 1)) {
    std::size_t end = colon + 1;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') {
      ++end;
    }
    if (end > colon + 1 && end - colon < 9 && text.compare(end, 2, ": ") == 0) {
      return {text.substr(0, colon), std::stoi(text.substr(colon + 1)), end + 2};
    }
  }
  return {};
}

/// Written on the main stack: the thread's own may be full.
std::string traceback_of(lua_State* main, lua_State* thread) {
  luaL_traceback(main, thread, nullptr, 0);
  std::string text = text_at(main, -1);
  lua_pop(main, 1);
  return text;
}

}  // namespace

State::State(Limits limits, Hooks hooks)
    : hooks_(std::move(hooks)),
      memory_limit_(limits.memory),
      time_(limits.time),
      sources_(std::make_unique<SourceIndex>()) {
  L_ = lua_newstate(&State::allocate, this);
  if (L_ == nullptr) {
    throw Error(Code::out_of_memory, "there is no memory for Lua");
  }
  luaJIT_setmode(L_, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  for (int slot = 1; slot <= kRegistrySlots; ++slot) {
    lua_newtable(L_);
    lua_rawseti(L_, LUA_REGISTRYINDEX, slot);
  }
  register_bigint(L_);
  register_lazy(L_);
  register_errors(L_);
  apply_sandbox(*this);
  watchdog_ = std::make_unique<Watchdog>(L_, limits.time, limits.grace, hooks_.before_exit);
}

State::~State() {
  watchdog_.reset();
  lua_close(L_);
}

State& State::of(lua_State* L) {
  void* self = nullptr;
  lua_getallocf(L, &self);
  return *static_cast<State*>(self);
}

void* State::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  State& state = *static_cast<State*>(self);
  if (new_size == 0) {
    state.used_ -= old_size;
    std::free(block);
    return nullptr;
  }
  if (state.inside_ && new_size > old_size &&
      state.used_ + (new_size - old_size) > state.memory_limit_) {
    state.refused_ = true;
    // Now, because afterwards LuaJIT no longer knows the line. Only reads frames.
    state.refused_at_ = where(state.running_);
    return nullptr;
  }
  void* moved = std::realloc(block, new_size);
  if (moved != nullptr) {
    state.used_ += new_size - old_size;
    state.pace_collector();
  }
  return moved;
}

// LuaJIT collects when the heap has doubled, and not when memory runs out: near the limit garbage
// would use it up. So from a quarter of the limit on it collects sooner and faster. Only sets
// numbers, which is allowed inside the allocator.
void State::pace_collector() {
  const bool tight = used_ > memory_limit_ / 4;
  if (tight != tight_ && L_ != nullptr) {
    tight_ = tight;
    lua_gc(L_, LUA_GCSETPAUSE, tight ? 110 : 200);
    lua_gc(L_, LUA_GCSETSTEPMUL, tight ? 800 : 200);
  }
}

void State::set_limits(Limits limits) {
  memory_limit_ = limits.memory;
  time_ = limits.time;
  watchdog_->set_limit(limits.time);
}

State::Inside::Inside(State& state, lua_State* thread)
    : state_(state), outer_(!state.inside_ && state.watchdog_) {
  if (outer_) {
    if (state_.refused_) {
      // What used the memory up is garbage by now; LuaJIT would not collect it before it asks for
      // more.
      state_.refused_ = false;
      lua_gc(state_.L_, LUA_GCCOLLECT, 0);
    }
    state_.inside_ = true;
    state_.running_ = thread;
    state_.refused_at_.clear();
    state_.watchdog_->enter();
  }
}

State::Inside::~Inside() {
  if (outer_) {
    state_.watchdog_->leave();
    state_.inside_ = false;
  }
}

void State::compile(lua_State* L, std::string_view source, const std::string& chunk_name) {
  if (source.starts_with("#")) {  // a shell's first line; its newline stays, so lines keep numbers
    source.remove_prefix(std::min(source.find('\n'), source.size()));
  }
  const int status = luaL_loadbufferx(L, source.data(), source.size(), chunk_name.c_str(), "t");
  if (status != 0) {
    const std::string text = text_at(L, -1);
    lua_pop(L, 1);
    if (status == LUA_ERRMEM) {
      throw Error(Code::out_of_memory, text).with_effect(EffectDone::none);
    }
    const LuaPlace place = place_in(text);
    Json detail = nullptr;
    if (place.line > 0) {
      detail = {{"file", sources_->full_name(place.file)}, {"line", place.line}};
    }
    throw Error(Code::recipe_syntax, full_text(text), {}, std::move(detail))
        .with_effect(EffectDone::none);
  }
  sources_->add(chunk_name, source);
}

void State::call(lua_State* L, int arguments, int results) {
  int status = 0;
  {
    const Inside inside(*this, L);
    status = lua_pcall(L, arguments, results, 0);
  }
  if (status != 0) {
    Error error = failure(L, status);
    lua_pop(L, 1);
    throw error;
  }
}

Error State::failure(lua_State* thread) {
  return failure(thread, lua_status(thread));
}

Error State::failure(lua_State* thread, int status) {
  if (watchdog_->fired()) {
    return failure_at(
        watchdog_->where(), Code::runaway,
        fmt::format("computed for more than {} without waiting", format_duration(time_)));
  }
  const bool is_text = lua_type(thread, -1) == LUA_TSTRING;
  const std::string text = is_text ? text_at(thread, -1) : std::string();
  if (status == LUA_ERRMEM || text == "not enough memory") {
    return failure_at(refused_at_, Code::out_of_memory,
                      fmt::format("more than {} MB are in use", memory_limit_ >> 20));
  }
  if (!is_text) {
    return to_error(thread, -1);
  }
  const LuaPlace place = place_in(text);
  Json detail = {{"traceback", traceback_of(L_, thread)}};
  if (place.line > 0) {
    detail["file"] = sources_->full_name(place.file);
    detail["line"] = place.line;
  }
  const bool yielded = text.find("attempt to yield across C-call boundary") != std::string::npos;
  if (yielded) {
    return failure_at(place.line > 0
                          ? fmt::format("{}:{}", sources_->full_name(place.file), place.line)
                          : where(thread),
                      Code::cannot_wait_here, "cannot wait inside a C function");
  }
  Error error(Code::lua_error, full_text(text), {}, std::move(detail));
  error.set_position(where(thread));
  return error.with_effect(EffectDone::none);
}

std::string State::full_text(const std::string& text) const {
  const LuaPlace place = place_in(text);
  return place.line == 0 ? text
                         : fmt::format("{}:{}: {}", sources_->full_name(place.file), place.line,
                                       text.substr(place.length));
}

void State::set_global(const char* name) {
  push_slot(L_, kGlobals);
  lua_insert(L_, -2);
  lua_setfield(L_, -2, name);
  lua_pop(L_, 1);
}

}  // namespace runbook::lua
