#include <string>
#include <vector>

#include "engine/io/line_splitter.h"
#include "tests/catch.h"

using runbook::LineSplitter;

namespace {

std::vector<std::string> split(const std::vector<std::string>& chunks) {
  std::vector<std::string> lines;
  const LineSplitter::Sink sink = [&lines](std::string_view line) { lines.emplace_back(line); };
  LineSplitter splitter;
  for (const std::string& chunk : chunks) {
    splitter.feed(chunk, sink);
  }
  splitter.finish(sink);
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("Lines come whole however the bytes were cut", "[process]") {
  CHECK(split({"one\ntwo\nth", "r", "ee\n"}) == Lines{"one", "two", "three"});
  CHECK(split({"\n", "\n\nx\n"}) == Lines{"", "", "", "x"});
}

TEST_CASE("The last line may lack its newline", "[process]") {
  CHECK(split({"one\ntw", "o"}) == Lines{"one", "two"});
  CHECK(split({}).empty());
}

TEST_CASE("A line longer than a mebibyte comes in pieces", "[process]") {
  const std::size_t mebibyte = std::size_t{1} << 20;
  const std::string text(2 * mebibyte + 5, 'x');
  for (const std::vector<std::string>& chunks :
       {std::vector{text + "\n"},
        std::vector{text.substr(0, 10), text.substr(10), std::string("\n")}}) {
    const Lines lines = split(chunks);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].size() == mebibyte);
    CHECK(lines[1].size() == mebibyte);
    CHECK(lines[2].size() == 5);
  }
}
