#include "engine/lua/bigint.h"
#include "tests/catch.h"
#include "tests/lua/driver.h"

using namespace runbook;
using namespace runbook::lua;

namespace {

std::string shown(const std::string& expression) {
  return value_of("return tostring(" + expression + ")").get<std::string>();
}

bool holds(const std::string& expression) {
  return value_of("return " + expression).get<bool>();
}

std::string bigint_refusal(const std::string& expression, Code code = Code::bigint_invalid) {
  const Error error = error_of("return " + expression);
  CHECK(code_text(error.code) == code_text(code));
  CHECK(error.effect == EffectDone::none);
  return error.message;
}

}  // namespace

TEST_CASE("Bigints compute with bigints, whole numbers and strings of digits", "[lua][bigint]") {
  CHECK(shown("bigint('115792089237316195423570985008687907853269984665640564039457584007913"
              "129639934') + 1") ==
        "115792089237316195423570985008687907853269984665640564039457584007913129639935");
  CHECK(shown("2^53 * bigint(2)^53") == "81129638414606681695789005144064");
  CHECK(shown("'1 ether' - bigint '1 gwei'") == "999999999000000000");
  CHECK(shown("bigint(7) / 2") == "3");
  CHECK(shown("bigint(-7) / 2") == "-3");
  CHECK(shown("bigint(-7) % 2") == "-1");
  CHECK(shown("-bigint('0xff')") == "-255");
  CHECK(shown("bigint(bigint(5))") == "5");
}

TEST_CASE("A bigint is compared exactly with numbers and strings too", "[lua][bigint]") {
  for (const char* expression :
       {"bigint(1) == 1", "1 == bigint(1)", "bigint(1) == '1'", "bigint(1) ~= 2", "bigint(1) < 2",
        "2 > bigint(1)", "bigint '1 ether' >= '0.9 ether'", "bigint(2)^200 > 2^53",
        "bigint(3) <= bigint(3)", "bigint(0) ~= nil", "bigint(0) ~= false", "bigint(0) ~= {}",
        "not (bigint(1) == 2)", "nil ~= bigint(0)", "math.max(1, bigint(2):to_number()) == 2"}) {
    CAPTURE(expression);
    CHECK(holds(expression));
  }
  CHECK(value_of("local t = { bigint(3), bigint(1), bigint(2) } table.sort(t) return t") ==
        Json::array({{{"$bigint", "1"}}, {{"$bigint", "2"}}, {{"$bigint", "3"}}}));
}

TEST_CASE("What a bigint cannot be computed with is an error, never a double", "[lua][bigint]") {
  CHECK(bigint_refusal("bigint(0.05)") == "0.05 is no whole number");
  CHECK_THAT(bigint_refusal("bigint(1e18)"), ContainsSubstring("beyond 2^53"));
  CHECK_THAT(bigint_refusal("bigint(1) == 0.5"), ContainsSubstring("0.5 is no whole number"));
  CHECK_THAT(bigint_refusal("bigint(1) < 1/0"), ContainsSubstring("beyond 2^53"));
  CHECK_THAT(bigint_refusal("bigint(1) + 0/0"), ContainsSubstring("no whole number"));
  CHECK_THAT(bigint_refusal("bigint(1) == 'one'"), ContainsSubstring("\"one\" is no whole number"));
  CHECK(bigint_refusal("bigint(1) + nil") == "a bigint cannot be computed or compared with nil");
  CHECK(bigint_refusal("bigint(1) < {}") == "a bigint cannot be computed or compared with a table");
  CHECK(bigint_refusal("bigint(1) + 1LL") ==
        "a bigint cannot be computed or compared with a C value");
  CHECK(bigint_refusal("bigint(1) == 1LL") ==
        "a bigint cannot be computed or compared with a C value");
  CHECK(bigint_refusal("bigint()") == "a bigint cannot be computed or compared with nil");
  CHECK(bigint_refusal("'a' .. bigint(1) .. {}") == "a bigint cannot be joined with a table");
  CHECK_THAT(bigint_refusal("bigint(1, 'eth')"), ContainsSubstring("wei, gwei and ether"));
  CHECK_THAT(bigint_refusal("bigint(1, 1.5)"), ContainsSubstring("decimals from 0 to 77"));
}

