#include "engine/base/yaml.h"

#include <chrono>

#include "tests/base/expect_error.h"

using namespace runbook;

namespace {

Json read(std::string_view text) {
  return parse_yaml(text, "x.yaml");
}

std::string refusal(std::string_view text) {
  INFO(text);
  return expect_error(Code::yaml_invalid, [&] { read(text); }).message;
}

}  // namespace

TEST_CASE("Plain scalars follow the core schema", "[yaml]") {
  const std::vector<std::pair<std::string, Json>> cases = {
      {"no", "no"},
      {"yes", "yes"},
      {"on", "on"},
      {"y", "y"},
      {"true", true},
      {"True", true},
      {"FALSE", false},
      {"tRue", "tRue"},
      {"null", nullptr},
      {"~", nullptr},
      {"", nullptr},
      {"nil", "nil"},
      {"12", 12},
      {"-12", -12},
      {"+12", 12},
      {"0", 0},
      {"012", "012"},
      {"0o17", 15},
      {"0o8", "0o8"},
      {"0x1F", 31},
      {"0x", "0x"},
      {"1.5", 1.5},
      {".5", 0.5},
      {"5.", 5.0},
      {"-1e3", -1000.0},
      {"1e", "1e"},
      {"1.2.3", "1.2.3"},
      {"1_000", "1_000"},
      {"12:30", "12:30"},
      {"-", Json::array({nullptr})},
      {"2026-01-31", "2026-01-31"},
      {"1e999", "1e999"},
      {"+", "+"},
      {".", "."},
      {"0b1", "0b1"},
      {"\"no\"", "no"},
      {"'12'", "12"},
      {"\"\"", ""},
      {"\"~\"", "~"},
      {"9007199254740993", 9007199254740993},
      {"9223372036854775808", "9223372036854775808"},
      {"0x5FbDB2315678afecb367f032d93F642f64180aa3", "0x5FbDB2315678afecb367f032d93F642f64180aa3"},
      {"0x00000000000001", "0x00000000000001"}};
  for (const auto& [text, value] : cases) {
    INFO(text);
    CHECK(read(text) == value);
  }
}

TEST_CASE("Documents become data", "[yaml]") {
  CHECK(read("a: 1\nb: [x, {c: d}]\n8080: web\ntrue: t\n") ==
        Json{{"a", 1}, {"b", Json::array({"x", {{"c", "d"}}})}, {"8080", "web"}, {"true", "t"}});
  CHECK(read("text: |\n  one\n  two\nfolded: >-\n  a\n  b\n") ==
        Json{{"text", "one\ntwo\n"}, {"folded", "a b"}});
  CHECK(read("{}") == Json::object());
  CHECK(read("[]") == Json::array());
  CHECK(read("# only a comment\n").is_null());
  CHECK(read("").is_null());
  CHECK(read("--- a\n") == "a");
  CHECK(read("s: !!str 12\ni: !!int 12\nf: !!float 12") == Json{{"s", "12"}, {"i", 12}, {"f", 12}});
  CHECK(read("\xef\xbb\xbf"
             "a: 1") == Json{{"a", 1}});
}

TEST_CASE("Aliases are expanded, also as keys", "[yaml]") {
  CHECK(read("a: &x {n: 1}\nb: *x\n") == Json{{"a", {{"n", 1}}}, {"b", {{"n", 1}}}});
  CHECK(read("a: &k key\n*k : 1\n") == Json{{"a", "key"}, {"key", 1}});
}

TEST_CASE("What programs read differently is refused, with line and column", "[yaml]") {
  CHECK(refusal("a: 1\nb: 2\na: 3\n") == "x.yaml:3:1: the key \"a\" appears twice");
  CHECK(refusal("1: a\n\"1\": b\n") == "x.yaml:2:1: the key \"1\" appears twice");
  CHECK_THAT(refusal("a: &a {n: 1}\nb:\n  <<: *a\n"), ContainsSubstring("x.yaml:3:3: merge keys"));
  CHECK(read("\"<<\": 1") == Json{{"<<", 1}});
  CHECK_THAT(refusal("a: .inf"), ContainsSubstring("x.yaml:1:4"));
  CHECK_THAT(refusal("a: .nan"), ContainsSubstring(".nan"));
  CHECK_THAT(refusal("a: !Ref b"), ContainsSubstring("tag !Ref"));
  CHECK_THAT(refusal("a: !!binary aGk="), ContainsSubstring("tag"));
  CHECK_THAT(refusal("a: !!int x"), ContainsSubstring("tag"));
  CHECK_THAT(refusal("a: !Map {b: 1}"), ContainsSubstring("tag !Map"));
  CHECK_THAT(refusal("? [a]\n: 1"), ContainsSubstring("as a key"));
  CHECK_THAT(refusal("~: 1"), ContainsSubstring("key"));
  CHECK_THAT(refusal(": 1"), ContainsSubstring("key"));
  CHECK_THAT(refusal("a: &x [*x]"), ContainsSubstring("alias"));
  CHECK_THAT(refusal("a: *nobody"), ContainsSubstring("x.yaml:1:"));
  CHECK_THAT(refusal("a: \xff"), ContainsSubstring("x.yaml:1:4: these bytes are not UTF-8"));
  CHECK_THAT(refusal("a: 1\nb: \x04\nc: 3"), ContainsSubstring("x.yaml:2:4: a control character"));
  CHECK_THAT(refusal(std::string_view("a: 1\0b", 6)), ContainsSubstring("control character"));
}

TEST_CASE("What is not YAML is refused, with line and column", "[yaml]") {
  for (const char* text :
       {"a: [1", "a: {b", "\ta: 1", "a: \"x", "a: 'x", "- a\nb: 1", "a: b: c", "a: @x", "a: `x",
        "[1,2", "{a: 1, b", "%YAML 9 9", "a: |x\n  b", "key: [a, b\nother: c", "a: \"\\q\""}) {
    INFO(text);
    CHECK_THAT(refusal(text), ContainsSubstring("x.yaml:"));
  }
}

