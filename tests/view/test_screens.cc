// The terminal view as a terminal shows it: tmux is the terminal, screen_program plays the scenes,
// screens/ has what is to be seen. UPDATE_SCREENS=1 writes those files anew: look at each.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "engine/base/file.h"
#include "tests/base/temporary_folder.h"
#include "tests/catch.h"
#include "tests/tmux.h"

using namespace runbook;

namespace {

/// A terminal with a scene on it.
class Played {
 public:
  Played(const std::string& scene, const std::string& look, int columns, int rows)
      : ready_((folder_.path() / "ready").string()),
        terminal("exec \"" SCREEN_PROGRAM "\" " + scene + " " + look + " \"" + ready_ + "\"",
                 columns, rows) {
    for (int tries = 0; !std::filesystem::exists(ready_); ++tries) {
      REQUIRE(tries < 2000);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

 private:
  TemporaryFolder folder_;
  std::string ready_;

 public:
  const Tmux terminal;
};

/// tmux draws what was written in its own time.
std::string settled(const Tmux& terminal, bool escapes) {
  std::string shown = terminal.shown(escapes);
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    std::string later = terminal.shown(escapes);
    if (later == shown) {
      return shown;
    }
    shown = std::move(later);
  }
}

void check_scene(const std::string& scene) {
  struct Look {
    const char* name;
    int columns, rows;
  };
  for (const Look look :
       {Look{"color", 80, 24}, {"plain", 80, 24}, {"color", 40, 12}, {"plain", 40, 12}}) {
    const std::string name = scene + "." + std::to_string(look.columns) + "x" +
                             std::to_string(look.rows) + "." + look.name;
    const std::filesystem::path file =
        std::filesystem::path(TEST_FOLDER) / "screens" / (name + ".txt");
    const Played played(scene, look.name, look.columns, look.rows);
    const std::string shown = settled(played.terminal, std::string(look.name) == "color");
    if (std::getenv("UPDATE_SCREENS") != nullptr) {
      write_file_atomically(file, shown);
    }
    INFO(name);
    CHECK(shown == read_file(file));
  }
}

}  // namespace

TEST_CASE("the screen of a run that succeeds", "[view]") {
  check_scene("succeeds");
}
TEST_CASE("the screen of a run that goes on", "[view]") {
  check_scene("runs");
}
TEST_CASE("the screen of a run that fails", "[view]") {
  check_scene("fails");
}
TEST_CASE("the screen of a run that asks at the terminal", "[view]") {
  check_scene("asks");
}
TEST_CASE("the screen of a question that is longer than a small terminal", "[view]") {
  check_scene("decides");
}
TEST_CASE("the screen of a run that stops to wait", "[view]") {
  check_scene("waits");
}
TEST_CASE("the screen of a step whose outcome is unknown", "[view]") {
  check_scene("unknown");
}
TEST_CASE("the screen of a run that is resumed", "[view]") {
  check_scene("resumed");
}
TEST_CASE("the screen of a run that is interrupted", "[view]") {
  check_scene("interrupted");
}
TEST_CASE("the screen of a run that is cancelled", "[view]") {
  check_scene("cancelled");
}
TEST_CASE("the screen of 200 steps at once", "[view]") {
  check_scene("parallel");
}

TEST_CASE("a terminal that changes its size is drawn anew and nothing is left over", "[view]") {
  const Played played("runs", "color", 80, 24);
  const std::string before = settled(played.terminal, false);
  played.terminal.resize(50, 22);
  REQUIRE(played.terminal.shows("rollout…"));
  const std::string after = settled(played.terminal, false);
  CHECK(after != before);
  for (const char* once : {"L2OutputOracle", "a service", "cool", "5 running", "✓ preflight"}) {
    INFO(once << " in\n" << after);
    const std::size_t found = after.find(once);
    CHECK(found != std::string::npos);
    CHECK(after.find(once, found + 1) == std::string::npos);
  }
}