TEST_CASE("A result beyond 256 bits is an error that names the operation", "[lua][bigint]") {
  const auto beyond = [](const std::string& expression) {
    return bigint_refusal(expression, Code::bigint_arithmetic);
  };
  CHECK(beyond("bigint(2)^256") ==
        "2 ^ 256: the result is above 2^256 - 1, the largest of uint256");
  CHECK(beyond("bigint(1) % 0") == "1 % 0: division by zero");
  CHECK(beyond("bigint(1) ^ -1") == "1 ^ -1: a negative exponent has no whole result");
  CHECK_THAT(beyond("(bigint(2)^53 + 1):to_number()"), ContainsSubstring("beyond 2^53"));
}

TEST_CASE("A bigint is shown in decimal, in hexadecimal and in units", "[lua][bigint]") {
  CHECK(value_of("return 'a ' .. bigint(1) .. bigint(2) .. 3") == "a 123");
  CHECK(value_of("return ('%s wei'):format(bigint(5))") == "5 wei");
  CHECK(value_of("return bigint(255):to_hex()") == "0xff");
  CHECK(value_of("return bigint(255):to_number() + 0.5") == 255.5);
  CHECK(value_of("return bigint('0.05', 'ether'):format('ether')") == "0.05");
  CHECK(value_of("return bigint('1.5', 6):format(6) .. bigint(2, 'gwei'):format()") ==
        "1.52000000000");
}

TEST_CASE("A bigint has no fields, and nothing in it can be written", "[lua][bigint]") {
  for (const char* statement :
       {"bigint(1).x = 2", "bigint(1)[0] = 2", "return bigint(1)[0]", "return #bigint(1)",
        "return bigint(1)()", "bigint(1).to_hex = 2"}) {
    CAPTURE(statement);
    CHECK(error_of(statement).code == Code::lua_error);
  }
  CHECK(value_of("return getmetatable(bigint(1))") == nullptr);
  CHECK_THAT(error_of("setmetatable(bigint(1), {})").message, ContainsSubstring("table expected"));
  CHECK_THAT(error_of("return bit.band(bigint(1), 1)").message, ContainsSubstring("bigint"));
  CHECK(error_of("return bigint(1).to_hex(1LL)").code == Code::bigint_invalid);
}

TEST_CASE("A bigint comes back from the record as it was", "[lua][bigint]") {
  const Json stored = {{"$bigint", "123456789012345678901234567890"}};
  CHECK(value_of("return bigint '123456789012345678901234567890'") == stored);
  Driver driver;
  lua_State* L = driver.state.main();
  push(L, Json{{"a", stored}, {"list", {stored, 1}}});
  CHECK(to_json(L, -1, "x") == Json{{"a", stored}, {"list", {stored, 1}}});
  CHECK(to_json(L, -1, "x", Form::plain)["a"] == "123456789012345678901234567890");
  driver.state.set_global("kept");
  CHECK(driver.run("return kept.a == kept.list[1] and kept.a + 1 > kept.a").value == true);
  for (const char* wrong : {"", "-", "01", "-0", "1e3", "0x1", "1 ether"}) {
    CAPTURE(wrong);
    const int top = lua_gettop(L);
    CHECK_THROWS_AS(push(L, Json{{"x", {{"$bigint", wrong}}}}), Error);
    CHECK(lua_gettop(L) == top);
  }
}

TEST_CASE("A table walks by its keys, and a bigint is none", "[lua][bigint]") {
  CHECK(value_of("local s = '' for k, v in pairs({ b = bigint(2), a = bigint(1) }) do"
                 " s = s .. k .. v end return s") == "a1b2");
  CHECK_THAT(error_of("for _ in pairs({ [bigint(1)] = 1, [bigint(2)] = 2 }) do end").message,
             ContainsSubstring("a bigint as a key"));
}

TEST_CASE("Bigints count towards the memory limit, and garbage of them is collected",
          "[lua][bigint]") {
  Limits limits;
  limits.memory = std::size_t{4} << 20;
  Driver driver(limits);
  CHECK(driver.run("local t = {} for i = 1, 1e6 do t[i] = bigint(i) end").error->code ==
        Code::out_of_memory);
  CHECK(
      driver.run("local s = bigint(0) for i = 1, 1e5 do s = s + i end return tostring(s)").value ==
      "5000050000");
}
