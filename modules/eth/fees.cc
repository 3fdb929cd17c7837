#include "modules/eth/fees.h"

#include <fmt/format.h>

#include <algorithm>

#include "modules/eth/chain_options.h"

namespace runbook {

namespace {

constexpr std::int64_t kEighths = 9;  ///< of a fee, in its replacement
constexpr std::int64_t kTenths = 11;  ///< what nodes take at least
constexpr unsigned kGweiDecimals = 9;

Bigint rounded_up(const Bigint& number, std::int64_t times, std::int64_t parts) {
  return (number * Bigint(times) + Bigint(parts - 1)) / Bigint(parts);
}

/// Of nothing an eighth more is nothing, and nodes want more.
Bigint bumped(const Bigint& fee) {
  return std::max(rounded_up(fee, kEighths, 8), fee + Bigint(1));
}

Bigint tip_of(const FeeData& market) {
  if (market.tip) {
    return *market.tip;
  }
  return std::max(market.gas_price - *market.base_fee, Bigint(0));
}

/// What a gas may cost: nothing if there is no limit.
std::optional<Bigint> most_per_gas(const Bigint& gas, const FeeLimits& limits) {
  std::optional<Bigint> most = limits.max_fee;
  if (limits.max_spend && gas > Bigint(0)) {
    const Bigint share = *limits.max_spend / gas;
    most = most ? std::min(*most, share) : share;
  }
  return most;
}

[[noreturn]] void throw_limit(const Bigint& needed, const Bigint& most, const Bigint& gas) {
  throw Error(Code::fee_limit,
              fmt::format("a gas costs {} gwei now, and fees allows {} gwei for each of {}",
                          needed.text_in(kGweiDecimals), most.text_in(kGweiDecimals), gas.text()))
      .with_effect(EffectDone::none);
}

}  // namespace

FeeLimits read_fee_limits(const Json& fees) {
  FeeLimits limits;
  if (!fees.is_object()) {
    return limits;
  }
  for (const auto& [name, value] : fees.items()) {
    std::optional<Bigint>* field = name == "max_fee"            ? &limits.max_fee
                                   : name == "max_spend"        ? &limits.max_spend
                                   : name == "max_priority_fee" ? &limits.max_priority_fee
                                   : name == "gas_price"        ? &limits.gas_price
                                                                : nullptr;
    if (field == nullptr) {
      refuse(Code::option_invalid,
             fmt::format("fees has {}; it has max_fee, max_spend, max_priority_fee and gas_price",
                         name));
    }
    *field = quantity_option(fees, name);
  }
  return limits;
}

bool is_within(const Fees& fees, const Bigint& gas, const FeeLimits& limits) {
  const std::optional<Bigint> most = most_per_gas(gas, limits);
  return !most || fees.most() <= *most;
}

Fees first_fees(const FeeData& market, const Bigint& gas, const FeeLimits& limits) {
  const std::optional<Bigint> most = most_per_gas(gas, limits);
  Fees fees;
  Bigint needed;
  if (limits.gas_price || !market.base_fee) {
    fees.gas_price = limits.gas_price ? *limits.gas_price : market.gas_price;
    needed = *fees.gas_price;
  } else {
    fees.max_priority_fee = limits.max_priority_fee ? *limits.max_priority_fee : tip_of(market);
    needed = *market.base_fee + fees.max_priority_fee;
    fees.max_fee = *market.base_fee * Bigint(2) + fees.max_priority_fee;
  }
  if (!most) {
    return fees;
  }
  if (needed > *most) {
    throw_limit(needed, *most, gas);
  }
  fees.max_fee = std::min(fees.max_fee, *most);
  return fees;
}

std::optional<Fees> bumped_fees(const Fees& old, const FeeData& market, const Bigint& gas,
                                const FeeLimits& limits) {
  const std::optional<Bigint> most = most_per_gas(gas, limits);
  const auto capped = [&](const Bigint& wanted) { return most ? std::min(wanted, *most) : wanted; };
  const auto is_enough = [](const Bigint& fee, const Bigint& before) {
    return fee >= rounded_up(before, kTenths, 10) && fee > before;
  };
  Fees fees;
  if (old.gas_price) {
    const Bigint asked = market.base_fee ? *market.base_fee * Bigint(2) : market.gas_price;
    fees.gas_price = capped(std::max(bumped(*old.gas_price), asked));
    return is_enough(*fees.gas_price, *old.gas_price) ? std::optional(fees) : std::nullopt;
  }
  const Bigint tip = std::max(bumped(old.max_priority_fee),
                              market.base_fee && market.tip ? *market.tip : Bigint(0));
  const Bigint base = market.base_fee ? *market.base_fee : Bigint(0);
  fees.max_fee = capped(std::max(bumped(old.max_fee), base * Bigint(2) + tip));
  fees.max_priority_fee = std::min(tip, fees.max_fee);
  const bool enough = is_enough(fees.max_fee, old.max_fee) &&
                      is_enough(fees.max_priority_fee, old.max_priority_fee);
  return enough ? std::optional(fees) : std::nullopt;
}

Bigint gas_of(const Bigint& estimate, const Bigint& block_gas_limit) {
  const Bigint more = rounded_up(estimate, 6, 5);
  return block_gas_limit > Bigint(0) ? std::max(estimate, std::min(more, block_gas_limit)) : more;
}

std::string fees_text(const Fees& fees) {
  return fmt::format("at most {} gwei", fees.most().text_in(kGweiDecimals));
}

Json fees_json(const Fees& fees) {
  if (fees.gas_price) {
    return {{"gas_price", fees.gas_price->text()}};
  }
  return {{"max_fee", fees.max_fee.text()}, {"max_priority_fee", fees.max_priority_fee.text()}};
}

Fees read_fees(const Json& json) {
  Fees fees;
  if (json.contains("gas_price")) {
    fees.gas_price = Bigint::parse(json.at("gas_price").get<std::string>());
    return fees;
  }
  fees.max_fee = Bigint::parse(json.at("max_fee").get<std::string>());
  fees.max_priority_fee = Bigint::parse(json.at("max_priority_fee").get<std::string>());
  return fees;
}

}  // namespace runbook
