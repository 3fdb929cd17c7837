#pragma once
// `require`: built-in modules, the standard library, and lib/NAME.lua beside the recipe. The loader
// itself is Lua (stdlib/require.lua), so a module may wait while it loads.

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

struct lua_State;

namespace runbook::lua {

class State;

struct LoaderHost {
  /// A built-in module: pushes the table of its raw functions and returns its Lua (Module::lua), ""
  /// if the table is the module itself; nullopt (nothing pushed) if there is no such module.
  std::function<std::optional<std::string_view>(lua_State* L, std::string_view name)> builtin;
  /// Names of the built-in modules, for suggestions.
  std::vector<std::string> builtin_names;
  /// Source of a file by its path relative to the project root ("recipes/lib/tokens.lua"); nullopt
  /// if there is none. Default: project_source. Another one replays recorded sources.
  std::function<std::optional<std::string>(const std::string& path)> source;
  /// Every file loaded, the recipe included, once.
  std::function<void(const std::string& path, const std::string& content)> loaded;
};

class Loader {
 public:
  /// `recipe` is absolute or relative to `root`. Installs the global `require`. `state` must
  /// outlive it, and it must outlive every call of `require`.
  Loader(State& state, std::filesystem::path root, const std::filesystem::path& recipe,
         LoaderHost host);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// Pushes the recipe's main chunk. Error(Code::recipe_not_found | recipe_syntax).
  void push_recipe(lua_State* L);
  /// Path of the recipe relative to the root: its name in messages and in the journal.
  const std::string& recipe() const { return recipe_; }

 private:
  struct Natives;
  int push_module(lua_State* L, const std::string& name);
  bool push_builtin(lua_State* L, const std::string& name);
  bool push_embedded(lua_State* L, const std::string& name);
  bool push_library(lua_State* L, const std::string& name);
  void report(const std::string& path, const std::string& content);
  [[noreturn]] int refuse_module(lua_State* L, const std::string& name);

  State& state_;
  std::filesystem::path root_;
  std::string recipe_;
  LoaderHost host_;
  std::set<std::string> reported_;
};

/// Reads files below `root` or `recipe_folder` (a recipe may lie elsewhere); a path that leads out
/// of both, also by a symbolic link, is nullopt.
std::function<std::optional<std::string>(const std::string& path)> project_source(
    std::filesystem::path root, std::filesystem::path recipe_folder);

/// What `require "data"` gives: null, array(t), is_null(v), is_array(t).
void push_data_module(lua_State* L);

/// A module of the embedded standard library by name ("param"), nullopt if there is none.
std::optional<std::string_view> stdlib_source(std::string_view name);
/// Runs a module of the standard library that takes `arguments` values from the top of the stack;
/// leaves what it returns. Must not wait: for setup (State::call).
void run_stdlib(State& state, std::string_view name, int arguments);

}  // namespace runbook::lua
