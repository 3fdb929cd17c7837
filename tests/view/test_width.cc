#include "engine/view/style.h"
#include "engine/view/text_width.h"
#include "tests/catch.h"

using namespace runbook;

TEST_CASE("the width of text counts columns, not bytes", "[view]") {
  CHECK(text_columns("abc") == 3);
  CHECK(text_columns("…é·") == 3);
  CHECK(text_columns("日本") == 4);
  CHECK(text_columns("e\u0301") == 1);
  CHECK(text_columns("🚀") == 2);
}

TEST_CASE("text for a screen steers nothing and is valid UTF-8", "[view]") {
  CHECK(screen_text("a\x1b[31mb\x07\nc", true) == "ab c");
  CHECK(screen_text("a\xff z", true) == "a? z");
  CHECK(screen_text("a\u009bz", true) == "az");
  CHECK(screen_text("größe", false) == "gr??e");
}

TEST_CASE("what does not fit gives way to an ellipsis", "[view]") {
  CHECK(cut_end("abcdef", 6, true) == "abcdef");
  CHECK(cut_end("abcdef", 4, true) == "abc…");
  CHECK(cut_end("日本語", 4, true) == "日…");
  CHECK(cut_end("abcdef", 4, false) == "abc~");
  CHECK(cut_middle("abcdefgh", 5, true) == "ab…gh");
  CHECK(last_columns("abc日", 3) == "c日");
}

TEST_CASE("prose is wrapped between words, and long words stay whole", "[view]") {
  CHECK(wrapped("one two three", 8) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("a/very/long/path b", 6) == std::vector<std::string>{"a/very/long/path", "b"});
  CHECK(wrapped("one\ntwo\n", 0) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a line is cut at a width and each part keeps its colour", "[view]") {
  StyledLine line;
  line.add("✓", Color::good).add(" name").to_column(10).add("a long remark", Color::dim);
  const Style color{.color = true};
  CHECK(line.render(color, 14) == "\x1b[32m✓\x1b[0m name    \x1b[2ma l…\x1b[0m");
  CHECK(line.render(Style{}, 0) == "✓ name    a long remark");
}
