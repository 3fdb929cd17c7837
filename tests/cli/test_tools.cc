// tools, reference, meta: what modules declare, as lists, pages and definitions for editors.

#include <algorithm>
#include <cstdlib>

#include <luajit-2.1/lua.hpp>

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/tmux.h"

using namespace runbook;
using namespace runbook::test;

namespace {

Ran runbook_in(const Folder& folder, const std::vector<std::string>& arguments) {
  const Ran ran = run_runbook(arguments, folder.path());
  INFO(ran.err);
  CHECK(ran.exit == 0);
  return ran;
}

/// Why it is no Lua, or empty.
std::string not_lua(const std::string& text) {
  lua_State* L = luaL_newstate();
  const std::string problem = luaL_loadstring(L, text.c_str()) == 0 ? "" : lua_tostring(L, -1);
  lua_close(L);
  return problem;
}

/// UPDATE_SCREENS=1 writes the file anew: look at it.
void check_screen(const std::string& name, const std::string& shown) {
  const std::filesystem::path file = std::filesystem::path(TEST_FOLDER) / "screens" / name;
  if (std::getenv("UPDATE_SCREENS") != nullptr) {
    write_file_atomically(file, shown, 0644);
  }
  INFO(name);
  CHECK(shown == read_file(file));
}

}  // namespace

TEST_CASE("tools lists primitives with their classes and probes", "[cli][tools]") {
  const Folder folder;
  const Ran all = runbook_in(folder, {"tools"});
  CHECK_THAT(all.out, ContainsSubstring("\njson.decode ") && ContainsSubstring("\neth.send "));
  const Ran some = runbook_in(folder, {"tools", "time"});
  CHECK(std::count(some.out.begin(), some.out.end(), '\n') <
        std::count(all.out.begin(), all.out.end(), '\n'));
  CHECK_THAT(some.out, ContainsSubstring("time.") && !ContainsSubstring("json."));
  CHECK_THAT(runbook_in(folder, {"tools", "eth.sen"}).out,
             ContainsSubstring("eth.sender_of  pure ") &&
                 ContainsSubstring("eth.send       once       probe  "));
  CHECK_THAT(runbook_in(folder, {"tools", "eth.send"}).out, !ContainsSubstring("eth.sender_of"));
  CHECK_THAT(runbook_in(folder, {"tools", "json"}).out, !ContainsSubstring("jsonrpc"));
  CHECK_THAT(runbook_in(folder, {"tools", "process.run"}).out,
             ContainsSubstring("process.run  once*"));
}

TEST_CASE("tools as JSON has all that is declared", "[cli][tools]") {
  const Folder folder;
  const Json list =
      parse_json(runbook_in(folder, {"tools", "eth.send", "--output", "json"}).out, "tools");
  const Json& send = list.at(0);
  CHECK(send.at("v") == 1);
  CHECK(send.at("primitive") == "eth.send");
  CHECK(send.at("class") == "once");
  CHECK(send.at("class_depends_on_options") == false);
  CHECK(send.at("probe") == true);
  CHECK(send.at("options").size() > 3);
  CHECK(send.at("options").at(0).contains("help"));
  CHECK_FALSE(send.at("errors").empty());
}

TEST_CASE("tools and reference of what there is not say what was meant", "[cli][tools]") {
  const Folder folder;
  const Ran tools = run_runbook({"tools", "jsn"}, folder.path());
  CHECK(tools.exit == 2);
  CHECK_THAT(tools.err, ContainsSubstring("did you mean json?"));
  const Ran reference = run_runbook({"reference", "jsn"}, folder.path());
  CHECK(reference.exit == 2);
  CHECK_THAT(reference.err, ContainsSubstring("did you mean json?"));
}

