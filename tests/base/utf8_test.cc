#include "engine/base/utf8.h"

#include "tests/catch.h"

using namespace runbook;

TEST_CASE("Well-formed UTF-8 is recognised", "[utf8]") {
  for (const char* text : {"", "plain", "é", "数", "😀", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    INFO(text);
    CHECK(is_utf8(text));
  }
}

TEST_CASE("Malformed UTF-8 is found at its first byte", "[utf8]") {
  for (const char* text :
       {"ab\x80", "ab\xc0\x80", "ab\xc3", "ab\xe2\x82", "ab\xe0\x80\x80", "ab\xed\xa0\x80",
        "ab\xf4\x90\x80\x80", "ab\xf5\x80\x80\x80", "ab\xff", "ab\xf0\x9f\x98", "ab\xc3\x28"}) {
    CHECK(invalid_utf8(text) == 2);
  }
}

TEST_CASE("Control characters are found, of both sets", "[utf8]") {
  CHECK(has_control_character("a\n"));
  CHECK(has_control_character("\x1b[0m"));
  CHECK(has_control_character("\x7f"));
  CHECK(has_control_character("a\xc2\x9b"));
  CHECK_FALSE(has_control_character("a é \xc2\xa0 数"));
}

TEST_CASE("Code points are written as UTF-8", "[utf8]") {
  std::string text;
  for (const std::uint32_t code_point : {0x41U, 0xE9U, 0x6570U, 0x1F600U}) {
    append_utf8(text, code_point);
  }
  CHECK(text == "Aé数😀");
}
