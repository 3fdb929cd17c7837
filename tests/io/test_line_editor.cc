#include "engine/io/line_editor.h"
#include "tests/catch.h"

using namespace runbook;

namespace {

std::string typed(const std::string& bytes) {
  LineEditor editor;
  for (const char byte : bytes) {
    CHECK(editor.take(byte) == LineEditor::Outcome::more);
  }
  return editor.text();
}

}  // namespace

TEST_CASE("a typed line can be corrected", "[io]") {
  CHECK(typed("eu-wets\x7f\x7fst") == "eu-west");
  CHECK(typed("größe\x7f\x7f\x7f") == "gr");
  CHECK(typed("one two \x17three") == "one three");
  CHECK(typed("one two\x15three") == "three");
  CHECK(typed("\x7fx") == "x");
}

TEST_CASE("arrows and other controls leave a typed line as it is", "[io]") {
  CHECK(typed("a\x1b[A\x1b[1;5Cb\x1bOPc\x1bxd\x01") == "abcd");
}

TEST_CASE("return ends a typed line, and Ctrl-D leaves an empty one", "[io]") {
  LineEditor editor;
  CHECK(editor.take(4) == LineEditor::Outcome::left);
  editor.take('a');
  CHECK(editor.take(4) == LineEditor::Outcome::more);
  CHECK(editor.take('\r') == LineEditor::Outcome::done);
  CHECK(editor.text() == "a");
}
