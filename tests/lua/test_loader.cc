#include <filesystem>
#include <fstream>
#include <map>

#include "engine/lua/loader.h"
#include "tests/catch.h"
#include "tests/lua/driver.h"

using namespace runbook;
using namespace runbook::lua;

namespace {

/// A recipe and its files in memory, run to the end.
struct Project {
  std::map<std::string, std::string> files;
  std::vector<std::string> loaded;
  Driver driver;

  LoaderHost host() {
    LoaderHost host;
    host.builtin = [](lua_State* L, std::string_view name) -> std::optional<std::string_view> {
      if (name != "crypto" && name != "process") {
        return std::nullopt;
      }
      lua_newtable(L);
      lua_pushstring(L, "raw");
      lua_setfield(L, -2, "kind");
      return name == "crypto" ? "" : "local raw = ... return { inner = raw.kind, kind = 'sugar' }";
    };
    host.builtin_names = {"crypto", "process"};
    host.source = [this](const std::string& path) -> std::optional<std::string> {
      const auto found = files.find(path);
      return found == files.end() ? std::nullopt : std::optional(found->second);
    };
    host.loaded = [this](const std::string& path, const std::string&) { loaded.push_back(path); };
    return host;
  }

  Result run() {
    driver.define("await", await_value);
    Loader loader(driver.state, "/project", "recipes/main.lua", host());
    lua_State* thread = lua_newthread(driver.state.main());
    loader.push_recipe(thread);
    Result result = driver.drive(thread);
    lua_settop(driver.state.main(), 0);
    return result;
  }
};

Result run_project(std::map<std::string, std::string> files) {
  Project project;
  project.files = std::move(files);
  return project.run();
}

}  // namespace

TEST_CASE("require finds built-in modules, with and without Lua of their own", "[lua]") {
  CHECK(run_project({{"recipes/main.lua", "return require('crypto').kind"}}).value == "raw");
  CHECK(run_project({{"recipes/main.lua", "local p = require 'process' return p.kind .. p.inner"}})
            .value == "sugarraw");
}

TEST_CASE("require finds lib files beside the recipe, with folders behind dots", "[lua]") {
  Project project;
  project.files = {
      {"recipes/main.lua", "return require('tokens.erc20') .. require('tokens.erc20')"},
      {"recipes/lib/tokens/erc20.lua", "return require('names')"},
      {"recipes/lib/names.lua", "return 'erc'"}};
  CHECK(project.run().value == "ercerc");
  CHECK(project.loaded == std::vector<std::string>{"recipes/main.lua",
                                                   "recipes/lib/tokens/erc20.lua",
                                                   "recipes/lib/names.lua"});
}

TEST_CASE("A module may wait while it loads", "[lua]") {
  Project project;
  project.files = {{"recipes/main.lua", "return require('slow')"},
                   {"recipes/lib/slow.lua", "return await('please')"}};
  project.driver.answer = "waited";
  CHECK(project.run().value == "waited");
}

TEST_CASE("Modules that require each other are an error that names the circle", "[lua]") {
  const Result result = run_project({{"recipes/main.lua", "require 'a'"},
                                     {"recipes/lib/a.lua", "return require('b')"},
                                     {"recipes/lib/b.lua", "local a = require('a') return a"}});
  REQUIRE(result.error);
  CHECK(result.error->code == Code::module_not_found);
  CHECK(result.message() ==
        "recipes/lib/b.lua:1: modules require each other in a circle: a → b → a");
}

TEST_CASE("A module that failed can be required again", "[lua]") {
  const Result result = run_project({{"recipes/main.lua", R"(
      local first, why = pcall(require, 'broken')
      local second, again = pcall(require, 'broken')
      return { first, second, why, again })"},
                                     {"recipes/lib/broken.lua", "error('no luck')"}});
  CHECK(result.value == Json::array({false, false, "recipes/lib/broken.lua:1: no luck",
                                     "recipes/lib/broken.lua:1: no luck"}));
}

