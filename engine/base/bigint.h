#pragma once
// Amounts on chain: whole numbers of 256 bits, computed exactly or refused, never a double.

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace runbook {

/// From -2^255 to 2^256 - 1, which is all of Solidity's int256 and uint256; what does not fit is
/// Error(Code::bigint_arithmetic). Plain bytes, so that Lua can hold it.
class Bigint {
 public:
  using Word = std::array<std::uint8_t, 32>;  ///< as the EVM has it: highest byte first

  constexpr Bigint() = default;
  Bigint(std::int64_t value);

  /// "-12", "0x1f", "0.5 ether", "2 gwei", "1 wei"; else Error(Code::bigint_invalid).
  static Bigint parse(std::string_view text);
  /// "1.5" with 6 decimals is 1500000; digits that would be lost are refused.
  static Bigint parse(std::string_view text, unsigned decimals);
  static Bigint of_unsigned(const Word& word);
  static Bigint of_signed(const Word& word);  ///< two's complement

  std::string text() const;                      ///< decimal
  std::string hex() const;                       ///< "0x0", "-0x1f"
  std::string text_in(unsigned decimals) const;  ///< "0.5"; no zeros at the end
  Word word() const;                             ///< two's complement if negative
  bool is_negative() const { return negative_; }
  /// Error(Code::bigint_arithmetic) beyond 2^53, where a double is no longer exact.
  double number() const;

  Bigint operator-() const;
  friend Bigint operator+(const Bigint& a, const Bigint& b);
  friend Bigint operator-(const Bigint& a, const Bigint& b);
  friend Bigint operator*(const Bigint& a, const Bigint& b);
  /// Towards zero, as Solidity's; the remainder has the sign of `a`.
  friend Bigint operator/(const Bigint& a, const Bigint& b);
  friend Bigint operator%(const Bigint& a, const Bigint& b);
  Bigint power(const Bigint& exponent) const;

  bool operator==(const Bigint&) const = default;
  std::strong_ordering operator<=>(const Bigint& other) const;

 private:
  struct Exact;

  std::array<std::uint64_t, 4> limbs_{};  ///< magnitude, lowest first
  std::uint64_t negative_ = 0;            ///< 0 or 1; 0 for zero
};

/// The decimals of "wei", "gwei" and "ether" (0, 9, 18); else Error(Code::bigint_invalid).
unsigned unit_decimals(std::string_view unit);

}  // namespace runbook
