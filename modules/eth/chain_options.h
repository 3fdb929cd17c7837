#pragma once
// The options that all primitives share which talk to a chain. A handle (eth.chain in eth.lua) is a
// table of them.

#include <optional>

#include "engine/base/bigint.h"
#include "engine/lua/module.h"

namespace runbook {

/// url, headers, request_timeout, patience, chain, chain_id.
std::vector<Option> chain_options();
/// Those, and who sends, how deep, at what fee: key | keystore + password | account, sender,
/// confirmations, timeout, gas, fees, in_flight.
std::vector<Option> sending_options();
/// `first` and then `more`.
std::vector<Option> joined(std::vector<Option> first, std::vector<Option> more);
/// What every primitive here can be refused with.
std::vector<Code> chain_errors(std::vector<Code> more);
/// … and what those can be that send.
std::vector<Code> sending_errors(std::vector<Code> more);

/// A whole number, or nothing where the option is absent; not negative. Throws
/// Error(Code::bigint_invalid) or option_invalid naming the option.
std::optional<Bigint> quantity_option(const Json& options, std::string_view name);
/// The same up to 2^63 - 1.
std::optional<std::uint64_t> count_option(const Json& options, std::string_view name);
/// The 20 bytes of an address, empty if absent. Throws Error(Code::address_invalid).
std::string address_option(const Json& options, std::string_view name);
/// Stored form of a bigint.
Json stored(const Bigint& number);

}  // namespace runbook
