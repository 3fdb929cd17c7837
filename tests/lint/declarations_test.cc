// Every primitive is documented by its declaration; from it come checks, reference pages and
// completion.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include <luajit-2.1/lua.hpp>

#include "engine/base/file.h"
#include "engine/cli/primitives.h"
#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/catch.h"

using namespace runbook;

namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_sentence(std::string_view text) {
  return text.size() > 1 && text.front() >= 'A' && text.front() <= 'Z' && text.back() == '.';
}

/// Calls `check` for each primitive, with its full name as information.
template <typename Check>
void for_each_primitive(Check check) {
  for (const Module& module : all_modules()) {
    for (const Function& function : module.functions) {
      INFO(module.name << "." << function.name);
      check(module, function);
    }
  }
}

/// Why the text is not Lua, or empty.
std::string syntax_error(const std::string& text) {
  lua_State* L = luaL_newstate();
  std::string reason;
  if (luaL_loadstring(L, text.c_str()) != 0) {
    reason = lua_tostring(L, -1);
  }
  lua_close(L);
  return reason;
}

constexpr std::string_view kBegin =
    "<!-- primitives: UPDATE_PRIMITIVES=1 before test_declarations writes this table -->\n";
constexpr std::string_view kEnd = "<!-- end -->\n";

}  // namespace

TEST_CASE("Modules are named, summarised and not empty", "[lint]") {
  std::set<std::string_view> names;
  for (const Module& module : all_modules()) {
    INFO(module.name);
    CHECK(is_name(module.name));
    CHECK(is_sentence(module.summary));
    CHECK_FALSE(module.functions.empty());
    CHECK(names.insert(module.name).second);
  }
  CHECK(names.size() >= 8);
}

TEST_CASE("Every primitive says what it does, returns, and how it fails", "[lint]") {
  for_each_primitive([](const Module& module, const Function& function) {
    CHECK(is_name(function.name));
    CHECK(function.summary.ends_with('.'));
    CHECK_FALSE(function.returns.empty());
    CHECK_FALSE(function.errors.empty());
    const auto count = std::ranges::count_if(
        module.functions, [&](const Function& other) { return other.name == function.name; });
    CHECK(count == 1);
  });
}

TEST_CASE("Every primitive has an example that is Lua and calls it", "[lint]") {
  for_each_primitive([](const Module& module, const Function& function) {
    const std::string example(function.example);
    INFO(example);
    CHECK_THAT(example, ContainsSubstring(fmt::format("{}.{}", module.name, function.name)) ||
                            ContainsSubstring(fmt::format("{}(", function.name)) ||
                            ContainsSubstring(fmt::format("{} ", function.name)));
    CHECK(syntax_error(example) == "");
  });
}

TEST_CASE("Every option has a name, a help, and a type that its default fits", "[lint]") {
  for_each_primitive([](const Module&, const Function& function) {
    std::set<std::string_view> names;
    int rest = 0;
    for (const Option& option : function.options) {
      INFO("option " << option.name);
      CHECK(is_name(option.name));
      CHECK(names.insert(option.name).second);
      CHECK_FALSE(option.help.empty());
      CHECK_FALSE((option.required == Required::yes && !option.fallback.is_null()));
      rest += option.rest ? 1 : 0;
    }
    CHECK(rest <= 1);
  });
}

TEST_CASE("Every primitive is implemented as its effect class asks", "[lint]") {
  for_each_primitive([](const Module&, const Function& function) {
    CHECK((function.compute == nullptr) != (function.run == nullptr));
    const bool pure = function.effect == Effect::pure && function.effect_of == nullptr;
    CHECK_FALSE((function.compute != nullptr && !pure));  // what is pure may take its time (run)
    CHECK_FALSE((function.reveals && !pure));
    CHECK_FALSE((function.result_public && !function.reveals));
    const bool may_be_once = function.effect == Effect::once || function.effect_of != nullptr;
    CHECK_FALSE(((function.prepare != nullptr || function.probe != nullptr) && !may_be_once));
  });
}

TEST_CASE("The table of primitives in modules/README.md is what is declared", "[lint]") {
  const std::string path = SOURCE_FOLDER "/modules/README.md";
  std::string readme = read_file(path);
  const std::size_t begin = readme.find(kBegin);
  const std::size_t end = readme.find(kEnd);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const std::string table = "\n" + primitive_table(all_modules()) + "\n";
  const std::size_t from = begin + kBegin.size();
  if (std::getenv("UPDATE_PRIMITIVES") != nullptr) {
    readme.replace(from, end - from, table);
    write_file_atomically(path, readme, 0644);
    return;
  }
  CHECK(readme.substr(from, end - from) == table);
}

TEST_CASE("Every tool that a module declares says its version and how to get it", "[lint]") {
  for (const Module& module : all_modules()) {
    for (const ToolProgram& tool : module.tools) {
      INFO(module.name << " " << tool.name);
      CHECK(tool.version_in != nullptr);
      CHECK_FALSE(tool.version_arguments.empty());
      CHECK(tool.install.starts_with("https://"));
      for (const ToolCheck& check : tool.checks) {
        CHECK_FALSE((check.what.empty() || check.arguments.empty() || check.hint.empty()));
      }
    }
  }
}
