#pragma once
// Finds the functions in a Lua source and what it requires, by words: enough of a lexer to know
// strings and comments, and which `end` belongs to which `function`.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runbook::lua {

/// From the `function` keyword to behind its `end`.
struct FunctionSpan {
  int line = 0;  ///< of the keyword, from 1
  std::size_t begin = 0, end = 0;
};

/// In order of their beginning. REQUIRES: the source compiles.
std::vector<FunctionSpan> find_functions(std::string_view source);

/// require 'name', with the name written there.
struct RequiredModule {
  int line = 0;  ///< from 1
  std::string name;
};

/// In order, also what stands in functions. REQUIRES: the source compiles.
std::vector<RequiredModule> find_required(std::string_view source);

}  // namespace runbook::lua
