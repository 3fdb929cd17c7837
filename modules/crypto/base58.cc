// Base58 of Bitcoin and libp2p: bytes as a number in 58 digits, a leading zero byte as a leading 1.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/hash.h"
#include "modules/crypto/functions.h"

namespace runbook {

namespace {

constexpr std::string_view kBase58Digits =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The work grows with the square of the length.
constexpr std::size_t kMostBase58 = 4096;

/// Digits of one base in another, highest first, without leading zeros.
std::string in_base(std::string_view digits, unsigned from, unsigned to) {
  std::string result;  // lowest first
  for (const char digit : digits) {
    unsigned carry = static_cast<unsigned char>(digit);
    for (char& place : result) {
      carry += static_cast<unsigned char>(place) * from;
      place = static_cast<char>(carry % to);
      carry /= to;
    }
    for (; carry > 0; carry /= to) {
      result.push_back(static_cast<char>(carry % to));
    }
  }
  std::ranges::reverse(result);
  return result;
}

std::string_view sized(std::string_view input) {
  if (input.size() > kMostBase58) {
    refuse(Code::option_invalid,
           fmt::format("base58 is for keys and ids: {} bytes are more than {}", input.size(),
                       kMostBase58));
  }
  return input;
}

Json base58_encode(Call& call) {
  const std::string data = from_hex(call.text("hex"));
  const std::size_t zeros = std::min(sized(data).find_first_not_of('\0'), data.size());
  std::string text = in_base(data, 256, 58);
  std::ranges::transform(text, text.begin(), [](char digit) {
    return kBase58Digits[static_cast<unsigned char>(digit)];
  });
  return std::string(zeros, kBase58Digits.front()) + text;
}

Json base58_decode(Call& call) {
  const std::string text = call.text("text");
  const std::size_t zeros =
      std::min(sized(text).find_first_not_of(kBase58Digits.front()), text.size());
  std::string digits;
  for (const char c : text) {
    const std::size_t digit = kBase58Digits.find(c);
    if (digit == std::string_view::npos) {
      refuse(Code::encoding_invalid, "base58 is letters and digits, without 0, O, I and l");
    }
    digits.push_back(static_cast<char>(digit));
  }
  return to_hex(std::string(zeros, '\0') + in_base(digits, 58, 256));
}

}  // namespace

std::vector<Function> base58_functions() {
  return {{.name = "base58_encode",
           .summary = "Bytes as base58, as peer ids and Bitcoin addresses are written.",
           .options = {{.name = "hex",
                        .type = Type::string,
                        .required = Required::yes,
                        .help = "the bytes as hex, up to 4096 of them: what is in base58 is "
                                "seldom text",
                        .positional = true}},
           .returns = "base58 text, without a checksum; a secret if hex holds one",
           .errors = {Code::encoding_invalid, Code::option_invalid},
           .example = "local crypto = require \"crypto\"\n"
                      "log(crypto.base58_encode(\"002408011220\"))",
           .reveals = true,
           .compute = base58_encode},
          {.name = "base58_decode",
           .summary = "The bytes of base58 text, as hex.",
           .options = {{.name = "text",
                        .type = Type::string,
                        .required = Required::yes,
                        .help = "base58 text; a checksum in it is not looked at",
                        .positional = true}},
           .returns = "hex digits without 0x; a secret if text holds one",
           .errors = {Code::encoding_invalid, Code::option_invalid},
           .example = "local crypto = require \"crypto\"\n"
                      "log(crypto.base58_decode(\"StV1DL6CwTryKyV\"))",
           .reveals = true,
           .compute = base58_decode}};
}

}  // namespace runbook
