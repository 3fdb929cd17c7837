#include "engine/base/bigint.h"

#include <fstream>
#include <map>

#include "engine/base/hash.h"
#include "tests/base/expect_error.h"

using namespace runbook;

namespace {

const std::string kLargest =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";
const std::string kLeast =
    "-57896044618658097711785492504343953926634992332820282019728792003956564819968";

std::string word_text(const Bigint& value) {
  const Bigint::Word word = value.word();
  return to_hex(std::string_view(reinterpret_cast<const char*>(word.data()), word.size()));
}

/// One line of bigint_vectors.txt: what an operation gives.
std::string computed(const Bigint& a, char operation, const Bigint& b) {
  switch (operation) {
    case '+':
      return (a + b).text();
    case '-':
      return (a - b).text();
    case '*':
      return (a * b).text();
    case '/':
      return (a / b).text();
    case '%':
      return (a % b).text();
    case '^':
      return a.power(b).text();
    case '<':
      return a < b ? "1" : "0";
    case '=':
      return a == b ? "1" : "0";
    case 'x':
      return a.hex();
    case 'w':
      return word_text(a);
    default:
      throw Error(Code::internal, std::string("no such operation: ") + operation);
  }
}

Error refused(const std::string& text) {
  return expect_error(Code::bigint_invalid, [&] { Bigint::parse(text); });
}

}  // namespace

// Python's integers are the reference: bigint_vectors.py writes the file.
TEST_CASE("Bigints compute as Python's integers within 256 bits, and refuse the rest", "[bigint]") {
  std::ifstream lines(TEST_FOLDER "/bigint_vectors.txt");
  std::map<char, int> seen;
  std::string a, operation, b, expected;
  while (lines >> a >> operation >> b >> expected) {
    CAPTURE(a, operation, b);
    ++seen[operation.front()];
    const Bigint left = Bigint::parse(a);
    const Bigint right = Bigint::parse(b);
    if (expected == "refused") {
      expect_error(Code::bigint_arithmetic, [&] { computed(left, operation.front(), right); });
    } else {
      REQUIRE(computed(left, operation.front(), right) == expected);
    }
    REQUIRE(left.text() == a);
    REQUIRE(Bigint::parse(left.hex()) == left);
    REQUIRE((left.is_negative() ? Bigint::of_signed : Bigint::of_unsigned)(left.word()) == left);
    REQUIRE(Bigint::parse(left.text_in(18), 18) == left);
  }
  CHECK(seen.size() == 10);
  for (const auto& [operation_seen, count] : seen) {
    CHECK(count == 150);
  }
}

TEST_CASE("The range of a bigint is that of uint256 and int256 together", "[bigint]") {
  CHECK(Bigint::parse(kLargest).hex() == "0x" + std::string(64, 'f'));
  CHECK(Bigint::parse(kLeast).word().front() == 0x80);
  for (const char* text : {"115792089237316195423570985008687907853269984665640564039457584"
                           "007913129639936",
                           "-5789604461865809771178549250434395392663499233282028201972879"
                           "2003956564819969",
                           "0x1000000000000000000000000000000000000000000000000000000000000"
                           "0000"}) {
    CAPTURE(text);
    expect_error(Code::bigint_arithmetic, [&] { Bigint::parse(text); });
  }
  expect_error(Code::bigint_arithmetic, [] { Bigint::parse(std::string(100'000, '9')); });
  for (unsigned decimals = 1; decimals < 78; ++decimals) {
    expect_error(Code::bigint_arithmetic, [&] { Bigint::parse(std::string(78, '9'), decimals); });
  }
  expect_error(Code::bigint_arithmetic, [] {  // 2^512 in all: nothing is left of it in 512 bits
    Bigint::parse("134078079299425970995740249982058461274793658205923933777235614437217640300736",
                  77);
  });
  CHECK(Bigint::parse(std::string(100'000, '0') + "7") == Bigint(7));
  CHECK_THAT(expect_error(Code::bigint_arithmetic, [] { Bigint(1) / Bigint(); }).message,
             ContainsSubstring("division by zero"));
  CHECK_THAT(expect_error(Code::bigint_arithmetic, [] { -Bigint::parse(kLargest); }).message,
             ContainsSubstring("below -2^255"));
}

TEST_CASE("A bigint is read from digits, hexadecimal, and amounts with a unit", "[bigint]") {
  CHECK(Bigint::parse("007") == Bigint(7));
  CHECK(Bigint::parse("-0") == Bigint());
  CHECK(Bigint::parse("0xDe0b6b3a7640000") == Bigint::parse("1 ether"));
  CHECK(Bigint::parse("-0x1f") == Bigint(-31));
  CHECK(Bigint::parse("0.05 ether").text() == "50000000000000000");
  CHECK(Bigint::parse("-1.5 gwei").text() == "-1500000000");
  CHECK(Bigint::parse("3 wei") == Bigint(3));
  CHECK(Bigint::parse("1.500", 1) == Bigint(15));
  CHECK(Bigint::parse("2.0") == Bigint(2));
}

TEST_CASE("Text that is no whole number is refused, and nothing is rounded", "[bigint]") {
  for (const char* text :
       {"", "-", "+1", " 1", "1 ", "1,000", "0x", "0xg", "0X1", "1.", ".5", "ten", "1.2.3", "--1",
        "1  ether", "1 eth", "0x1 ether", "1_000", "1 ether "}) {
    CAPTURE(text);
    refused(text);
  }
  CHECK_THAT(refused("1e18").message, ContainsSubstring("a unit as in \"1 ether\""));
  CHECK_THAT(refused("1.0000000005 gwei").message, ContainsSubstring("\"5\" would be lost"));
  CHECK_THAT(refused("0.5").message, ContainsSubstring("0 decimals"));
  CHECK_THAT(refused("1 szabo").message, ContainsSubstring("wei, gwei and ether"));
  expect_error(Code::bigint_invalid, [] { Bigint::parse("1", 78); });
}

TEST_CASE("A bigint is shown in a unit without zeros at the end", "[bigint]") {
  CHECK(Bigint::parse("50000000000000000").text_in(18) == "0.05");
  CHECK(Bigint(-1).text_in(9) == "-0.000000001");
  CHECK(Bigint(100).text_in(0) == "100");
  CHECK(Bigint::parse("2 ether").text_in(18) == "2");
  CHECK(Bigint().text_in(18) == "0");
}

TEST_CASE("A bigint becomes a number only while that is exact", "[bigint]") {
  CHECK(Bigint(std::int64_t{1} << 53).number() == 9007199254740992.0);
  CHECK(Bigint(-5).number() == -5.0);
  for (const char* text : {"9007199254740993", "-9007199254740993"}) {
    expect_error(Code::bigint_arithmetic, [&] { Bigint::parse(text).number(); });
  }
  CHECK(Bigint(INT64_MIN).text() == "-9223372036854775808");
}
