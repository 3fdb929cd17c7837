#include "engine/recipe/parameters.h"
#include "tests/catch.h"
#include "tests/recipe/folder.h"

using namespace runbook;

namespace {

std::vector<Parameter> declare(const Json& params) {
  std::vector<Parameter> declared;
  for (const auto& [name, declaration] : params.items()) {
    declared.push_back(parse_parameter(name, declaration));
  }
  return declared;
}

CheckedParameters check(const Json& params, GivenParameters given) {
  return check_parameters(declare(params), given, "/project");
}

/// The value of the parameter `p` of `type` given as `-p p=text`.
Json value_of(Json declaration, const std::string& text) {
  return check({{"p", std::move(declaration)}}, {.arguments = {"p=" + text}}).values["p"];
}

Error error_of(const Json& params, const GivenParameters& given) {
  try {
    check(params, given);
  } catch (const Error& error) {
    return error;
  }
  return Error(Code::internal, "nothing was refused");
}

/// What is wrong with `-p p=text`.
std::string problem_of(Json declaration, const std::string& text) {
  const Error error = error_of({{"p", std::move(declaration)}}, {.arguments = {"p=" + text}});
  CHECK(error.code == Code::parameters_invalid);
  return error.message;
}

Json typed(const char* type) {
  return {{"type", type}};
}

}  // namespace

TEST_CASE("Texts become values of their types", "[recipe]") {
  CHECK(value_of(typed("string"), " as it is ") == " as it is ");
  CHECK(value_of(typed("integer"), "-12") == -12);
  CHECK(value_of(typed("number"), "1.5") == 1.5);
  CHECK(value_of(typed("bigint"), "0.5 ether") == Json{{"$bigint", "500000000000000000"}});
  CHECK(value_of(typed("boolean"), "true") == true);
  CHECK(value_of({{"type", "enum"}, {"values", {"dev", "prod"}}}, "prod") == "prod");
  CHECK(value_of(typed("path"), "keys/../a.json") == "/project/a.json");
  CHECK(value_of(typed("path"), "/etc/hosts") == "/etc/hosts");
  CHECK(value_of(typed("duration"), "1h30m") == "1h30m");
  CHECK(value_of(typed("json"), R"({"a":[1],"$b":2})") == Json{{"a", {1}}, {"$$b", 2}});
  CHECK(value_of(typed("secret"), "s3cret") == "s3cret");
}

TEST_CASE("Texts that do not fit their type are refused", "[recipe]") {
  CHECK_THAT(problem_of(typed("integer"), "12x"),
             ContainsSubstring("p must be a whole number, not \"12x\" (-p)"));
  CHECK_THAT(problem_of(typed("integer"), "1.5"), ContainsSubstring("whole number"));
  CHECK_THAT(problem_of(typed("integer"), "9007199254740993"), ContainsSubstring("2^53"));
  CHECK_THAT(problem_of(typed("number"), "nan"), ContainsSubstring("must be a number"));
  CHECK_THAT(
      problem_of(typed("bigint"), "1e18"),
      ContainsSubstring("p must be an amount such as 1000, 0x3e8 or \"0.5 ether\": \"1e18\""));
  CHECK_THAT(problem_of(typed("boolean"), "yes"), ContainsSubstring("true or false"));
  CHECK_THAT(problem_of(typed("duration"), "30"), ContainsSubstring("must be a duration"));
  CHECK_THAT(problem_of(typed("path"), ""), ContainsSubstring("not empty"));
  CHECK_THAT(problem_of(typed("json"), "{"), ContainsSubstring("not valid JSON"));
  CHECK_THAT(problem_of(typed("string"), "\xff"), ContainsSubstring("UTF-8"));
  CHECK_THAT(problem_of({{"type", "enum"}, {"values", {"dev", "prod"}}}, "prd"),
             ContainsSubstring("must be one of dev, prod, not \"prd\"; did you mean \"prod\"?"));
  CHECK_THAT(problem_of({{"type", "integer"}, {"min", 1}}, "0"), ContainsSubstring("at least 1"));
  CHECK_THAT(problem_of({{"type", "number"}, {"max", 2}}, "2.5"), ContainsSubstring("at most 2"));
}

