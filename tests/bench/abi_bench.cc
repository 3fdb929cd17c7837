// Calls encoded and decoded, from and to what a recipe has, against nothing but hex coding: the
// bytes are hex to a recipe and to a node, so nobody can do without.
#include <array>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "modules/eth/abi_decode.h"
#include "modules/eth/abi_encode.h"
#include "modules/eth/abi_entry.h"
#include "tests/bench/measure.h"

namespace runbook::bench {

namespace {

constexpr int kAbiRounds = 11;
constexpr int kPayments = 2'000;
constexpr std::string_view kDigits = "0123456789abcdef";
constexpr double kMegabyte = 1e6;
constexpr const char* kHeldBy =
    "a Keccak hash for the checksum of each address, a fifth of it; amounts in decimal digits, and "
    "the JSON that holds all values";

/// What an airdrop is called with.
struct Work {
  AbiType type = parse_type("((address to, uint256 amount, bool final, bytes note)[] payments)");
  Json values;
  std::string bytes, hex;

  Work() {
    Json payments = Json::array();
    for (int i = 0; i < kPayments; ++i) {
      payments.push_back({"0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
                          "1000000000000000000" + std::to_string(i), i % 2 == 0,
                          "0x" + std::string(200, '7')});
    }
    values = Json::array({std::move(payments)});
    bytes = abi_encode(type, values, "bench");
    hex = to_hex(bytes);
  }
  double megabytes() const { return static_cast<double>(bytes.size()) / kMegabyte; }
};

const Work& work() {
  static const Work made;
  return made;
}

double encoded() {
  return work().megabytes() / seconds_of([] {
           RB_CHECK(abi_encode(work().type, work().values, "bench") == work().bytes);
         });
}

double decoded() {
  return work().megabytes() / seconds_of([] {
           RB_CHECK(abi_decode(work().type, work().bytes, "bench")[0].size() == kPayments);
         });
}

double from_hex_alone() {
  static const std::array<std::uint8_t, 256> digits = [] {
    std::array<std::uint8_t, 256> made{};
    for (std::uint8_t i = 0; i < 16; ++i) {
      made[static_cast<unsigned char>(kDigits[i])] = i;
    }
    return made;
  }();
  return work().megabytes() / seconds_of([] {
           const std::string& hex = work().hex;
           std::string bytes(hex.size() / 2, '\0');
           for (std::size_t i = 0; i < bytes.size(); ++i) {
             bytes[i] = static_cast<char>(digits[static_cast<unsigned char>(hex[2 * i])] << 4U |
                                          digits[static_cast<unsigned char>(hex[2 * i + 1])]);
           }
           RB_CHECK(bytes == work().bytes);
         });
}

double to_hex_alone() {
  return work().megabytes() / seconds_of([] {
           const std::string& bytes = work().bytes;
           std::string hex(2 * bytes.size(), '\0');
           for (std::size_t i = 0; i < bytes.size(); ++i) {
             const auto byte = static_cast<unsigned char>(bytes[i]);
             hex[2 * i] = kDigits[byte >> 4U];
             hex[2 * i + 1] = kDigits[byte & 15U];
           }
           RB_CHECK(hex == work().hex);
         });
}

}  // namespace

std::vector<Figure> bench_abi() {
  return {measure({.name = "ABI encoded",
                   .unit = "MB/s",
                   .judged = Figure::Judged::ratio,
                   .floor = 0.08,
                   .goal = 0.12,
                   .limit_is = "the same bytes from hex",
                   .held_by = kHeldBy},
                  kAbiRounds, encoded, from_hex_alone),
          measure({.name = "ABI decoded",
                   .unit = "MB/s",
                   .judged = Figure::Judged::ratio,
                   .floor = 0.06,
                   .goal = 0.09,
                   .limit_is = "the same bytes to hex",
                   .held_by = kHeldBy},
                  kAbiRounds, decoded, to_hex_alone)};
}

}  // namespace runbook::bench
