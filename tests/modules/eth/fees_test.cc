#include "modules/eth/fees.h"

#include "tests/catch.h"

using namespace runbook;

namespace {

Bigint gwei(std::int64_t amount) {
  return Bigint(amount) * Bigint(1'000'000'000);
}

FeeData market_of(std::int64_t base, std::int64_t tip) {
  return {.base_fee = gwei(base), .tip = gwei(tip), .gas_price = Bigint()};
}

Fees fees_of(std::int64_t most, std::int64_t tip) {
  return {.gas_price = std::nullopt, .max_fee = gwei(most), .max_priority_fee = gwei(tip)};
}

const Bigint kGas(100'000);

}  // namespace

TEST_CASE("With a base fee twice that and the tip is offered at first", "[eth]") {
  CHECK(first_fees(market_of(10, 2), kGas, {}) == fees_of(22, 2));
}

TEST_CASE("Without a base fee the node's gas price is offered, which may be nothing", "[eth]") {
  const FeeData market{.base_fee = std::nullopt, .tip = std::nullopt, .gas_price = Bigint(0)};
  const Fees fees = first_fees(market, kGas, {});
  CHECK(fees.gas_price == Bigint(0));
  CHECK(fees_text(fees) == "at most 0 gwei");
}

TEST_CASE("A node that names no tip has its gas price taken for base fee and tip", "[eth]") {
  FeeData market{.base_fee = gwei(10), .tip = std::nullopt, .gas_price = gwei(13)};
  CHECK(first_fees(market, kGas, {}) == fees_of(23, 3));
  market.gas_price = gwei(9);
  CHECK(first_fees(market, kGas, {}) == fees_of(20, 0));
}

TEST_CASE("What is offered at first is less where a limit asks for it, while the base fee is paid",
          "[eth]") {
  CHECK(first_fees(market_of(10, 2), kGas, read_fee_limits({{"max_fee", "15 gwei"}})) ==
        fees_of(15, 2));
  CHECK(first_fees(market_of(10, 2), kGas, read_fee_limits({{"max_spend", "0.0014 ether"}})) ==
        fees_of(14, 2));
  CHECK(first_fees(market_of(10, 2), kGas, read_fee_limits({{"max_priority_fee", "1 gwei"}})) ==
        fees_of(21, 1));
  const Fees legacy =
      first_fees(market_of(10, 2), kGas, read_fee_limits({{"gas_price", "7 gwei"}}));
  CHECK(legacy.gas_price == gwei(7));
}

TEST_CASE("Below what a gas costs now nothing is offered, and both amounts are named", "[eth]") {
  try {
    first_fees(market_of(10, 2), kGas, read_fee_limits({{"max_fee", "11 gwei"}}));
    FAIL("it was offered");
  } catch (const Error& error) {
    CHECK(error.code == Code::fee_limit);
    CHECK(error.effect == EffectDone::none);
    CHECK_THAT(error.message, ContainsSubstring("12 gwei") && ContainsSubstring("11 gwei"));
  }
}

TEST_CASE("A replacement offers an eighth more, rounded up, or what the market asks", "[eth]") {
  const auto bumped = bumped_fees(fees_of(22, 2), market_of(10, 2), kGas, {});
  REQUIRE(bumped);
  CHECK(bumped->max_fee == Bigint(24'750'000'000));
  CHECK(bumped->max_priority_fee == Bigint(2'250'000'000));
  CHECK(bumped_fees(fees_of(22, 2), market_of(100, 2), kGas, {})->max_fee ==
        Bigint(202'250'000'000));
  const Fees odd{.gas_price = std::nullopt, .max_fee = Bigint(9), .max_priority_fee = Bigint(1)};
  const auto small =
      bumped_fees(odd, {.base_fee = Bigint(1), .tip = {}, .gas_price = {}}, kGas, {});
  CHECK(small->max_fee == Bigint(11));
  CHECK(small->max_priority_fee == Bigint(2));
}

TEST_CASE("A tip of nothing becomes one of something", "[eth]") {
  const auto bumped = bumped_fees(fees_of(22, 0), market_of(10, 0), kGas, {});
  REQUIRE(bumped);
  CHECK(bumped->max_priority_fee == Bigint(1));
}

TEST_CASE("A replacement goes as far as the limits, unless that is no tenth more", "[eth]") {
  const auto limits = read_fee_limits({{"max_fee", "24.5 gwei"}});
  const auto bumped = bumped_fees(fees_of(22, 2), market_of(10, 2), kGas, limits);
  REQUIRE(bumped);
  CHECK(bumped->max_fee == Bigint(24'500'000'000));
  CHECK(is_within(*bumped, kGas, limits));
  CHECK_FALSE(bumped_fees(fees_of(23, 2), market_of(10, 2), kGas, limits));
  CHECK_FALSE(bumped_fees(fees_of(22, 2), market_of(10, 2), kGas,
                          read_fee_limits({{"max_spend", "0.0023 ether"}})));
}

TEST_CASE("A legacy transaction is replaced by one of a higher gas price", "[eth]") {
  Fees old;
  old.gas_price = gwei(8);
  const FeeData market{.base_fee = std::nullopt, .tip = std::nullopt, .gas_price = gwei(5)};
  CHECK(bumped_fees(old, market, kGas, {})->gas_price == gwei(9));
  CHECK_FALSE(bumped_fees(old, market, kGas, read_fee_limits({{"max_fee", "8 gwei"}})));
}

TEST_CASE("Gas is a fifth more than the estimate, within what a block has", "[eth]") {
  CHECK(gas_of(Bigint(21'000), Bigint(30'000'000)) == Bigint(25'200));
  CHECK(gas_of(Bigint(29'000'000), Bigint(30'000'000)) == Bigint(30'000'000));
  CHECK(gas_of(Bigint(21'001), Bigint(0)) == Bigint(25'202));
}

TEST_CASE("A limit that there is not is refused by name", "[eth]") {
  CHECK_THROWS_WITH(read_fee_limits({{"max_gas", 1}}), ContainsSubstring("max_gas"));
}
