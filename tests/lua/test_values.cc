#include "tests/catch.h"
#include "tests/lua/driver.h"

using namespace runbook;
using namespace runbook::lua;

namespace {

/// A value through Lua and back, in its stored form.
Json round_trip(const Json& value, Form form = Form::stored) {
  const State state;
  push(state.main(), value, form);
  return to_json(state.main(), -1, "result", form);
}

Json round_trip_text(const std::string& text, Form form = Form::stored) {
  const State state;
  push_text(state.main(), text, form);
  return to_json(state.main(), -1, "result", form);
}

std::string refusal(const std::string& expression) {
  const Error error = error_of("return " + expression);
  CHECK(error.code == Code::value_not_data);
  return error.message;
}

}  // namespace

TEST_CASE("Data comes back from Lua as it went in", "[lua]") {
  const Json value = {{"text", "käse"},
                      {"whole", 12},
                      {"part", 1.5},
                      {"yes", true},
                      {"nothing", nullptr},
                      {"list", {1, "two", {{"three", 3}}}},
                      {"empty list", Json::array()},
                      {"empty object", Json::object()},
                      {"$price", 1}};
  Json stored = value;
  stored.erase("$price");
  stored["$$price"] = 1;
  CHECK(round_trip(stored) == stored);
  CHECK(round_trip_text(stored.dump()) == stored);
  CHECK(round_trip(value, Form::plain) == value);
  for (const Json& scalar : {Json(nullptr), Json("x"), Json(-3), Json(false), Json::array()}) {
    CHECK(round_trip(scalar) == scalar);
    CHECK(round_trip_text(scalar.dump()) == scalar);
  }
}

TEST_CASE("An empty table is an object, an empty list from JSON stays a list", "[lua]") {
  CHECK(value_of("return {}") == Json::object());
  CHECK(round_trip(Json::array()).is_array());
  CHECK(value_of("return { 1, 2 }") == Json::array({1, 2}));
}

TEST_CASE("nil and null are null", "[lua]") {
  CHECK(value_of("return nil") == nullptr);
  const State state;
  push(state.main(), Json{{"a", nullptr}});
  lua_getfield(state.main(), -1, "a");
  CHECK(is_null(state.main(), -1));
  CHECK(lua_toboolean(state.main(), -1) == 1);
}

TEST_CASE("Whole numbers are stored as integers, others as floats", "[lua]") {
  CHECK(value_of("return 4 / 2").dump() == "2");
  CHECK(value_of("return 2^53").dump() == "9007199254740992");
  CHECK(value_of("return 1e16").dump() == "1e+16");
  CHECK(value_of("return 0.1").dump() == "0.1");
  CHECK(round_trip_text("1e16").dump() == "1e+16");
}

TEST_CASE("Integers beyond 2^53 arrive as their digits", "[lua]") {
  CHECK(round_trip_text("9007199254740992") == 9007199254740992);
  CHECK(round_trip_text("9007199254740993") == "9007199254740993");
  CHECK(round_trip_text("-9223372036854775808") == "-9223372036854775808");
  CHECK(round_trip_text("18446744073709551615") == "18446744073709551615");
  CHECK(round_trip_text("340282366920938463463374607431768211456") ==
        "340282366920938463463374607431768211456");
  CHECK(round_trip(Json(std::uint64_t{9007199254740993})) == "9007199254740993");
}

