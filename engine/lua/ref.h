#pragma once
// A Lua value kept alive by C++, copyable; it must not outlive its State.

#include <memory>

struct lua_State;

namespace runbook::lua {

class Ref {
 public:
  Ref() = default;
  /// Takes a reference to the value at `index`, leaving it on the stack. `main` is the State's main
  /// thread.
  Ref(lua_State* main, lua_State* L, int index);
  explicit operator bool() const { return id_ != nullptr; }
  void push(lua_State* L) const;

 private:
  std::shared_ptr<int> id_;
};

}  // namespace runbook::lua
