#include "engine/lua/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include <luajit-2.1/lua.hpp>

#include "engine/base/embedded.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/lua/error_value.h"
#include "engine/lua/state.h"
#include "engine/lua/values.h"

namespace runbook {
std::span<const EmbeddedFile> stdlib_files();
}

namespace runbook::lua {
namespace {

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

/// Letters, digits, _ and -, joined by single dots: nothing that could lead out of a folder.
bool is_module_name(std::string_view name) {
  return !name.empty() && name.size() <= 200 && name.front() != '.' && name.back() != '.' &&
         name.find("..") == std::string_view::npos &&
         name.find_first_not_of(kNameCharacters) == std::string_view::npos;
}

/// "recipes/deploy.lua", "tokens.erc20" → "recipes/lib/tokens/erc20.lua"
std::string library_path(const std::string& recipe, std::string_view name) {
  std::string file(name);
  std::ranges::replace(file, '.', '/');
  return (std::filesystem::path(recipe).parent_path() / "lib" / (file + ".lua")).generic_string();
}

bool lies_below(const std::filesystem::path& path, const std::filesystem::path& folder) {
  const auto [end, rest] = std::ranges::mismatch(folder, path);
  return end == folder.end();
}

int argument_of(lua_State* L) {
  lua_settop(L, 1);
  return 1;
}

std::string name_argument(lua_State* L) {
  std::size_t length = 0;
  const char* name = luaL_checklstring(L, 1, &length);
  return {name, length};
}

}  // namespace

struct Loader::Natives {
  static Loader& self(lua_State* L) {
    return *static_cast<Loader*>(lua_touserdata(L, lua_upvalueindex(1)));
  }

  /// find(name) → chunk, argument
  static int find(lua_State* L) { return self(L).push_module(L, name_argument(L)); }

  static int refuse_cycle(lua_State* L) {
    throw Error(
        Code::module_not_found,
        located(L, fmt::format("modules require each other in a circle: {}", name_argument(L))),
        "move what both need into a third module")
        .with_effect(EffectDone::none);
  }
};

Loader::Loader(State& state, std::filesystem::path root, const std::filesystem::path& recipe,
               LoaderHost host)
    : state_(state), root_(std::move(root)), host_(std::move(host)) {
  const std::filesystem::path full = (root_ / recipe).lexically_normal();
  const std::filesystem::path relative = full.lexically_relative(root_.lexically_normal());
  const bool inside = !relative.empty() && *relative.begin() != "..";
  recipe_ = (inside ? relative : full).generic_string();
  if (!host_.source) {
    host_.source = project_source(root_, full.parent_path());
  }
  lua_State* L = state_.main();
  for (const lua_CFunction native : {guarded<&Natives::find>, guarded<&Natives::refuse_cycle>}) {
    lua_pushlightuserdata(L, this);
    lua_pushcclosure(L, native, 1);
  }
  run_stdlib(state_, "core/require", 2);
  state_.set_global("require");
}

Loader::~Loader() = default;

void Loader::push_recipe(lua_State* L) {
  const std::optional<std::string> source = host_.source(recipe_);
  if (!source) {
    throw Error(Code::recipe_not_found, fmt::format("there is no file {}", recipe_))
        .with_effect(EffectDone::none);
  }
  state_.compile(L, *source, "@" + recipe_);
  report(recipe_, *source);  // what does not compile is no source of the run
}

int Loader::push_module(lua_State* L, const std::string& name) {
  if (!is_module_name(name)) {
    throw Error(
        Code::module_not_found,
        located(L, fmt::format("\"{}\" is no name of a module: letters, digits, _ and -, with "
                               "dots between folders",
                               name)))
        .with_effect(EffectDone::none);
  }
  if (name == "data") {
    lua_pushcfunction(L, argument_of);
    push_data_module(L);
    return 2;
  }
  return push_builtin(L, name) || push_embedded(L, name) || push_library(L, name)
             ? 2
             : refuse_module(L, name);
}

bool Loader::push_builtin(lua_State* L, const std::string& name) {
  lua_pushcfunction(L, argument_of);
  const std::optional<std::string_view> lua = host_.builtin ? host_.builtin(L, name) : std::nullopt;
  if (!lua) {
    lua_pop(L, 1);
    return false;
  }
  if (!lua->empty()) {
    state_.compile(L, *lua, "=" + name);
    lua_replace(L, -3);
  }
  return true;
}

bool Loader::push_embedded(lua_State* L, const std::string& name) {
  const std::optional<std::string_view> source = stdlib_source(name);
  if (!source) {
    return false;
  }
  state_.compile(L, *source, "=" + name);
  lua_pushnil(L);
  return true;
}

bool Loader::push_library(lua_State* L, const std::string& name) {
  const std::string path = library_path(recipe_, name);
  const std::optional<std::string> source = host_.source(path);
  if (!source) {
    return false;
  }
  state_.compile(L, *source, "@" + path);
  report(path, *source);
  lua_pushnil(L);
  return true;
}

void Loader::report(const std::string& path, const std::string& content) {
  if (host_.loaded && reported_.insert(path).second) {
    host_.loaded(path, content);
  }
}

int Loader::refuse_module(lua_State* L, const std::string& name) {
  std::set<std::string> known(host_.builtin_names.begin(), host_.builtin_names.end());
  for (const EmbeddedFile& file : stdlib_files()) {
    if (file.name.find('/') == std::string_view::npos) {
      known.emplace(file.name.substr(0, file.name.size() - 4));
    }
  }
  const std::filesystem::path library =
      root_ / std::filesystem::path(recipe_).parent_path() / "lib";
  std::error_code absent;  // no lib folder: nothing to suggest from it
  for (const auto& entry : std::filesystem::directory_iterator(library, absent)) {
    if (entry.path().extension() == ".lua") {
      known.insert(entry.path().stem().string());
    }
  }
  const std::string_view near = closest_match(name, {known.begin(), known.end()});
  throw Error(Code::module_not_found,
              located(L, fmt::format("there is no module \"{}\"{}", name,
                                     near.empty() ? fmt::format(" and no file {}",
                                                                library_path(recipe_, name))
                                                  : fmt::format("; did you mean \"{}\"?", near))))
      .with_effect(EffectDone::none);
}

std::function<std::optional<std::string>(const std::string& path)> project_source(
    std::filesystem::path root, std::filesystem::path recipe_folder) {
  return [root = std::move(root), recipe_folder = std::move(recipe_folder)](
             const std::string& path) -> std::optional<std::string> {
    std::error_code failed;
    const std::filesystem::path file = std::filesystem::canonical(root / path, failed);
    if (failed || !std::filesystem::is_regular_file(file, failed)) {
      return std::nullopt;
    }
    for (const std::filesystem::path& folder : {root, recipe_folder}) {
      const std::filesystem::path base = std::filesystem::canonical(folder, failed);
      if (!failed && lies_below(file, base)) {
        return read_file(file);
      }
    }
    return std::nullopt;
  };
}

std::optional<std::string_view> stdlib_source(std::string_view name) {
  for (const EmbeddedFile& file : stdlib_files()) {
    if (file.name.size() == name.size() + 4 && file.name.starts_with(name)) {
      return file.text;
    }
  }
  return std::nullopt;
}

void run_stdlib(State& state, std::string_view name, int arguments) {
  lua_State* L = state.main();
  const std::optional<std::string_view> source = stdlib_source(name);
  RB_CHECK(source.has_value());
  state.compile(L, *source, fmt::format("=stdlib/{}", name));
  lua_insert(L, -(arguments + 1));
  state.call(L, arguments, 1);
}

}  // namespace runbook::lua
