// recipe{ needs }: all that is missing is said at once, before anything happens.
#include <stdlib.h>

#include "engine/lua/module.h"
#include "engine/recipe/needs.h"
#include "tests/base/expect_error.h"
#include "tests/catch.h"
#include "tests/recipe/folder.h"

using namespace runbook;

namespace {

/// A PATH of its own, with programs that are shell scripts.
class Tools {
 public:
  Tools() { setenv("PATH", (folder_.path.string() + ":" + before_).c_str(), 1); }
  ~Tools() { setenv("PATH", before_.c_str(), 1); }
  Tools(const Tools&) = delete;
  Tools& operator=(const Tools&) = delete;
  void add(const std::string& name, const std::string& script) const {
    std::filesystem::permissions(folder_.write(name, "#!/bin/sh\n" + script),
                                 std::filesystem::perms::owner_all);
  }
  std::string path(const std::string& name) const { return (folder_.path / name).string(); }

 private:
  Folder folder_;
  std::string before_ = getenv("PATH");
};

std::vector<Module> modules() {
  Module module{.name = "cluster", .summary = "A cluster.", .functions = {}};
  module.tools = {{"test-cluster", {"version"}, first_version, "https://example.com/cluster"}};
  return {module};
}

void check(const std::vector<Need>& needs) {
  check_needs(needs, modules(), "/", "recipes/a b.lua");
}

}  // namespace

TEST_CASE("Needs that are met say nothing", "[needs]") {
  const Tools tools;
  tools.add("test-cluster", "[ \"$1\" = version ] && echo v1.30.2");
  tools.add("test-other", "[ \"$1\" = --version ] && echo test-other 2.41.0");
  check({});
  check({{"test-cluster", ">=1.27"}, {"test-other", ">=2.30, <3"}, {"sh", "*"}});
}

TEST_CASE("All needs that are not met are one error, with the versions and the way to get them",
          "[needs]") {
  const Tools tools;
  tools.add("test-cluster", "echo v1.20.9");
  tools.add("test-other", "echo 1.0");
  const Error error = expect_error(Code::tool_missing, [] {
    check({{"test-absent", ">=6"}, {"test-cluster", ">=1.27"}, {"test-other", ">=2"}, {"sh", "*"}});
  });
  CHECK(error.message ==
        "this recipe needs what this machine does not have:\n"
        "  test-absent is not on PATH, and >=6 is needed\n"
        "    -> install test-absent, or put it on PATH\n"
        "  " +
            tools.path("test-cluster") +
            " is 1.20.9, and >=1.27 is needed\n"
            "    -> install test-cluster: https://example.com/cluster\n"
            "  " +
            tools.path("test-other") +
            " is 1.0, and >=2 is needed\n"
            "    -> install a test-other that fits, or need \"*\" of it");
  CHECK_THAT(error.hint, ContainsSubstring("runbook doctor 'recipes/a b.lua'"));
  CHECK(error.detail.at(1) == Json{{"tool", "test-cluster"},
                                   {"needed", ">=1.27"},
                                   {"installed", "1.20.9"},
                                   {"path", tools.path("test-cluster")}});
  CHECK(code_info(error.code).exit == 40);
}

TEST_CASE("A tool that is only too old is another error than a missing one", "[needs]") {
  const Tools tools;
  tools.add("test-cluster", "echo v1.20.9");
  const Error error = expect_error(Code::tool_version, [] { check({{"test-cluster", ">=1.27"}}); });
  CHECK(code_info(error.code).exit == 40);
}

TEST_CASE("A need that is mistyped names the tool that is known", "[needs]") {
  const Error error = expect_error(Code::tool_missing, [] { check({{"test-clutser", "*"}}); });
  CHECK_THAT(error.message, ContainsSubstring("did you mean test-cluster?"));
}

TEST_CASE("A need of any version asks only whether a tool nobody declares is there", "[needs]") {
  const Tools tools;
  tools.add("test-other", "exit 9");
  check({{"test-other", "*"}});
}

TEST_CASE("Needs are looked at all at once", "[needs]") {
  const Tools tools;
  // Each waits until the other has begun.
  const std::string meet = "touch \"$0.here\"; until [ -e '";
  tools.add("test-one", meet + tools.path("test-two") + ".here' ]; do sleep 0.01; done; echo 1.0");
  tools.add("test-two", meet + tools.path("test-one") + ".here' ]; do sleep 0.01; done; echo 1.0");
  check({{"test-one", ">=1"}, {"test-two", ">=1"}});
}

TEST_CASE("What a parameter makes needless is not needed, and checks ask about parameters",
          "[needs]") {
  const std::vector<Need> needs = {{"test-cluster", "*", "list", {{"context", "place"}}},
                                   {"sh", "*", "", {{"context", "absent"}}}};
  const auto applying = needs_with(needs, Json{{"list", nullptr}, {"place", "west"}});
  REQUIRE(applying.size() == 2);
  CHECK(applying[0].with == std::map<std::string, std::string>{{"context", "west"}});
  CHECK(applying[1].with.empty());
  const auto fewer = needs_with(needs, Json{{"list", "nodes.txt"}});
  REQUIRE(fewer.size() == 1);
  CHECK(fewer[0].tool == "sh");
}
