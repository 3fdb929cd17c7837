#include "engine/base/error.h"
#include "engine/recipe/project.h"
#include "tests/catch.h"
#include "tests/recipe/folder.h"
#include "tests/store/rows.h"

using namespace runbook;
namespace fs = std::filesystem;

TEST_CASE("The project is the nearest folder with .runbook, then the nearest with .git",
          "[recipe]") {
  const Folder folder;
  fs::create_directories(folder.path / "repo/.git");
  fs::create_directories(folder.path / "repo/team/recipes");
  const fs::path deep = folder.path / "repo/team/recipes";
  CHECK(find_project(deep, "", "").root == folder.path / "repo");
  fs::create_directories(folder.path / "repo/team/.runbook");
  CHECK(find_project(deep, "", "").root == folder.path / "repo/team");
  CHECK(find_project(deep, "", "").state == folder.path / "repo/team/.runbook");
}

TEST_CASE("Without either the project is where the command was typed", "[recipe]") {
  const Folder folder;
  CHECK(find_project(folder.path, "", "").root == folder.path);
}

TEST_CASE("Option --state wins over RUNBOOK_STATE and decides the root if it is a .runbook",
          "[recipe]") {
  const Folder folder;
  fs::create_directories(folder.path / "here/.git");
  const fs::path here = folder.path / "here";
  CHECK(find_project(here, "../other/.runbook/", "/elsewhere").state ==
        folder.path / "other/.runbook");
  CHECK(find_project(here, "../other/.runbook", "").root == folder.path / "other");
  const Project other = find_project(here, "", (folder.path / "state").string());
  CHECK(other.state == folder.path / "state");
  CHECK(other.root == here);
}

TEST_CASE("A recipe is found as typed, without its ending, and by its name in recipes",
          "[recipe]") {
  const Folder folder;
  const fs::path deploy = folder.write("recipes/crib/deploy.lua", "");
  const fs::path top = folder.write("top.lua", "");
  const Project project{folder.path, folder.path / ".runbook"};
  CHECK(find_recipe(project, folder.path / "recipes", "crib/deploy.lua") == deploy);
  CHECK(find_recipe(project, folder.path, "recipes/crib/deploy") == deploy);
  CHECK(find_recipe(project, folder.path / "recipes/crib", "top") == top);
  CHECK(find_recipe(project, "/", "crib/deploy") == deploy);
  CHECK(find_recipe(project, "/", top.string()) == top);
  CHECK(recipe_name(project, deploy) == "recipes/crib/deploy.lua");
  CHECK(recipe_name(project, "/elsewhere/x.lua") == "/elsewhere/x.lua");
}

TEST_CASE("A recipe that is not there is named with the nearest one and what was tried",
          "[recipe]") {
  const Folder folder;
  folder.write("recipes/crib/deploy.lua", "");
  fs::create_directories(folder.path / "folder.lua");
  const Project project{folder.path, folder.path / ".runbook"};
  for (const char* name : {"crib/deplyo", "folder.lua", "", "none/at/all"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(find_recipe(project, folder.path, name), Error);
  }
  try {
    find_recipe(project, folder.path, "crib/deplyo");
  } catch (const Error& error) {
    CHECK(error.code == Code::recipe_not_found);
    CHECK(error.message == "there is no recipe \"crib/deplyo\"; did you mean \"crib/deploy.lua\"?");
    CHECK_THAT(error.hint, ContainsSubstring((folder.path / "recipes/crib/deplyo.lua").string()));
  }
}

TEST_CASE("The latest run is the newest of all, or of one recipe by path or name", "[recipe]") {
  const auto store = make_memory_store();
  CHECK_FALSE(latest_run(*store).has_value());
  store->create_run({.id = "one", .recipe = "recipes/a.lua", .name = "a", .created = 1});
  store->create_run({.id = "two", .recipe = "recipes/b.lua", .name = "b", .created = 2});
  store->append(append_of("one", 0, {stored_event(1)}));
  store->append(append_of("two", 0, {stored_event(1)}));
  CHECK(latest_run(*store)->id == "two");
  CHECK(latest_run(*store, "recipes/a.lua")->id == "one");
  CHECK(latest_run(*store, "b")->id == "two");
  CHECK_FALSE(latest_run(*store, "c").has_value());
}
