#include "modules/eth/address.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "modules/eth/rlp.h"

namespace runbook {

namespace {

constexpr std::size_t kDigits = 2 * kAddressBytes;

/// An address is the end of a hash.
std::string last_bytes(const Digest& digest) {
  return {digest.end() - kAddressBytes, digest.end()};
}

std::string big_endian(std::uint64_t number) {
  std::string bytes(sizeof(number), '\0');
  for (std::size_t i = sizeof(number); i-- > 0; number >>= 8U) {
    bytes[i] = static_cast<char>(number & 0xFFU);
  }
  return bytes;
}

}  // namespace

std::string checksum_address(std::string_view bytes) {
  RB_CHECK(bytes.size() == kAddressBytes);
  std::string text = to_hex(bytes);
  const std::string hash = to_hex(keccak256(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= 'a' && hash[i] >= '8') {
      text[i] = static_cast<char>(text[i] - 'a' + 'A');
    }
  }
  return "0x" + text;
}

std::string parse_address(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with("0x") ? 2 : 0);
  if (digits.size() == text.size() || digits.size() != kDigits ||
      digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
    refuse(Code::address_invalid,
           fmt::format("\"{}\" is not an address, which is 0x and {} hex digits",
                       one_line(text, 2 * kDigits), kDigits));
  }
  std::string bytes = from_hex(digits);
  const bool mixed = digits.find_first_of("abcdef") != std::string_view::npos &&
                     digits.find_first_of("ABCDEF") != std::string_view::npos;
  if (mixed && checksum_address(bytes).substr(2) != digits) {
    refuse(Code::address_invalid,
           fmt::format("{} is mistyped: its mixed case is not the checksum of its digits", text));
  }
  return bytes;
}

std::string create_address(std::string_view from, std::uint64_t nonce) {
  return last_bytes(keccak256(rlp_list(rlp_string(from) + rlp_integer(big_endian(nonce)))));
}

std::string create2_address(std::string_view from, std::string_view salt,
                            const Digest& init_code_hash) {
  std::string hashed = "\xff";
  hashed.append(from).append(salt).append(init_code_hash.begin(), init_code_hash.end());
  return last_bytes(keccak256(hashed));
}

}  // namespace runbook
