#include "engine/base/file.h"
#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/modules/primitive.h"

using namespace runbook;

namespace {

std::string render(const std::string& text, const Json& values, Json options = Json::object()) {
  const PrimitiveTest test;
  options["text"] = text;
  options["values"] = values;
  options["name"] = "x.yaml";
  return test.call(template_module(), "render", std::move(options));
}

std::string refusal(const std::string& text, const Json& values) {
  return expect_error(Code::template_invalid, [&] { render(text, values); }).message;
}

}  // namespace

TEST_CASE("Variables are filled in without escaping", "[template]") {
  CHECK(render("a: {{a}}, b: {{ b.c }}, d: {{{d}}}{{&d}}",
               {{"a", "<x>"}, {"b", {{"c", 1.5}}}, {"d", true}}) == "a: <x>, b: 1.5, d: truetrue");
  CHECK(render("plain text\n", {}) == "plain text\n");
  CHECK(render("", {}).empty());
}

TEST_CASE("HTML is escaped when asked for, but not where braces are three", "[template]") {
  CHECK(render("{{a}}|{{{a}}}", {{"a", "<&\"'>"}}, {{"html", true}}) ==
        "&lt;&amp;&quot;&#39;&gt;|<&\"'>");
}

TEST_CASE("A variable without a value is named with its place", "[template]") {
  CHECK(refusal("one\n  {{two}}\n", {{"one", 1}}) == "x.yaml:2:3: \"two\" has no value");
  CHECK_THAT(refusal("{{a.b}}", {{"a", {{"c", 1}}}}), ContainsSubstring("\"a.b\" has no value"));
  CHECK_THAT(refusal("{{a}}", {{"a", nullptr}}), ContainsSubstring("\"a\" has no value"));
  CHECK_THAT(refusal("{{a}}", {{"a", Json::array({1})}}), ContainsSubstring("is a table"));
  CHECK(render("[{{two}}]", Json::object(), {{"missing", "empty"}}) == "[]");
  const PrimitiveTest test;
  expect_error(Code::option_invalid, [&] {
    test.call(template_module(), "render", {{"text", ""}, {"missing", "x"}});
  });
}

TEST_CASE("Sections walk lists and tables, and pass over what is nothing", "[template]") {
  const Json values = {{"nodes", Json::array({{{"name", "a"}}, {{"name", "b"}}})},
                       {"names", Json::array({"x", "y"})},
                       {"none", Json::array()},
                       {"empty", Json::object()},
                       {"off", false},
                       {"zero", 0},
                       {"host", "h"}};
  CHECK(render("{{#nodes}}{{name}}@{{host}} {{/nodes}}", values) == "a@h b@h ");
  CHECK(render("{{#names}}{{.}},{{/names}}", values) == "x,y,");
  CHECK(
      render("{{#none}}x{{/none}}{{#empty}}x{{/empty}}{{#off}}x{{/off}}{{#gone}}x{{/gone}}", values)
          .empty());
  CHECK(render("{{^none}}a{{/none}}{{^gone}}b{{/gone}}{{^host}}c{{/host}}", values) == "ab");
  CHECK(render("{{#zero}}zero{{/zero}}{{#host}}{{.}}{{/host}}", values) == "zeroh");
}

TEST_CASE("Lines that hold only section tags or comments leave no blank line", "[template]") {
  CHECK(render("a:\n  {{#list}}\n  - {{.}}\n  {{/list}}\n{{! remark }}\nb: 1\n",
               {{"list", Json::array({1, 2})}}) == "a:\n  - 1\n  - 2\nb: 1\n");
  CHECK(render("{{#no}}\nx\n{{/no}}\nend\n", {{"no", false}}) == "end\n");
  CHECK(render("{{empty}}\nend\n", {{"empty", ""}}) == "\nend\n");
  CHECK(render("a {{#x}}b{{/x}} c\n", {{"x", true}}) == "a b c\n");
}

TEST_CASE("Delimiters can be changed and partials included", "[template]") {
  CHECK(render("{{=<% %>=}}{{a}} <%a%>", {{"a", 1}}) == "{{a}} 1");
  CHECK(render("[{{>p}}]", {{"a", 1}}, {{"partials", {{"p", "a={{a}}"}}}}) == "[a=1]");
  CHECK_THAT(refusal("{{>p}}", Json::object()), ContainsSubstring("no partial \"p\""));
  const PrimitiveTest test;
  const Error error = expect_error(Code::template_invalid, [&] {
    test.call(template_module(), "render", {{"text", "{{>p}}"}, {"partials", {{"p", "{{>p}}"}}}});
  });
  CHECK_THAT(error.message, ContainsSubstring("includes itself"));
}

TEST_CASE("A broken template is refused with its place", "[template]") {
  CHECK_THAT(refusal("a\n{{#x}}b", {}), ContainsSubstring("x.yaml:2:1: Unclosed section \"x\""));
  CHECK_THAT(refusal("{{#x}}{{/y}}", {}), ContainsSubstring("x.yaml:1:1"));
  CHECK_THAT(refusal("{{/x}}", {}), ContainsSubstring("Unopened section"));
  CHECK_THAT(refusal("a {{b", {}), ContainsSubstring("x.yaml:1:3: Unclosed tag"));
  CHECK_THAT(refusal("{{", {}), ContainsSubstring("Unclosed tag"));
  CHECK_THAT(refusal("{{=x}}", {}), ContainsSubstring("delimiter"));
}

TEST_CASE("template.render_file names the file", "[template]") {
  const PrimitiveTest test;
  write_file_atomically(test.path("web.yaml"), "replicas: {{n}}\n");
  CHECK(test.call(template_module(), "render_file",
                  {{"file", test.path("web.yaml")}, {"values", {{"n", 3}}}}) == "replicas: 3\n");
  const Error error = expect_error(Code::template_invalid, [&] {
    test.call(template_module(), "render_file", {{"file", test.path("web.yaml")}});
  });
  CHECK_THAT(error.message, ContainsSubstring(test.path("web.yaml") + ":1:11"));
  expect_error(Code::file_not_found, [&] {
    test.call(template_module(), "render_file", {{"file", test.path("absent")}});
  });
}