TEST_CASE("A missing module is named with its line and the nearest one", "[lua]") {
  const Result near = run_project({{"recipes/main.lua", "\nlocal p = require 'proces'"}});
  REQUIRE(near.error);
  CHECK(near.error->code == Code::module_not_found);
  CHECK(near.message() ==
        "recipes/main.lua:2: there is no module \"proces\"; did you mean \"process\"?");
  CHECK(run_project({{"recipes/main.lua", "local z = require 'zzzzzzzz'"}}).message() ==
        "recipes/main.lua:1: there is no module \"zzzzzzzz\" and no file recipes/lib/zzzzzzzz.lua");
}

TEST_CASE("Names that could lead out of the folder are no module names", "[lua]") {
  for (const char* name : {"../x", "/etc/passwd", "a/b", "..", ".", "a..b", "a.", "", "a\\0b"}) {
    CAPTURE(name);
    const Result result =
        run_project({{"recipes/main.lua", std::string("require '") + name + "'"}});
    REQUIRE(result.error);
    CHECK(result.error->code == Code::module_not_found);
  }
}

TEST_CASE("A mistake in a lib file is RB0202 with that file and line", "[lua]") {
  const Result result = run_project(
      {{"recipes/main.lua", "require 'wrong'"}, {"recipes/lib/wrong.lua", "local x\nlocal = 1"}});
  REQUIRE(result.error);
  CHECK(result.error->code == Code::recipe_syntax);
  CHECK_THAT(result.message(), ContainsSubstring("recipes/lib/wrong.lua:2: "));
}

TEST_CASE("The data module gives null and lists", "[lua]") {
  CHECK(run_project({{"recipes/main.lua", R"(
      local data = require 'data'
      return { data.array(), data.array {}, data.null, data.is_null(data.null), data.is_null(1),
               data.is_array({ 1 }), data.is_array(data.array()), data.is_array({}) })"}})
            .value ==
        Json::array({Json::array(), Json::array(), nullptr, true, false, true, true, false}));
}

TEST_CASE("A missing recipe is RB0201", "[lua]") {
  Project project;
  Loader loader(project.driver.state, "/project", "recipes/none.lua", project.host());
  CHECK_THROWS_AS(loader.push_recipe(project.driver.state.main()), Error);
}

TEST_CASE("Files are read below the project and beside the recipe only", "[lua]") {
  namespace fs = std::filesystem;
  const fs::path base = fs::temp_directory_path() / ("runbook-loader-" + std::to_string(getpid()));
  fs::create_directories(base / "project/recipes/lib");
  fs::create_directories(base / "elsewhere/lib");
  const auto write = [&](const char* path, const char* text) {
    std::ofstream(base / path) << text;
  };
  write("secret.lua", "return 'outside'");
  write("project/recipes/lib/inner.lua", "inner");
  write("elsewhere/lib/beside.lua", "beside");
  fs::create_symlink(base / "secret.lua", base / "project/recipes/lib/link.lua");
  fs::create_symlink("inner.lua", base / "project/recipes/lib/alias.lua");
  const auto read = project_source(base / "project", base / "elsewhere");
  CHECK(read("recipes/lib/inner.lua") == "inner");
  CHECK(read("recipes/lib/alias.lua") == "inner");
  CHECK(read((base / "elsewhere/lib/beside.lua").string()) == "beside");
  CHECK_FALSE(read("recipes/lib/link.lua").has_value());
  CHECK_FALSE(read("../secret.lua").has_value());
  CHECK_FALSE(read("recipes/lib").has_value());
  CHECK_FALSE(read("recipes/lib/none.lua").has_value());
  fs::remove_all(base);
}

TEST_CASE("param makes declarations", "[lua]") {
  State state;
  run_stdlib(state, "param", 0);
  state.set_global("param");
  lua_State* L = state.main();
  state.compile(
      L,
      "return { a = param.url { env = 'RPC' }, b = param.enum { 'x', 'y', default = 'x' },"
      " c = param.secret() }",
      "=test");
  state.call(L, 0, 1);
  CHECK(to_json(L, -1, "params") ==
        Json{{"a", {{"type", "url"}, {"env", "RPC"}}},
             {"b", {{"type", "enum"}, {"values", {"x", "y"}}, {"default", "x"}}},
             {"c", {{"type", "secret"}}}});
  state.compile(L, "return param.strng {}", "=test");
  CHECK_THROWS_WITH(state.call(L, 0, 1),
                    ContainsSubstring("there is no param.strng; the types are"));
}