TEST_CASE("tools on a terminal puts what a primitive does where there is room for it",
          "[cli][tools]") {
  const Folder folder;
  for (const auto& [columns, rows] : {std::pair{80, 24}, {40, 12}}) {
    const Tmux terminal(
        "cd '" + folder.path().string() + "' && '" RUNBOOK_BINARY "' tools toml; echo exit $?",
        columns, rows);
    REQUIRE(terminal.shows("exit 0"));
    const std::string name =
        "tools." + std::to_string(columns) + "x" + std::to_string(rows) + ".txt";
    check_screen(name, terminal.shown());
  }
}

TEST_CASE("reference has a page of each module, with options, errors and an example",
          "[cli][tools]") {
  const Folder folder;
  const std::string page = runbook_in(folder, {"reference", "json"}).out;
  CHECK(page.starts_with("# json\n"));
  CHECK_THAT(page,
             ContainsSubstring("\n## json.decode\n") && ContainsSubstring("- class: pure\n") &&
                 ContainsSubstring("| option | type | |\n") && ContainsSubstring("\n```lua\n"));
  CHECK_THAT(runbook_in(folder, {"reference", "eth"}).out, ContainsSubstring("\n## eth.chain\n"));
  const std::string all = runbook_in(folder, {"reference"}).out;
  CHECK_THAT(all, ContainsSubstring("| `eth.send` | once | its probe looks |") &&
                      ContainsSubstring("\n# json\n") && ContainsSubstring("\n# yaml\n"));
}

TEST_CASE("meta is Lua that defines all globals, modules and handles", "[cli][tools]") {
  const Folder folder;
  const std::string meta = runbook_in(folder, {"meta"}).out;
  CHECK(not_lua(meta) == "");
  CHECK(meta.starts_with("--- @meta _\n"));
  for (const char* defined :
       {"\nfunction step(name, options, fn) end\n", "\nfunction recipe(header) end\n",
        "\nfunction finally(fn) end\n", "\noutcome = {}\n", "\nparam = {}\n", "\nbigint = nil\n",
        "\nlocal eth = {}\n", "\n--- @class eth.send.Options\n",
        "\nfunction eth.chain(options) end\n", "\nlocal Chain = {}\n",
        "\nfunction Chain:block(which) end\n", "\n--- @param signature? string|eth.send.Options ",
        "\n--- @field [integer] any ",
        "\n--- @field send fun(self: eth.Chain, options?: any|eth.send.Options, ...: any): any ",
        "\nfunction data.array(list) end\n"}) {
    CHECK_THAT(meta, ContainsSubstring(defined));
  }
  CHECK_THAT(meta, ContainsSubstring("|fs.read.Options "));  // by position, or as a table
}

TEST_CASE("meta writes a file for each module, by the name that require takes", "[cli][tools]") {
  const Folder folder;
  const Ran ran = runbook_in(folder, {"meta", "--write", "out/meta"});
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, ContainsSubstring("workspace.library"));
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "out/meta")) {
    INFO(entry.path());
    CHECK(not_lua(folder.read("out/meta/" + entry.path().filename().string())) == "");
  }
  const std::string json = folder.read("out/meta/json.lua");
  CHECK(json.starts_with("--- @meta json\n"));
  CHECK(json.ends_with("\nreturn json\n"));
  folder.write("file", "");
  const Ran refused = run_runbook({"meta", "--write", "file/meta"}, folder.path());
  CHECK(refused.exit != 0);
  CHECK_THAT(refused.err, ContainsSubstring("file/meta"));
}

TEST_CASE("Every global that a recipe may name is defined for editors", "[cli][tools]") {
  const Folder folder;
  const std::string meta = "\n" + runbook_in(folder, {"meta"}).out;
  for (const char* global :
       {"recipe",     "param",  "target", "step", "group",  "each",    "parallel",
        "wait_until", "sleep",  "setup",  "gate", "ask",    "manual",  "output",
        "attach",     "note",   "log",    "fail", "skip",   "finally", "on_fail",
        "now",        "random", "uuid",   "env",  "secret", "outcome", "bigint"}) {
    INFO(global);
    const std::string name = global;
    CHECK((meta.find("\nfunction " + name + "(") != std::string::npos ||
           meta.find("\n" + name + " = ") != std::string::npos));
  }
}
