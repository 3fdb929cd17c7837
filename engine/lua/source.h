#pragma once
// Where a function of the recipe stands, and a hash of its text, to notice edits and renames.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lua/lexer.h"

struct lua_State;

namespace runbook::lua {

struct FunctionSource {
  std::string position;   ///< "recipes/x.lua:12"; "" for functions that come from no file
  std::int64_t hash = 0;  ///< of `function … end`; 0 if another function begins on the same line
};

/// Sources by chunk name, and what was asked about their functions. Owned by State.
class SourceIndex {
 public:
  void add(const std::string& chunk_name, std::string_view source);
  /// Lua shortens long names in its messages to "...end/of/name.lua": the name it stands for.
  std::string full_name(const std::string& short_name) const;
  /// Of the Lua function at `index`. Cached by chunk and line.
  const FunctionSource& of(lua_State* L, int index);

 private:
  struct Source {
    std::string text;
    bool scanned = false;
    std::vector<FunctionSpan> functions;
    std::map<int, FunctionSource> known;  ///< by line
  };
  static FunctionSource look_up(const std::string& name, const Source& source, int line);

  std::map<std::string, Source, std::less<>> sources_;
  FunctionSource nowhere_;
};

}  // namespace runbook::lua
