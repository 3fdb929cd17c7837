#include "modules/hardhat/ignition.h"

#include "engine/base/error.h"
#include "tests/catch.h"
#include "tests/modules/hardhat/recorded.h"

using namespace runbook;
using namespace runbook::hardhat;

TEST_CASE("Ignition's journal says what became of each future", "[hardhat_module]") {
  const Json state = ignition_state(recorded("journal.jsonl"), "journal.jsonl");
  CHECK(state.at("chain_id") == 31337);
  const Json& counter = state.at("futures").at("Mod#Counter");
  CHECK(counter.at("state") == "ok");
  CHECK(counter.at("address") == "0xDc64a140Aa3E981100a9becA4E685f962f0cF6C9");
  CHECK(counter.at("transactions").at(0).at("nonce") == 4);
  CHECK(counter.at("transactions").at(0).at("block") == 5);
  CHECK(state.at("futures").at("Mod#Counter.advance").at("state") == "ok");
}

TEST_CASE("A journal that was cut off has an open future, and its torn line is passed over",
          "[hardhat_module]") {
  const std::string whole = recorded("journal.jsonl");
  const std::size_t sent = whole.rfind("{\"futureId\":\"Mod#Plain\",\"hash\"");
  const Json state = ignition_state(whole.substr(0, sent + 40), "journal.jsonl");
  const Json& plain = state.at("futures").at("Mod#Plain");
  CHECK(plain.at("state") == "open");
  CHECK_THAT(plain.at("transactions").at(0).at("hash").get<std::string>(),
             Catch::Matchers::StartsWith("0x55ab41a4"));
  CHECK_FALSE(plain.at("transactions").at(0).contains("block"));
  CHECK_THROWS_AS(ignition_state("{\"futureId\"\n{}\n", "journal.jsonl"), Error);
}

TEST_CASE("A wiped future is gone, a failed one says why", "[hardhat_module]") {
  const std::string begun =
      R"({"type":"DEPLOYMENT_EXECUTION_STATE_INITIALIZE","futureId":"M#A","from":"0x1"})";
  const std::string failed = R"({"type":"DEPLOYMENT_EXECUTION_STATE_COMPLETE","futureId":"M#A",)"
                             R"("result":{"type":"REVERTED_TRANSACTION"}})";
  const Json future =
      ignition_state(begun + "\n" + failed + "\n", "journal").at("futures").at("M#A");
  CHECK(future.at("state") == "failed");
  CHECK(future.at("error") == "REVERTED_TRANSACTION");
  const std::string wiped = R"({"type":"WIPE_APPLY","futureId":"M#A"})";
  CHECK(ignition_state(begun + "\n" + wiped + "\n", "journal").at("futures").empty());
}
