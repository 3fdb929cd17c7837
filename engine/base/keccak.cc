// Keccak-256 as Ethereum uses it: rate 136, capacity 512, the original padding byte 0x01 (SHA-3
// later chose 0x06).
#include <array>
#include <bit>
#include <cstring>

#include "engine/base/hash.h"

namespace runbook {

namespace {

static_assert(std::endian::native == std::endian::little, "lanes are absorbed as they lie");

constexpr std::size_t kRate = 136;
using State = std::array<std::uint64_t, 25>;

constexpr std::array<std::uint64_t, 24> kRoundConstants = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
constexpr std::array<int, 24> kRotations = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                            27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
constexpr std::array<std::size_t, 24> kLanes = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                                15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};

void permute(State& a) {
  for (const std::uint64_t constant : kRoundConstants) {
    std::array<std::uint64_t, 5> c{};
    for (std::size_t x = 0; x < 5; ++x) {
      c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    }
    for (std::size_t x = 0; x < 5; ++x) {
      const std::uint64_t d = c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
      for (std::size_t y = 0; y < 25; y += 5) {
        a[x + y] ^= d;
      }
    }
    std::uint64_t carried = a[1];
    for (std::size_t i = 0; i < 24; ++i) {
      const std::uint64_t next = a[kLanes[i]];
      a[kLanes[i]] = std::rotl(carried, kRotations[i]);
      carried = next;
    }
    for (std::size_t y = 0; y < 25; y += 5) {
      for (std::size_t x = 0; x < 5; ++x) {
        c[x] = a[x + y];
      }
      for (std::size_t x = 0; x < 5; ++x) {
        a[x + y] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
      }
    }
    a[0] ^= constant;
  }
}

void absorb(State& state, const char* block) {
  std::array<std::uint64_t, kRate / 8> lanes{};
  std::memcpy(lanes.data(), block, kRate);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    state[i] ^= lanes[i];
  }
  permute(state);
}

}  // namespace

Digest keccak256(std::string_view bytes) {
  State state{};
  while (bytes.size() >= kRate) {
    absorb(state, bytes.data());
    bytes.remove_prefix(kRate);
  }
  std::array<char, kRate> last{};
  bytes.copy(last.data(), bytes.size());
  last[bytes.size()] = '\x01';
  last[kRate - 1] = static_cast<char>(last[kRate - 1] | '\x80');
  absorb(state, last.data());
  Digest digest{};
  std::memcpy(digest.data(), state.data(), digest.size());
  return digest;
}

}  // namespace runbook
