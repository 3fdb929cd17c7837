#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <thread>

#include "engine/view/excerpt.h"
#include "engine/view/text_stream.h"
#include "engine/view/wording.h"
#include "tests/catch.h"

using namespace runbook;

TEST_CASE("what a child printed cannot steer the terminal", "[view]") {
  CHECK(plain_text("a\x1b[31mred\x1b[0m b") == "ared b");
  CHECK(plain_text("\x1b]0;title\x07tail") == "tail");
  CHECK(plain_text("\x1b]8;;http://x\x1b\\link") == "link");
  CHECK(plain_text("one\r\ntwo\tthree\b\x7f") == "one\ntwo\tthree");
  CHECK(plain_text("cut \x1b[3") == "cut ");
  CHECK(plain_text("8\xc2\x9b"
                   "5A bit \xc2\xa9 \xc2") == "85A bit \xc2\xa9 \xc2");
}

TEST_CASE("a line is cut at a character, not inside one", "[view]") {
  CHECK(one_line("a\nb\n") == "a b");
  CHECK(one_line("12345\xc3\xa9", 6) == "12345...");
  CHECK(one_line("123456", 6) == "123456");
}

TEST_CASE("stored values are shown without their tags", "[view]") {
  CHECK(value_text("text") == "text");
  CHECK(value_text(Json{{"$bigint", "100000000000000000000"}}) == "100000000000000000000");
  CHECK(value_text(Json{{"$secret", "key"}}) == "[secret key]");
  CHECK(value_text(Json{{"fee", {{"$bigint", "7"}}}, {"keys", {1, {{"$secret", "k"}}}}}) ==
        R"({"fee":"7","keys":[1,"[secret k]"]})");
  CHECK(value_text(Json{{"a", 1}, {"b", nullptr}}) == R"({"a":1,"b":null})");
}

TEST_CASE("commands can be copied into a shell", "[view]") {
  CHECK(shell_word("fund/0xAb") == "fund/0xAb");
  CHECK(shell_word("fund the team/0xAb") == "'fund the team/0xAb'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("") == "''");
}

TEST_CASE("a stream whose reader is gone is switched off and stays quiet", "[view]") {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  TextStream stream(ends[1]);
  stream.write("first\n");
  CHECK(stream.failure() == 0);
  close(ends[0]);
  stream.write("second\n");
  CHECK(stream.failure() == EPIPE);
  stream.write("third\n");
  CHECK(stream.failure() == EPIPE);
  close(ends[1]);
}

TEST_CASE("a stream that writes behind holds nobody up, and loses and reorders nothing", "[view]") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  std::string written;
  std::string read_back;
  {
    TextStream stream(ends[1]);
    stream.write_behind();
    for (int line = 0; line < 20'000; ++line) {  // more than a pipe holds
      const std::string text = std::to_string(line) + "\n";
      stream.write(text);
      written += text;
    }
    CHECK(stream.is_behind());
    std::thread reader([&read_back, from = ends[0]] {
      char buffer[4096];
      for (ssize_t bytes = 0; (bytes = read(from, buffer, sizeof buffer)) > 0;) {
        read_back.append(buffer, static_cast<std::size_t>(bytes));
      }
    });
    stream.flush();
    CHECK_FALSE(stream.is_behind());
    stream.write("end\n");
    stream.flush();
    close(ends[1]);
    reader.join();
  }
  close(ends[0]);
  CHECK(read_back == written + "end\n");
}

TEST_CASE("the end of a log is shown without its columns", "[view]") {
  const std::string path = "/tmp/runbook-view-" + std::to_string(getpid()) + ".log";
  {
    const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC | O_TRUNC, 0600);
    TextStream log(file);
    for (int line = 1; line <= 30; ++line) {
      log.write("2026-11-20T17:06:25.118Z err line " + std::to_string(line) + "\n");
    }
    close(file);
  }
  const std::vector<std::string> lines = last_log_lines(path, 2);
  CHECK(lines == std::vector<std::string>{"line 29", "line 30"});
  CHECK(source_line(path, 3) == "2026-11-20T17:06:25.118Z err line 3");
  CHECK(source_line(path, 31).empty());
  unlink(path.c_str());
  CHECK(last_log_lines(path, 2).empty());
}
