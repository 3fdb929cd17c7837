#include "modules/eth/rlp.h"

#include "engine/base/hash.h"
#include "tests/base/expect_error.h"
#include "tests/modules/eth/vectors.h"

using namespace runbook;

namespace {

RlpItem item_of(const Json& value) {
  if (value.is_string()) {
    return {.bytes = from_hex(value.get<std::string>())};
  }
  RlpItem list{.is_list = true};
  for (const Json& each : value) {
    list.items.push_back(item_of(each));
  }
  return list;
}

}  // namespace

TEST_CASE("RLP is what ethers makes of it, both ways", "[eth]") {
  for (const Json& each : read_cases("rlp_cases.jsonl")) {
    const RlpItem item = item_of(each.at("item"));
    const std::string data = from_hex(each.at("data").get<std::string>());
    INFO(each.dump());
    CHECK(to_hex(rlp_encode(item)) == to_hex(data));
    CHECK(rlp_decode(data) == item);
    expect_error(Code::encoding_invalid, [&] { rlp_decode(data + '\0'); });
    for (std::size_t cut = 0; cut < data.size(); ++cut) {
      CHECK_THROWS_AS(rlp_decode(data.substr(0, cut)), Error);
    }
  }
}

TEST_CASE("RLP of a number has no leading zeros", "[eth]") {
  CHECK(to_hex(rlp_integer(from_hex("0000"))) == "80");
  CHECK(to_hex(rlp_integer("")) == "80");
  CHECK(to_hex(rlp_integer(from_hex("007f"))) == "7f");
  CHECK(to_hex(rlp_integer(from_hex("000400"))) == "820400");
}

TEST_CASE("RLP that no encoder writes is refused, saying where", "[eth]") {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"", "at byte 0, it ends too early"},
      {"8100", "a single byte below 0x80 has a prefix"},
      {"817f", "a single byte below 0x80 has a prefix"},
      {"83ffff", "the length reaches past the end"},
      {"b801ff", "a length up to 55 stands in the long form"},
      {"b90001ff", "the length begins with a zero"},
      {"bfffffffffffffffff", "the length reaches past the end"},
      {"ffffffffffffffffff", "the length reaches past the end"},
      {"c28100", "at byte 1, a single byte"},
      {"c183", "at byte 1, the length reaches past the end"},
      {"c0c0", "at byte 1, bytes are left over"},
      {"f800", "the length begins with a zero"},
      {"f801c0", "a length up to 55 stands in the long form"}};
  for (const auto& [hex, reason] : refused) {
    const Error error =
        expect_error(Code::encoding_invalid, [text = hex] { rlp_decode(from_hex(text)); });
    CHECK_THAT(error.message, ContainsSubstring(reason));
  }
}

TEST_CASE("RLP that is too large or too deep is refused", "[eth]") {
  std::string nested = rlp_list("");
  for (int depth = 1; depth < kMostRlpDepth; ++depth) {
    nested = rlp_list(nested);
  }
  CHECK(rlp_decode(nested).is_list);
  const Error deep = expect_error(Code::encoding_invalid, [&] { rlp_decode(rlp_list(nested)); });
  CHECK_THAT(deep.message, ContainsSubstring("more than 32 deep"));
  const std::string large = rlp_string(std::string(kMostRlpBytes, 'x'));
  expect_error(Code::encoding_invalid, [&] { rlp_decode(large); });
}
