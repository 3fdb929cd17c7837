#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/modules/primitive.h"

using namespace runbook;

TEST_CASE("yaml.decode reads one document, decode_all several", "[yaml]") {
  const PrimitiveTest test;
  CHECK(test.call(yaml_module(), "decode", {{"text", "on: no\n"}}) == Json{{"on", "no"}});
  const std::string two = "a: 1\n---\nb: 2\n";
  CHECK(test.call(yaml_module(), "decode_all", {{"text", two}}) ==
        Json::array({{{"a", 1}}, {{"b", 2}}}));
  const Error error = expect_error(Code::yaml_invalid, [&] {
    test.call(yaml_module(), "decode", {{"text", two}, {"name", "app.yaml"}});
  });
  CHECK_THAT(error.message, ContainsSubstring("app.yaml: 2 documents"));
  CHECK_THAT(error.hint, ContainsSubstring("decode_all"));
}

TEST_CASE("yaml.encode_all writes what decode_all reads", "[yaml]") {
  const PrimitiveTest test;
  const Json documents = Json::array({{{"a", "no"}}, Json::array({1}), "text"});
  const Json text = test.call(yaml_module(), "encode_all", {{"values", documents}});
  CHECK(text == "---\na: \"no\"\n---\n- 1\n---\ntext\n");
  CHECK(test.call(yaml_module(), "decode_all", {{"text", text}}) == documents);
  CHECK(test.call(yaml_module(), "encode", {{"value", documents[0]}}) == "a: \"no\"\n");
}