TEST_CASE("A default that is a bigint is taken as one, and so are digits and whole numbers",
          "[recipe]") {
  const auto taken = [](const Json& fallback) {
    return check({{"p", {{"type", "bigint"}, {"default", fallback}}}}, {}).values["p"];
  };
  CHECK(taken({{"$bigint", "7"}}) == Json{{"$bigint", "7"}});
  CHECK(taken("2 gwei") == Json{{"$bigint", "2000000000"}});
  CHECK(taken(7) == Json{{"$bigint", "7"}});
  CHECK(value_of({{"type", "list"}, {"of", "bigint"}}, "1, 0x2") ==
        Json::array({{{"$bigint", "1"}}, {{"$bigint", "2"}}}));
  for (const Json& wrong : {Json(0.5), Json(true), Json::array(), Json{{"$bigint", 1}}}) {
    const Error error = error_of({{"p", {{"type", "bigint"}, {"default", wrong}}}}, {});
    CHECK_THAT(error.message, ContainsSubstring("p must be an amount in digits or a string, not"));
  }
}

// The four checksummed addresses are the examples of EIP-55 itself.
TEST_CASE("Addresses in mixed case must have the checksum of EIP-55", "[recipe]") {
  for (const char* good :
       {"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"}) {
    CHECK(value_of(typed("address"), good) == good);
  }
  CHECK_THAT(problem_of(typed("address"), "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"),
             ContainsSubstring("checksum"));
  for (const char* bad : {"", "0x", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5aaeb6053f3e",
                          "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg"}) {
    CHECK_THAT(problem_of(typed("address"), bad), ContainsSubstring("40 hexadecimal digits"));
  }
}

TEST_CASE("A list is a JSON array or items with commas, each checked", "[recipe]") {
  const Json of_integers = {{"type", "list"}, {"of", "integer"}};
  CHECK(value_of(of_integers, "1, 2,3") == Json::array({1, 2, 3}));
  CHECK(value_of(of_integers, "[1,2]") == Json::array({1, 2}));
  CHECK(value_of(of_integers, "") == Json::array());
  CHECK_THAT(problem_of(of_integers, "1,x"), ContainsSubstring("p item 2 must be a whole number"));
  CHECK_THAT(problem_of(of_integers, "[1,\"2\"]"),
             ContainsSubstring("item 2 must be a whole number"));
  CHECK(value_of({{"type", "list"}, {"of", {{"type", "enum"}, {"values", {"a", "b"}}}}}, "a,b") ==
        Json::array({"a", "b"}));
  CHECK(value_of(typed("list"), "x") == Json::array({"x"}));
}

TEST_CASE("All wrong parameters are reported together, and unknown ones with the nearest name",
          "[recipe]") {
  const Error error =
      error_of({{"rpc", typed("url")},
                {"count", typed("integer")},
                {"region", {{"type", "string"}, {"help", "where to"}, {"env", "REGION"}}}},
               {.arguments = {"rcp=http://x", "count=many"}});
  CHECK(error.code == Code::parameters_invalid);
  CHECK(error.detail.size() == 4);
  CHECK(error.detail[0]["name"] == "rcp");
  CHECK_THAT(error.message, ContainsSubstring("4 parameters are missing or wrong\n"));
  CHECK_THAT(
      error.message,
      ContainsSubstring("\n  rcp is no parameter of this recipe (-p); did you mean \"rpc\"?"));
  CHECK_THAT(error.message, ContainsSubstring("\n  count must be a whole number"));
  CHECK_THAT(error.message, ContainsSubstring("\n  rpc is missing: give it with -p rpc=…"));
  CHECK_THAT(
      error.message,
      ContainsSubstring("\n  region is missing (where to): give it with -p region=… or REGION=…"));
}

TEST_CASE("Later sources win: default, environment, files in order, -p", "[recipe]") {
  const Folder folder;
  const Json params = {{"p", {{"type", "string"}, {"default", "d"}, {"env", "P"}}}};
  const auto environment = [](const std::string& name) {
    return name == "P" ? std::optional<std::string>("e") : std::nullopt;
  };
  const auto first = folder.write("a.json", R"({"p":"f1"})");
  const auto second = folder.write("b.yaml", "p: f2\n");
  const auto check_source = [&](const GivenParameters& given, const char* value,
                                const std::string& source) {
    const CheckedParameters checked = check(params, given);
    CHECK(checked.values["p"] == value);
    CHECK(checked.sources.at("p") == source);
  };
  check_source({}, "d", "default");
  check_source({.environment = environment}, "e", "env P");
  check_source({.files = {first}, .environment = environment}, "f1", "file " + first.string());
  check_source({.files = {first, second}, .environment = environment}, "f2",
               "file " + second.string());
  check_source({.arguments = {"p=one", "p=two=2"}, .files = {first}, .environment = environment},
               "two=2", "-p");
}

