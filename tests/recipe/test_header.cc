#include "engine/recipe/header.h"
#include "tests/catch.h"

using namespace runbook;

namespace {

std::string refusal(const Json& header) {
  try {
    parse_header(header);
  } catch (const Error& error) {
    CHECK(error.code == Code::recipe_header_invalid);
    return error.message;
  }
  return "nothing was refused";
}

std::string parameter_refusal(const Json& declaration) {
  return refusal({{"params", {{"p", declaration}}}});
}

}  // namespace

TEST_CASE("A header says all that is written in it", "[recipe]") {
  const Header header =
      parse_header({{"name", "crib/01_deploy"},
                    {"version", "1.0.0"},
                    {"summary", "one line"},
                    {"description", "more\nlines"},
                    {"params",
                     {{"rpc", {{"type", "url"}, {"env", "RPC_URL"}, {"help", "endpoint"}}},
                      {"team", {{"type", "list"}, {"of", {{"type", "address"}}}}}}},
                    {"needs", {{"kubectl", ">=1.27, <2"}, {"git", "*"}}},
                    {"target", true},
                    {"lock", true},
                    {"allow", {{"run", {"kubectl"}}, {"net", Json::object()}}},
                    {"limits", {{"lua_time", "10s"}, {"memory", "512MB"}}}});
  CHECK(header.name == "crib/01_deploy");
  CHECK(header.version == "1.0.0");
  CHECK(header.summary == "one line");
  CHECK(header.description == "more\nlines");
  REQUIRE(header.parameters.size() == 2);
  CHECK(header.parameters[0].type == ParameterType::url);
  CHECK(header.parameters[0].env == "RPC_URL");
  CHECK(header.parameters[0].help == "endpoint");
  CHECK(header.parameters[1].of == ParameterType::address);
  REQUIRE(header.needs.size() == 2);
  CHECK(header.needs[1].tool == "kubectl");
  CHECK(header.needs[1].version == ">=1.27, <2");
  CHECK((header.has_target && header.has_lock));
  CHECK(header.allow.value().run == std::vector<std::string>{"kubectl"});
  CHECK(header.allow->net == std::vector<std::string>{});
  CHECK_FALSE(header.allow->write.has_value());
  CHECK(header.lua_time == std::chrono::seconds(10));
  CHECK(header.memory == std::size_t{512} << 20);
}

TEST_CASE("An empty header is fine, and a lock may be a name", "[recipe]") {
  const Header header = parse_header(Json::object());
  CHECK_FALSE((header.has_target || header.has_lock || header.allow || header.lua_time));
  CHECK(parse_header({{"lock", "deploy"}}).lock == "deploy");
}

TEST_CASE("Unknown fields of a header are refused with the nearest name", "[recipe]") {
  CHECK(refusal({{"parms", Json::object()}}) ==
        "recipe has no field \"parms\"; did you mean \"params\"?");
  CHECK_THAT(refusal({{"limits", {{"time", "1s"}}}}),
             ContainsSubstring("recipe.limits has no field \"time\""));
  CHECK_THAT(refusal({{"allow", {{"runs", {"x"}}}}}), ContainsSubstring("did you mean \"run\"?"));
  CHECK_THAT(parameter_refusal({{"type", "url"}, {"envs", "X"}}),
             ContainsSubstring("params.p has no field \"envs\"; did you mean \"env\"?"));
}

TEST_CASE("Fields of a wrong type are named", "[recipe]") {
  CHECK(refusal({{"name", 1}}) == "recipe.name must be a string, not number");
  CHECK_THAT(refusal({{"name", "a b"}}), ContainsSubstring("recipe.name must be made of letters"));
  CHECK_THAT(refusal({{"summary", "a\nb"}}), ContainsSubstring("one line"));
  CHECK_THAT(refusal({{"params", {1}}}), ContainsSubstring("recipe.params must be a table"));
  CHECK_THAT(refusal({{"needs", {{"git", 2}}}}),
             ContainsSubstring("recipe.needs.git must be a version"));
  CHECK_THAT(refusal({{"needs", {{"git", "new"}}}}),
             ContainsSubstring("recipe.needs.git must be a version"));
  CHECK_THAT(refusal({{"needs", {{"git", {{"unless", "x"}}}}}}),
             ContainsSubstring("recipe.needs.git must be a version"));
  CHECK_THAT(refusal({{"needs", {{"git", {{"version", "*"}, {"unless", "repository"}}}}}}),
             ContainsSubstring("recipe.needs.git.unless must be the name of a parameter"));
  CHECK_THAT(refusal({{"needs", {{"git", {{"version", "*"}, {"with", {{"url", "x"}}}}}}}}),
             ContainsSubstring("recipe.needs.git.with.url must be the name of a parameter"));
  CHECK_THAT(refusal({{"target", "x"}}), ContainsSubstring("recipe.target must be a function"));
  CHECK_THAT(refusal({{"lock", 3}}), ContainsSubstring("recipe.lock must be a function"));
  CHECK_THAT(refusal({{"lock", ""}}), ContainsSubstring("recipe.lock must not be empty"));
  CHECK_THAT(refusal({{"allow", {{"run", "kubectl"}}}}),
             ContainsSubstring("recipe.allow.run must be a list"));
  CHECK_THAT(refusal({{"limits", {{"lua_time", "10"}}}}),
             ContainsSubstring("recipe.limits.lua_time"));
  CHECK_THAT(refusal({{"limits", {{"lua_time", "0s"}}}}), ContainsSubstring("more than nothing"));
  CHECK_THAT(refusal({{"limits", {{"memory", "64"}}}}), ContainsSubstring("recipe.limits.memory"));
  CHECK_THAT(refusal({{"limits", {{"memory", "1MB"}}}}), ContainsSubstring("from 4MB on"));
}

TEST_CASE("A declaration that means nothing is refused", "[recipe]") {
  CHECK_THAT(parameter_refusal(Json{{"help", "x"}}), ContainsSubstring("param.string"));
  CHECK_THAT(parameter_refusal("text"), ContainsSubstring("params.p must be a table"));
  CHECK_THAT(parameter_refusal({{"type", "strng"}}), ContainsSubstring("did you mean \"string\"?"));
  CHECK_THAT(parameter_refusal({{"type", "enum"}}),
             ContainsSubstring("must list what may be chosen"));
  CHECK_THAT(parameter_refusal({{"type", "string"}, {"min", 1}}),
             ContainsSubstring("params.p.min means nothing"));
  CHECK_THAT(parameter_refusal({{"type", "secret"}, {"default", "x"}}),
             ContainsSubstring("params.p.default would write"));
  CHECK_THAT(parameter_refusal({{"type", "list"}, {"of", "secret"}}),
             ContainsSubstring("params.p.of cannot be secret"));
  CHECK_THAT(refusal({{"params", {{"a-b", {{"type", "string"}}}}}}),
             ContainsSubstring("\"a-b\" is no name"));
}

TEST_CASE("Sizes have a unit", "[recipe]") {
  CHECK(parse_size("1KB") == 1024);
  CHECK(parse_size("1.5MiB") == 1572864);
  CHECK(parse_size("2GB") == std::size_t{2} << 30);
  for (const char* bad : {"", "1", "MB", "1B", "1TB", "-1MB", "1 MB", "1e300GB", "nanMB"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_size(bad).has_value());
  }
}
