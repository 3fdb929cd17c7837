#pragma once
// What the comments of a Lua source ("--- @class", "--- @param") define for editors.

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace runbook {

struct Module;

/// A table of options with the primitives as methods: eth.Chain, made with eth.ChainOptions. What
/// it knows may be left out of a call; what needs the first of its options is a method of it.
struct Handle {
  std::string name;
  std::string first;
  std::set<std::string, std::less<>> options;
};

/// By the class of its options, as the module's Lua documents it.
std::vector<Handle> handles_of(const Module& module);

/// Of a Lua source whose table `main` is known as `prefix` outside ("eth." of M, "" of G). Other
/// tables are classes, and their functions methods; `module` is whose handles have its primitives
/// as methods too, null if it is none's.
std::string source_definitions(std::string_view lua, std::string_view main,
                               const std::string& prefix, const Module* module);

}  // namespace runbook
