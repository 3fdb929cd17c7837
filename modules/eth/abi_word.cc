#include "modules/eth/abi_word.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/shown_text.h"
#include "modules/eth/address.h"
#include "modules/eth/quantity.h"

namespace runbook {

namespace {

/// Beyond these a number in a recipe, a double, might be asked for and not be exact; by type and
/// not by value, so that a result is always of one kind.
constexpr std::size_t kMostNumberBits = 48;

Bigint most_of(const AbiType& type) {
  AbiWord word{};
  const std::size_t bytes = type.size / 8;
  std::fill(word.end() - static_cast<std::ptrdiff_t>(bytes), word.end(), std::uint8_t{0xff});
  if (type.kind == AbiKind::signed_integer) {
    word[kWordBytes - bytes] = 0x7f;
  }
  return Bigint::of_unsigned(word);
}

void check_range(const AbiType& type, const Bigint& number) {
  const Bigint most = most_of(type);
  const Bigint least = type.kind == AbiKind::signed_integer ? -most - Bigint(1) : Bigint();
  if (number < least) {
    refuse(Code::abi_value_invalid, fmt::format("{} is below {}", number.text(), least.text()));
  }
  if (number > most) {
    refuse(Code::abi_value_invalid, fmt::format("{} is above {}", number.text(), most.text()));
  }
}

AbiWord right_aligned(std::string_view bytes) {
  AbiWord word{};
  std::copy(bytes.begin(), bytes.end(), word.end() - static_cast<std::ptrdiff_t>(bytes.size()));
  return word;
}

AbiWord left_aligned(std::string_view bytes) {
  AbiWord word{};
  std::copy(bytes.begin(), bytes.end(), word.begin());
  return word;
}

/// The bytes from `start`, `count` of them; all others of the word must be zero.
std::string bytes_at(const AbiWord& word, std::size_t start, std::size_t count) {
  for (std::size_t i = 0; i < kWordBytes; ++i) {
    if (word[i] != 0 && (i < start || i >= start + count)) {
      refuse(Code::abi_value_invalid,
             fmt::format("0x{} has bits set beside its {} bytes", to_hex(word), count));
    }
  }
  const auto* first = word.begin() + start;
  return {first, first + count};
}

Json integer_value(const AbiType& type, const AbiWord& word) {
  const Bigint number =
      type.kind == AbiKind::signed_integer ? Bigint::of_signed(word) : Bigint::of_unsigned(word);
  check_range(type, number);
  return type.size <= kMostNumberBits ? Json(static_cast<std::int64_t>(number.number()))
                                      : Json{{"$bigint", number.text()}};
}

}  // namespace

std::string shown_value(const Json& value) {
  constexpr std::size_t kMostShown = 80;
  return one_line(value.dump(-1, ' ', false, Json::error_handler_t::replace), kMostShown);
}

std::string hex_value(const Json& value) {
  if (!value.is_string() || !value.get_ref<const std::string&>().starts_with("0x")) {
    refuse(Code::abi_value_invalid,
           fmt::format("{} is no hex text, which begins with 0x", shown_value(value)));
  }
  return from_hex(value.get_ref<const std::string&>());
}

AbiWord word_of(const AbiType& type, const Json& value) {
  switch (type.kind) {
    case AbiKind::unsigned_integer:
    case AbiKind::signed_integer: {
      const Bigint number = parse_quantity(value);
      check_range(type, number);
      return number.word();
    }
    case AbiKind::address:
      if (!value.is_string()) {
        refuse(Code::abi_value_invalid, fmt::format("{} is not an address", shown_value(value)));
      }
      return right_aligned(parse_address(value.get_ref<const std::string&>()));
    case AbiKind::boolean:
      if (!value.is_boolean()) {
        refuse(Code::abi_value_invalid,
               fmt::format("{} is neither true nor false", shown_value(value)));
      }
      return Bigint(value.get<bool>() ? 1 : 0).word();
    default:
      break;
  }
  const std::string bytes = hex_value(value);
  if (bytes.size() != type.size) {
    refuse(Code::abi_value_invalid,
           fmt::format("it has {} bytes, not {}", bytes.size(), type.size));
  }
  return left_aligned(bytes);
}

Json value_of(const AbiType& type, const AbiWord& word) {
  switch (type.kind) {
    case AbiKind::unsigned_integer:
    case AbiKind::signed_integer:
      return integer_value(type, word);
    case AbiKind::address:
      return checksum_address(bytes_at(word, kWordBytes - kAddressBytes, kAddressBytes));
    case AbiKind::boolean: {
      const std::string byte = bytes_at(word, kWordBytes - 1, 1);
      if (byte[0] != 0 && byte[0] != 1) {
        refuse(Code::abi_value_invalid,
               fmt::format("{} is neither 0 nor 1", static_cast<unsigned char>(byte[0])));
      }
      return byte[0] == 1;
    }
    default:
      return "0x" + to_hex(bytes_at(word, 0, type.size));
  }
}

}  // namespace runbook