TEST_CASE("What is no data is refused with the path of the field", "[lua]") {
  CHECK(refusal("{ nodes = { {}, {}, { name = print } } }") ==
        "result.nodes[3].name is a function");
  CHECK(refusal("{ ['a b'] = { coroutine.create(print) } }") ==
        "result[\"a b\"][1] is a coroutine");
  CHECK(refusal("print") == "result is a function");
  CHECK(refusal("{ x = 0/0 }") == "result.x is not a number (NaN)");
  CHECK(refusal("{ x = 1/0 }") == "result.x is infinite");
  CHECK_THAT(refusal("{ x = '\\255' }"), ContainsSubstring("result.x is not valid UTF-8"));
  CHECK_THAT(refusal("{ ['\\255'] = 1 }"), ContainsSubstring("result has a key that is not valid"));
  CHECK_THAT(refusal("{ x = { 1, nil, 3 } }"), ContainsSubstring("result.x has holes"));
  CHECK_THAT(refusal("{ x = { [2] = 'b' } }"), ContainsSubstring("result.x has"));
  CHECK_THAT(refusal("{ x = { 1, 2, name = 'c' } }"), ContainsSubstring("result.x mixes"));
  CHECK_THAT(refusal("{ [true] = 1 }"), ContainsSubstring("has a boolean as a key"));
}

TEST_CASE("Cycles and deep nesting are refused, a table used twice is not", "[lua]") {
  CHECK(refusal("(function() local t = { a = {} } t.a.b = t return t end)()") ==
        "result.a.b contains itself");
  CHECK_THAT(refusal("(function() local t = {} for _ = 1, 70 do t = { t } end return t end)()"),
             ContainsSubstring("nested more than 64"));
  CHECK(value_of("local x = { 1 } return { a = x, b = x }") == Json{{"a", {1}}, {"b", {1}}});
}

TEST_CASE("Keys of the recipe that begin with $ are stored with another", "[lua]") {
  CHECK(value_of("return { ['$ref'] = 1, ['$$x'] = 2, ['$bigint'] = '3' }") ==
        Json{{"$$ref", 1}, {"$$$x", 2}, {"$$bigint", "3"}});
  const State state;
  push(state.main(), Json{{"$$ref", 1}});
  lua_getfield(state.main(), -1, "$ref");
  CHECK(lua_tointeger(state.main(), -1) == 1);
  CHECK(escape_keys(Json{{"$a", Json::array({Json{{"$b", 1}}})}}) ==
        Json{{"$$a", Json::array({Json{{"$$b", 1}}})}});
}

TEST_CASE("A stored secret comes back as its placeholder", "[lua]") {
  const State state(
      {}, {.secret = [](std::string_view name) { return "rbsecret-" + std::string(name); }});
  push_text(state.main(), R"({"token":{"$secret":"key"}})");
  CHECK(to_json(state.main(), -1, "result") == Json{{"token", "rbsecret-key"}});
}

TEST_CASE("Text that is not JSON leaves nothing on the stack", "[lua]") {
  const State state;
  for (const char* text : {"", "{", "[1,", "{\"a\":}", "{\"$bigint\":3}", "nul"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(push_text(state.main(), text), Error);
    CHECK(lua_gettop(state.main()) == 0);
  }
}

TEST_CASE("A read-only view reads, walks and converts, but refuses assignment", "[lua]") {
  Driver driver;
  push(driver.state.main(), Json{{"rpc", "url"}, {"team", {"a", "b"}}});
  push_read_only(driver.state.main(), -1, "parameters");
  driver.state.set_global("p");
  CHECK(driver.run("return p").value == Json{{"rpc", "url"}, {"team", {"a", "b"}}});
  CHECK(
      driver.run("local s = '' for k in pairs(p) do s = s .. k end return s .. next(p) .. #p.team")
          .value == "rpcteamrpc2");
  CHECK_THAT(driver.run("p.rpc = 1").message(),
             ContainsSubstring("recipes/test.lua:1: parameters.rpc cannot be assigned"));
}

TEST_CASE("Every conversion leaves the stack as it was, but for its result", "[lua]") {
  const State state;
  lua_State* L = state.main();
  push(L, Json{{"a", {1, {{"b", nullptr}}}}});
  CHECK(lua_gettop(L) == 1);
  to_json(L, 1, "x");
  CHECK(lua_gettop(L) == 1);
  lua_pushcfunction(L, await_value);
  lua_setfield(L, 1, "f");
  CHECK_THROWS_AS(to_json(L, 1, "x"), Error);
  CHECK(lua_gettop(L) == 1);
}
