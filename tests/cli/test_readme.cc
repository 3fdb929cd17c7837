// What a README says can be typed or copied works: shell commands, recipes, and commands named in a
// sentence.

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "tests/catch.h"
#include "tests/cli/markdown.h"
#include "tests/cli/program.h"

using namespace runbook;
using namespace runbook::test;
namespace fs = std::filesystem;

namespace {

/// Commands that no test can run, and why. Their scripts are at least valid shell.
const std::map<std::string, std::string> kNotRun = {
    {"sh examples/quickstart.sh", "installs packages and builds all there is"},
    {"sh tests/run.sh", "installs packages, builds, and runs this very test"},
    {"cmake -S . -B build/sanitized -G Ninja -DCMAKE_CXX_COMPILER=clang++-14 "
     "-DCMAKE_C_COMPILER=clang-14 \\\n  -DRUNBOOK_FUZZ=ON -DRUNBOOK_SANITIZE=address,undefined",
     "needs a second compiler, and minutes to build"},
    {"cmake --build build/sanitized --target fuzz_yaml", "needs the line before it"},
    {"build/sanitized/tests/fuzz/fuzz_yaml -max_total_time=60 build/sanitized/corpus/fuzz_yaml",
     "takes a minute, in the second tier"},
};

/// The repository as a reader has it after building: build/runbook and the examples; `bin` has
/// stand-ins for programs that need more than this machine has.
class Checkout {
 public:
  Checkout() {
    const fs::path top = SOURCE_FOLDER;
    const fs::path here = folder_.path();
    fs::create_directories(here / "build");
    fs::create_directories(here / "examples");
    fs::create_symlink(RUNBOOK_BINARY, here / "build/runbook");
    for (const auto& entry : fs::directory_iterator(top / "examples")) {
      fs::create_symlink(entry.path(), here / "examples" / entry.path().filename());
    }
    stand_in("rsync", "echo \"$@\" >> rsync.log");
    stand_in("git", "echo 1f0c2aa");
  }

  Ran shell(const std::string& script) const {
    const char* path = std::getenv("PATH");
    return run_program({"/bin/sh", "-euc", script}, folder_.path(),
                       {{"HOME", folder_.path().string()},
                        {"PATH", (folder_.path() / "bin").string() + ":" +
                                     fs::path(RUNBOOK_BINARY).parent_path().string() + ":" +
                                     (path == nullptr ? "/usr/bin:/bin" : path)}});
  }
  const Folder& folder() const { return folder_; }

 private:
  void stand_in(const std::string& program, const std::string& does) const {
    fs::permissions(folder_.write("bin/" + program, "#!/bin/sh\n" + does + "\n"),
                    fs::perms::owner_all);
  }
  Folder folder_;
};

std::vector<Snippet> snippets_in(const std::set<std::string>& languages) {
  std::vector<Snippet> found;
  std::ranges::copy_if(readme_snippets(), std::back_inserter(found), [&](const Snippet& snippet) {
    return languages.contains(snippet.language);
  });
  return found;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

bool is_written_large(const std::string& word) {
  return std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

/// "run deploy.lua -p name=value" → the command exists and has the options.
void check_named_command(const Checkout& checkout, const std::string& text) {
  const std::vector<std::string> words = words_of(text);
  const Ran help = checkout.shell("runbook " + words.at(1) + " --help");
  CHECK(help.exit == 0);
  for (const std::string& word : words) {
    if (word.starts_with("-")) {
      CHECK_THAT(help.out, ContainsSubstring(word));
    }
  }
}

}  // namespace

TEST_CASE("Every snippet of a README is of a kind that is tested", "[readme]") {
  const std::set<std::string> tested = {"sh", "console", "lua", "inline"};
  for (const Snippet& snippet : readme_snippets()) {
    INFO(snippet.place << ": " << snippet.language << "\n" << snippet.text);
    CHECK(tested.contains(snippet.language));
  }
}

TEST_CASE("Shell commands of a README work in the order in which they are written", "[readme]") {
  std::set<std::string> left_out;
  for (const Snippet& snippet : snippets_in({"sh"})) {
    if (snippet.place.starts_with("recipes/crib/")) {
      continue;  // tests/recipes runs them, with a chain, nodes and a cluster
    }
    std::string script;
    for (const std::string& command : commands_of(snippet)) {
      if (kNotRun.contains(command)) {
        left_out.insert(command);
      } else {
        script += command + "\n";
      }
    }
    if (!script.empty()) {
      const Ran ran = Checkout().shell(script);
      INFO(snippet.place << "\n" << script << ran.out << ran.err);
      CHECK(ran.exit == 0);
    }
  }
  CHECK(left_out.size() == kNotRun.size());
}

TEST_CASE("Scripts that only people and the second tier start are valid shell", "[readme]") {
  for (const auto& [command, why] : kNotRun) {
    INFO(command << ": " << why);
    if (command.starts_with("sh ")) {
      CHECK(run_program({"/bin/sh", "-n", command.substr(3)}, SOURCE_FOLDER).exit == 0);
    }
  }
}

TEST_CASE("The sixty seconds of the README end with a run that is done", "[readme]") {
  const auto console = snippets_in({"console"});
  REQUIRE(console.size() == 1);
  std::string script;
  for (const std::string& command : commands_of(console[0])) {
    script += command + "; echo \"== $?\"\n";
  }
  const Ran ran = Checkout().shell(script);
  INFO(ran.out << ran.err);
  CHECK_THAT(ran.out, ContainsSubstring("interrupted"));
  CHECK_THAT(ran.out, ContainsSubstring("funded: 6"));
  CHECK(ran.out.rfind(" ok") > ran.out.find("funded: 6"));
}

/// Of a family whose calls need a cluster, a project or a node: its tests run each of them.
bool needs_others(const Snippet& snippet) {
  const std::set<std::string> families = {"kubectl", "devspace", "chainlink"};
  return std::ranges::any_of(families, [&](const std::string& family) {
    return snippet.place.starts_with("modules/" + family + "/");
  });
}

TEST_CASE("Recipes of a README run to their end, and once more", "[readme]") {
  const auto recipes = snippets_in({"lua"});
  CHECK(recipes.size() >= 2);
  for (const Snippet& snippet : recipes) {
    const Checkout checkout;
    checkout.folder().write("recipe.lua", snippet.text);
    if (needs_others(snippet)) {
      const Ran ran = checkout.shell("runbook doctor recipe.lua");
      INFO(snippet.place << "\n" << snippet.text << ran.out << ran.err);
      CHECK_THAT(ran.out, ContainsSubstring("recipe.lua loads, and all that it requires"));
      continue;
    }
    for (const char* command : {"runbook run recipe.lua --no-input", "runbook resume",
                                "runbook run recipe.lua --no-input"}) {
      const Ran ran = checkout.shell(command);
      INFO(snippet.place << "\n" << snippet.text << ran.out << ran.err);
      CHECK(ran.exit == 0);
    }
  }
}

TEST_CASE("Commands that a README names exist, with the options it names", "[readme]") {
  const Checkout checkout;
  const auto named = snippets_in({"inline"});
  CHECK(named.size() >= 5);
  for (const Snippet& snippet : named) {
    INFO(snippet.place << ": " << snippet.text);
    const std::string command = words_of(snippet.text).at(1);
    if (command.starts_with("explain")) {
      CHECK(checkout.shell(snippet.text).exit == 0);
    } else if (!is_written_large(command) && !command.starts_with("__")) {
      check_named_command(checkout, snippet.text);
    }
  }
}