TEST_CASE("Several documents are read together or not at all", "[yaml]") {
  const std::string text = "a: 1\n---\nb: 2\n---\n- 3\n";
  CHECK_THAT(refusal(text), ContainsSubstring("3 documents"));
  CHECK(parse_yaml_documents(text, "x") ==
        std::vector<Json>{{{"a", 1}}, {{"b", 2}}, Json::array({3})});
  CHECK(parse_yaml_documents("", "x").empty());
  CHECK(parse_yaml_documents("a: &x 1\n", "x").size() == 1);
  const Error error =
      expect_error(Code::yaml_invalid, [&] { parse_yaml_documents("a: 1\n---\na: [", "x"); });
  CHECK_THAT(error.message, ContainsSubstring("x:3:"));
}

TEST_CASE("An anchor is not known in the next document", "[yaml]") {
  expect_error(Code::yaml_invalid, [] { parse_yaml_documents("a: &x 1\n---\nb: *x\n", "x"); });
}

TEST_CASE("An alias bomb is refused, quickly", "[yaml]") {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string name = "a" + std::to_string(i);
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += name + ": &" + name + " [" + before;
    for (int k = 0; k < 9; ++k) {
      bomb += "," + before;
    }
    bomb += "]\n";
  }
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THAT(refusal(bomb), ContainsSubstring("aliases expand"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
  std::string wide = "a: &a \"" + std::string(1'000'000, 'x') + "\"\nb: [";
  for (int i = 0; i < 100; ++i) {
    wide += "*a,";
  }
  CHECK_THAT(refusal(wide + "]"), ContainsSubstring("aliases expand"));
}

TEST_CASE("Deep nesting is refused", "[yaml]") {
  CHECK_THAT(refusal(std::string(100'000, '[')), ContainsSubstring("x.yaml:1:"));
  std::string blocks;
  for (std::size_t i = 0; i < 300; ++i) {
    blocks += std::string(i, ' ') + "a:\n";
  }
  CHECK_THAT(refusal(blocks), ContainsSubstring("nested deeper"));
}

TEST_CASE("The writer quotes whatever is not a plain word", "[yaml]") {
  CHECK(dump_yaml("word") == "word\n");
  CHECK(dump_yaml("apps/v1") == "apps/v1\n");
  CHECK(dump_yaml("no") == "\"no\"\n");
  CHECK(dump_yaml("Off") == "\"Off\"\n");
  CHECK(dump_yaml("012") == "\"012\"\n");
  CHECK(dump_yaml("two words") == "\"two words\"\n");
  CHECK(dump_yaml("a\nb\t\"\\") == "\"a\\nb\\t\\\"\\\\\"\n");
  CHECK(dump_yaml("\x1b\x7f\xc2\x85\xe2\x80\xa8\xef\xbb\xbf") ==
        "\"\\x1b\\x7f\\x85\\u2028\\ufeff\"\n");
  CHECK(dump_yaml(1e16) == "1.0e+16\n");
  CHECK(dump_yaml(nullptr) == "null\n");
  CHECK(dump_yaml(Json::object()) == "{}\n");
  expect_error(Code::yaml_invalid, [] { dump_yaml("\xff"); });
}

TEST_CASE("The writer lays out blocks", "[yaml]") {
  const Json value = {{"kind", "Service"},
                      {"empty", Json::array()},
                      {"spec", {{"ports", Json::array({{{"port", 80}, {"name", "web"}}, 1})}}},
                      {"grid", Json::array({Json::array({1, 2}), Json::array({3})})}};
  CHECK(dump_yaml(value) ==
        "empty: []\n"
        "grid:\n"
        "  - - 1\n"
        "    - 2\n"
        "  - - 3\n"
        "kind: Service\n"
        "spec:\n"
        "  ports:\n"
        "    - name: web\n"
        "      port: 80\n"
        "    - 1\n");
}

TEST_CASE("Nasty strings come back as they were, as values and as keys", "[yaml]") {
  for (const std::string& text : {std::string("no"),         std::string("NO"),
                                  std::string("012"),        std::string("1e3"),
                                  std::string("0x10"),       std::string("~"),
                                  std::string(""),           std::string("null"),
                                  std::string("- a"),        std::string("a: b"),
                                  std::string("#x"),         std::string("x #y"),
                                  std::string("'"),          std::string("\""),
                                  std::string("\\"),         std::string("{a}"),
                                  std::string("[a]"),        std::string("*a"),
                                  std::string("&a"),         std::string("!a"),
                                  std::string("|"),          std::string(">"),
                                  std::string("%a"),         std::string("@a"),
                                  std::string("`"),          std::string("<<"),
                                  std::string("="),          std::string(" lead"),
                                  std::string("trail "),     std::string("a\nb\n"),
                                  std::string("\t"),         std::string("\r\n"),
                                  std::string("é数😀"),       std::string("---"),
                                  std::string("..."),        std::string("? a"),
                                  std::string(1, '\0'),      std::string("\x04"),
                                  std::string("\xc2\x85"),   std::string("\xe2\x80\xa9"),
                                  std::string("2026-01-31"), std::string("1.10"),
                                  std::string(".5"),         std::string("+1"),
                                  std::string(3000, 'k'),    std::string("12:30:45"),
                                  std::string("1_0")}) {
    INFO(text);
    const Json value = {{text, Json::array({text, Json::array({text}), {{text, text}}})}};
    CHECK(read(dump_yaml(value)) == value);
    CHECK(read(dump_yaml(text)) == text);
  }
}
