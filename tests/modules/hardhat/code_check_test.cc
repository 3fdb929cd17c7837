#include "modules/hardhat/code_check.h"

#include "modules/hardhat/raw_transaction.h"
#include "tests/catch.h"
#include "tests/modules/hardhat/recorded.h"

using namespace runbook;
using namespace runbook::hardhat;

namespace {

const std::string kPlace = "__$0123456789abcdef0123456789abcdef01$__";
const std::string kAddress = "5fbdb2315678afecb367f032d93f642f64180aa3";
// A map of one entry, 51 bytes, and its length.
const std::string kMetadata = "a1" + std::string(100, '7') + "0033";
const std::string kOtherMetadata = "a1" + std::string(100, '8') + "0033";

}  // namespace

TEST_CASE("What the compiler leaves open does not make code another", "[hardhat_module]") {
  CHECK(is_same_code("0x6001" + kPlace + "00", "0x6001" + kAddress + "00", {}));
  CHECK(is_same_code("0x73" + std::string(40, '0') + "3014aa", "0x73" + kAddress + "3014aa", {}));
  CHECK(is_same_code("0x60017f00006002", "0x60017fbeef6002", {{3, 2}}));
  CHECK(is_same_code("0x6001" + kMetadata, "0x6001" + kOtherMetadata, {}));
  CHECK(is_same_code("0x60AB", "0x60ab", {}));
}

TEST_CASE("Other code is other code", "[hardhat_module]") {
  CHECK_FALSE(is_same_code("0x6001", "0x6002", {}));
  CHECK_FALSE(is_same_code("0x6001", "0x", {}));
  CHECK_FALSE(is_same_code("0x6001", "0x600100", {}));
  CHECK_FALSE(is_same_code("0x60017f00006002", "0x60017fbeef6003", {{3, 2}}));
  CHECK_FALSE(is_same_code("0x60017f00006002", "0x60017fbeef6002", {}));
  CHECK_FALSE(is_same_code("0x6001" + kMetadata, "0x6002" + kMetadata, {}));
  CHECK_FALSE(is_same_code("0x60", "0x61", {{5, 3}}));
}

TEST_CASE("Without a build-info immutables are where 32 zeros are pushed", "[hardhat_module]") {
  const std::vector<CodeSpan> spans = guessed_immutables("0x60017f" + std::string(64, '0') + "00");
  REQUIRE(spans.size() == 1);
  CHECK(spans.front().start == 3);
  CHECK(spans.front().length == 32);
}

TEST_CASE("The bytes of a noted transaction are found again, or none at all", "[hardhat_module]") {
  const Json pending = parse_json(recorded("pending.json"), "pending.json");
  const std::string hash = pending.items().begin().key();
  Json entry = pending.at(hash);
  const std::string raw = raw_transaction(entry, hash);
  CHECK_THAT(raw, Catch::Matchers::StartsWith("0x02f9"));
  Json given{{"rawTx", raw}};
  CHECK(raw_transaction(given, hash) == raw);
  entry["decoded"]["value"] = "1";
  CHECK(raw_transaction(entry, hash).empty());
  entry["decoded"]["value"] = "much";
  CHECK(raw_transaction(entry, hash).empty());
  CHECK(raw_transaction(Json::object(), hash).empty());
}

TEST_CASE("The address of a creation follows from account and nonce", "[hardhat_module]") {
  const std::string account = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
  CHECK(checksummed(created_address(account, 0)) == "0x5FbDB2315678afecb367f032d93F642f64180aa3");
  CHECK(checksummed(created_address(account, 1)) == "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512");
  CHECK(created_address(account, 128).size() == 42);
}
