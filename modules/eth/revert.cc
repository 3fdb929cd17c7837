#include "modules/eth/revert.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/hash.h"
#include "modules/eth/abi_revert.h"

namespace runbook {

namespace {

constexpr int kReverted = 3;             ///< geth, anvil, reth, Erigon
constexpr int kExecutionError = -32015;  ///< Nethermind and those that followed OpenEthereum

bool says_revert(const Json& error) {
  const Json message = error.value("message", Json());
  if (!message.is_string()) {
    return false;
  }
  std::string text = message.get<std::string>();
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
  });
  return text.find("revert") != std::string::npos;
}

/// "0x08c3…", "Reverted 0x08c3…" of Nethermind, { data = "0x08c3…" } of Hardhat.
std::string data_of(const Json& data) {
  if (data.is_object()) {
    return data_of(data.value("data", Json()));
  }
  if (!data.is_string()) {
    return {};
  }
  const auto& text = data.get_ref<const std::string&>();
  const std::size_t begin = text.find("0x");
  if (begin == std::string::npos ||
      !std::all_of(text.begin() + static_cast<std::ptrdiff_t>(begin) + 2, text.end(),
                   is_hex_digit) ||
      (text.size() - begin) % 2 != 0) {
    return {};
  }
  return from_hex(text.substr(begin));
}

/// Bytes that are not what their selector promises are a reason too.
Json reason_of(const Abi& abi, std::string_view data) {
  try {
    return decode_revert(abi, data);
  } catch (const Error& error) {
    return {{"message", fmt::format("0x{} ({})", to_hex(data), error.message)}};
  }
}

}  // namespace

std::optional<std::string> revert_data(const Json& error) {
  if (!error.is_object()) {
    return std::nullopt;
  }
  const Json code = error.value("code", Json());
  if (code != kReverted && code != kExecutionError && !says_revert(error)) {
    return std::nullopt;
  }
  return data_of(error.value("data", Json()));
}

Error revert_error(std::string_view subject, const Abi& abi, std::string_view data) {
  const Json reason = reason_of(abi, data);
  const auto& message = reason.at("message").get_ref<const std::string&>();
  Json detail = {{"data", "0x" + to_hex(data)}, {"reason", message}};
  for (const char* key : {"name", "signature"}) {
    if (reason.contains(key)) {
      detail[key] = reason.at(key);
    }
  }
  Error error(Code::transaction_reverted, fmt::format("{} reverted: {}", subject, message));
  error.detail = std::move(detail);
  return error.with_effect(EffectDone::none);
}

}  // namespace runbook
