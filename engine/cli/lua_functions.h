#pragma once
// What a module's Lua adds to its primitives, explained by the comments that editors read.

#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// Lines that begin with "---", without it, and the line of code below them.
struct LuaComment {
  std::vector<std::string> lines;
  std::string code;
};
std::vector<LuaComment> lua_comments(std::string_view lua);

struct LuaFunction {
  std::string name;     ///< "chain"
  std::string summary;  ///< the first sentence
  std::string text;     ///< all of its comment, and the classes that it names
};

/// The documented functions of the table `M`, in the order of the text.
std::vector<LuaFunction> lua_functions(std::string_view lua);

}  // namespace runbook
