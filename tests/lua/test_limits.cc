#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "engine/lua/watchdog.h"
#include "tests/catch.h"
#include "tests/lua/driver.h"

using namespace runbook;
using namespace runbook::lua;

namespace {

constexpr Limits kShort{.memory = std::size_t{32} << 20,
                        .time = std::chrono::milliseconds(100),
                        .grace = std::chrono::milliseconds(400)};

}  // namespace

TEST_CASE("Loops that never wait are stopped with their line", "[lua]") {
  for (const char* loop : {
           "local n = 0\nwhile true do n = n + 1 end",
           "local f = function() end\nwhile true do pcall(f) end",
           "local spin = function() while true do end end\nwhile true do pcall(spin) end",
           "local spin = function() while true do end end\n"
           "while true do pcall(pcall, pcall, spin) end",
           "local n = 0\nwhile true do coroutine.wrap(function() while true do n = n + 1 end "
           "end)() end",
           "local n = 0\nlocal function again() n = n + 1 return again() end again()",
           "local t = {}\nfor _ = 1, 1e12 do t.x = tostring(_) end",
           "local n = 0\nxpcall(function() while true do n = n + 1 end end, function(e) while true "
           "do end end)",
       }) {
    CAPTURE(loop);
    Driver driver(kShort);
    const Result result = driver.run(loop);
    REQUIRE(result.error);
    CHECK(result.error->code == Code::runaway);
    CHECK_THAT(result.message(), ContainsSubstring("recipes/test.lua:"));
    CHECK_THAT(result.message(), ContainsSubstring("more than 100ms"));
    CHECK(result.error->detail["file"] == "recipes/test.lua");
  }
}

TEST_CASE("After a runaway the same state goes on", "[lua]") {
  Driver driver(kShort);
  CHECK(driver.run("while true do end").error->code == Code::runaway);
  CHECK(driver.run("local n = 0 for i = 1, 1000 do n = n + i end return n").value == 500500);
}

TEST_CASE("Time spent waiting does not count", "[lua]") {
  Driver driver(kShort);
  driver.define("await", await_value);
  // Each stretch is well below the limit, all together are far above it.
  const Result result = driver.run(R"(
    local n = 0
    for _ = 1, 60 do
      for _ = 1, 200000 do n = n + 1 end
      await()
    end
    return n)");
  CHECK(result.message() == "no error");
  CHECK(result.value == 12000000);
}

TEST_CASE("The limit can be changed for later stretches", "[lua]") {
  Driver driver(kShort);
  driver.state.set_limits({.memory = kShort.memory, .time = std::chrono::milliseconds(250)});
  CHECK_THAT(driver.run("while true do end").message(), ContainsSubstring("more than 250ms"));
}

TEST_CASE("A C function that cannot be interrupted ends the process with 70", "[lua]") {
  int output[2];
  REQUIRE(pipe(output) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(output[1], STDERR_FILENO);
    Driver driver(kShort, {.before_exit = [] {
                    const char restored[] = "restored\n";
                    if (write(STDERR_FILENO, restored, sizeof restored - 1) < 0) {
                      _exit(1);
                    }
                  }});
    driver.run("return string.find(string.rep('a', 40), string.rep('a-', 40) .. 'b')");
    _exit(0);
  }
  close(output[1]);
  std::string text;
  char buffer[512];
  for (ssize_t count = 0; (count = read(output[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  close(output[0]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 70);
  CHECK(text.starts_with("restored\nerror RB0304: "));
}

TEST_CASE("Too much memory is RB0305, and the state goes on", "[lua]") {
  for (const char* hog : {"local t = {}\nfor i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end",
                          "local s = ('x'):rep(2e9)", "local s = 'x'\nwhile true do s = s .. s end",
                          "local t = {}\nwhile true do t[#t + 1] = {} end",
                          "local t = {}\nwhile true do t[#t + 1] = coroutine.create(print) end"}) {
    CAPTURE(hog);
    Driver driver({.memory = std::size_t{32} << 20});
    const Result result = driver.run(hog);
    REQUIRE(result.error);
    CHECK(result.error->code == Code::out_of_memory);
    CHECK_THAT(result.message(), ContainsSubstring("more than 32 MB"));
    CHECK(result.error->detail["file"] == "recipes/test.lua");
    CHECK(driver.run("return #('y'):rep(10000000)").value == 10000000);
  }
}

TEST_CASE("Memory that runs out in a coroutine or a library is placed in the recipe", "[lua]") {
  Driver driver({.memory = std::size_t{32} << 20});
  const Result result = driver.run(R"(
    local hog = coroutine.wrap(function()
      local t = {}
      while true do t[#t + 1] = {} end
    end)
    hog())");
  CHECK(result.message() == "recipes/test.lua:6: more than 32 MB are in use");
  CHECK(driver.run("local t = {}\nfor i = 1, 1e8 do\n  t[i] = ('%d'):format(i)\nend").message() ==
        "recipes/test.lua:3: more than 32 MB are in use");
}

TEST_CASE("Garbage does not count as use", "[lua]") {
  Driver driver({.memory = std::size_t{32} << 20});
  // 400 MB in all, a few hundred kilobytes at a time.
  CHECK(
      driver
          .run("local n = 0 for i = 1, 2000 do n = n + #(('x'):rep(200000) .. i) end return n > 0")
          .value == true);
}

TEST_CASE("Garbage is collected before it fills what live data leaves free", "[lua]") {
  Driver driver({.memory = std::size_t{32} << 20});
  const Result result = driver.run(R"(
    local keep = {}
    for i = 1, 20 do keep[i] = ('x'):rep(1000000) .. i end
    for i = 1, 2000 do local garbage = ('y'):rep(100000) .. i end
    return #keep)");
  CHECK(result.message() == "no error");
}

TEST_CASE("The memory limit does not hold outside Lua", "[lua]") {
  Driver driver({.memory = std::size_t{8} << 20});
  push(driver.state.main(), Json(std::string(20'000'000, 'x')));
  CHECK(driver.state.memory_used() > 20'000'000);
}

TEST_CASE("Endless recursion is an error with its line", "[lua]") {
  const Error error = error_of("local function f() return 1 + f() end\nf()");
  CHECK(error.code == Code::lua_error);
  CHECK_THAT(error.message, ContainsSubstring("stack overflow"));
}
