#include "modules/eth/send_answer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace runbook {

namespace {

/// Lower case. The first that the message contains decides. geth, anvil (reth), Hardhat (EDR),
/// Nethermind, Besu, Erigon.
constexpr std::array<std::pair<std::string_view, SendAnswer>, 27> kPhrases = {
    {{"already known", SendAnswer::known},
     {"already imported", SendAnswer::known},
     {"already exists", SendAnswer::known},
     {"already in the pool", SendAnswer::known},
     {"alreadyknown", SendAnswer::known},
     {"known transaction", SendAnswer::known},
     {"replacement transaction underpriced", SendAnswer::known},
     {"replacement_underpriced", SendAnswer::known},
     {"replacement fee too low", SendAnswer::known},
     {"gas price too low to replace", SendAnswer::known},
     {"too low to replace", SendAnswer::known},
     {"nonce too low", SendAnswer::too_low},
     {"nonce is too low", SendAnswer::too_low},
     {"nonce_too_low", SendAnswer::too_low},
     {"oldnonce", SendAnswer::too_low},
     {"nonce too high", SendAnswer::too_high},
     {"nonce is too high", SendAnswer::too_high},
     {"nonce gap", SendAnswer::too_high},
     {"less than block base fee", SendAnswer::underpriced},
     {"max fee per gas less than", SendAnswer::underpriced},
     {"too low for the next block", SendAnswer::underpriced},
     {"transaction underpriced", SendAnswer::underpriced},
     {"feetoolow", SendAnswer::underpriced},
     {"gas price below", SendAnswer::underpriced},
     {"txpool is full", SendAnswer::full},
     {"pool is full", SendAnswer::full},
     {"limit reached", SendAnswer::full}}};

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

SendAnswer classify_send(const Json& error) {
  if (error.is_null()) {
    return SendAnswer::accepted;
  }
  const Json message = error.is_object() ? error.value("message", Json()) : Json();
  const std::string text =
      lower_case(message.is_string() ? message.get<std::string>() : std::string());
  const auto* const found = std::ranges::find_if(
      kPhrases, [&](const auto& phrase) { return text.find(phrase.first) != std::string::npos; });
  return found == kPhrases.end() ? SendAnswer::refused : found->second;
}

}  // namespace runbook
