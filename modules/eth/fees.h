#pragma once
// What is offered for gas: at first, and when a transaction has to be replaced. Only arithmetic.

#include <optional>
#include <string>

#include "engine/base/bigint.h"
#include "engine/base/json.h"
#include "modules/eth/chain_client.h"

namespace runbook {

/// What one transaction offers for each gas.
struct Fees {
  std::optional<Bigint> gas_price;  ///< legacy: then the others are not used
  Bigint max_fee;
  Bigint max_priority_fee;

  const Bigint& most() const { return gas_price ? *gas_price : max_fee; }
  bool operator==(const Fees&) const = default;
};

/// The option `fees`.
struct FeeLimits {
  std::optional<Bigint> max_fee;    ///< most for each gas
  std::optional<Bigint> max_spend;  ///< most for all gas of a transaction
  std::optional<Bigint> max_priority_fee;
  std::optional<Bigint> gas_price;
};
/// Throws Error(Code::option_invalid) for another field, bigint_invalid for what is no number.
FeeLimits read_fee_limits(const Json& fees);

/// What all of `gas` may cost at these fees is within the limits.
bool is_within(const Fees& fees, const Bigint& gas, const FeeLimits& limits);
/// With a base fee twice that and the tip, else the gas price; less where the limits ask for it, as
/// long as the present base fee is still paid. Throws Error(Code::fee_limit), effect none.
Fees first_fees(const FeeData& market, const Bigint& gas, const FeeLimits& limits);
/// What replaces `old`: an eighth more, or what the market asks if that is more. Nothing where the
/// limits leave less than nodes take for a replacement (a tenth more).
std::optional<Fees> bumped_fees(const Fees& old, const FeeData& market, const Bigint& gas,
                                const FeeLimits& limits);
/// 1.2 times the estimate, but not more than a block has.
Bigint gas_of(const Bigint& estimate, const Bigint& block_gas_limit);

/// "at most 2 gwei".
std::string fees_text(const Fees& fees);
/// { gas_price } or { max_fee, max_priority_fee } with digits; and back.
Json fees_json(const Fees& fees);
Fees read_fees(const Json& json);

}  // namespace runbook
