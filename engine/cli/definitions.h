#pragma once
// What an editor needs to complete and check recipes: definitions in the annotations of LuaCATS,
// made of what modules declare and of the comments of Lua sources. No code: a language server reads
// them, nothing runs them.

#include <string>

namespace runbook {

struct Module;

/// The globals of a recipe: step, param, bigint …
std::string global_definitions();
/// `local NAME = {}` with its functions and the classes of their options.
std::string module_definitions(const Module& module);
/// What `require 'data'` gives.
std::string data_definitions();

}  // namespace runbook