TEST_CASE("Data files keep their types, lines are text and may use the variable's name",
          "[recipe]") {
  const Folder folder;
  const Json params = {{"count", {{"type", "integer"}, {"env", "COUNT"}}},
                       {"name", typed("string")}};
  const auto lines = folder.write("prod.env", "# comment\nexport COUNT=3\n\nname = 'a b' \r\n");
  CHECK(check(params, {.files = {lines}}).values == Json{{"count", 3}, {"name", "a b"}});
  const auto text = folder.write("wrong.json", R"({"count":"3","name":4})");
  const Error error = error_of(params, {.files = {text}});
  CHECK_THAT(error.message, ContainsSubstring("count must be a whole number, not string"));
  CHECK_THAT(error.message, ContainsSubstring("name must be a string, not number"));
  const auto extra = folder.write("extra.yaml", "count: 3\nname: x\nnmae: y\n");
  CHECK_THAT(error_of(params, {.files = {extra}}).message,
             ContainsSubstring("nmae is no parameter of this recipe (file " + extra.string() +
                               "); did you mean \"name\"?"));
  CHECK_THAT(error_of(params, {.files = {folder.path / "none.json"}}).message,
             ContainsSubstring("none.json"));
}

TEST_CASE("A parameter that is not required may be left out", "[recipe]") {
  CHECK(check({{"p", {{"type", "string"}, {"required", false}}}}, {}).values == Json::object());
}

TEST_CASE("A wrong default is reported as such", "[recipe]") {
  CHECK_THAT(error_of({{"p", {{"type", "integer"}, {"default", "x"}}}}, {}).message,
             ContainsSubstring("p must be a whole number, not string (default)"));
}

TEST_CASE("A secret is long enough to be masked and may come from its own file", "[recipe]") {
  const Folder folder;
  folder.write("key.txt", "from-the-file\n");
  const std::vector<Parameter> declared =
      declare({{"key", {{"type", "secret"}, {"file", "key.txt"}}}});
  const CheckedParameters checked = check_parameters(declared, {}, folder.path);
  CHECK(checked.values["key"] == "from-the-file");
  REQUIRE(checked.secrets.size() == 1);
  CHECK(checked.secrets[0].name == "key");
  CHECK(checked.secrets[0].value == "from-the-file");
  CHECK_THAT(problem_of(typed("secret"), "12345"), ContainsSubstring("at least 6 characters"));
}

TEST_CASE("No error repeats a secret", "[recipe]") {
  const Folder folder;
  const Json params = {{"key", typed("secret")}, {"rpc", typed("url")}};
  const auto broken = folder.write("broken.json", "{\"key\": \"hunter22\" hunter22}");
  const auto lines = folder.write("broken.env", "hunter22\n");
  for (const GivenParameters& given :
       {GivenParameters{.arguments = {"hunter22"}}, GivenParameters{.arguments = {"key=hunt2"}},
        GivenParameters{.arguments = {"rpc=hunter22 @x"}}, GivenParameters{.files = {broken}},
        GivenParameters{.files = {lines}},
        GivenParameters{.arguments = {"rpc=http://u:hunt2@host"}}}) {
    const Error error = error_of(params, given);
    CHECK(error.code == Code::parameters_invalid);
    CHECK(error.message.find("hunt") == std::string::npos);
    CHECK(error.detail.dump().find("hunt") == std::string::npos);
  }
  CHECK_THAT(error_of(params, {.files = {broken}}).message,
             ContainsSubstring("is not valid JSON at line 1"));
}

TEST_CASE("The secret parts of a URL are found", "[recipe]") {
  const auto secrets_of = [](const std::string& url) {
    Json found = Json::object();
    for (const SecretPart& part :
         check({{"rpc", typed("url")}}, {.arguments = {"rpc=" + url}}).secrets) {
      found[part.name] = part.value;
    }
    return found;
  };
  CHECK(secrets_of("http://127.0.0.1:8545") == Json::object());
  CHECK(secrets_of("https://user:p%40ssword@host:1/x") ==
        Json{{"rpc.password", "p%40ssword"}, {"rpc.password.decoded", "p@ssword"}});
  CHECK(secrets_of("https://api-token-1@host/") == Json{{"rpc.user", "api-token-1"}});
  CHECK(secrets_of("https://host/v3/0123456789abcdef0123/x#frag") ==
        Json{{"rpc.path.2", "0123456789abcdef0123"}});
  CHECK(secrets_of("https://host/p?key=abcdef&v=1&lonely-token") ==
        Json{{"rpc.query.key", "abcdef"}, {"rpc.query.3", "lonely-token"}});
  for (const char* bad :
       {"host", "http://", "http:///x", "http://a b", "1http://x", "http://:80", ""}) {
    CHECK_THAT(problem_of(typed("url"), bad), ContainsSubstring("must be a URL"));
  }
  CHECK(check({{"rpc", {{"type", "list"}, {"of", "url"}}}},
              {.arguments = {"rpc=http://host,http://token-1234@host"}})
            .secrets.at(0)
            .name == "rpc.2.user");
}
