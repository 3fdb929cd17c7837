#include "modules/eth/scrypt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "engine/base/error.h"

namespace runbook {

namespace {

constexpr std::size_t kSalsaWords = 16;
using Salsa = std::array<std::uint32_t, kSalsaWords>;
using Words = std::vector<std::uint32_t>;

std::uint32_t rotate(std::uint32_t word, unsigned bits) {
  return (word << bits) | (word >> (32U - bits));
}

void quarter(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d) {
  b ^= rotate(a + d, 7);
  c ^= rotate(b + a, 9);
  d ^= rotate(c + b, 13);
  a ^= rotate(d + c, 18);
}

/// Salsa20/8.
void salsa(Salsa& block) {
  Salsa x = block;
  for (int round = 0; round < 8; round += 2) {
    quarter(x[0], x[4], x[8], x[12]);
    quarter(x[5], x[9], x[13], x[1]);
    quarter(x[10], x[14], x[2], x[6]);
    quarter(x[15], x[3], x[7], x[11]);
    quarter(x[0], x[1], x[2], x[3]);
    quarter(x[5], x[6], x[7], x[4]);
    quarter(x[10], x[11], x[8], x[9]);
    quarter(x[15], x[12], x[13], x[14]);
  }
  for (std::size_t i = 0; i < kSalsaWords; ++i) {
    block[i] += x[i];
  }
}

/// scryptBlockMix; `mixed` is as long as `block`, and holds the result.
void mix_block(const Words& block, Words& mixed) {
  const std::size_t count = block.size() / kSalsaWords;
  Salsa running{};
  std::copy(block.end() - kSalsaWords, block.end(), running.begin());
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < kSalsaWords; ++k) {
      running[k] ^= block[i * kSalsaWords + k];
    }
    salsa(running);
    const std::size_t place = i / 2 + (i % 2) * (count / 2);
    std::copy(running.begin(), running.end(),
              mixed.begin() + static_cast<std::ptrdiff_t>(place * kSalsaWords));
  }
}

/// scryptROMix.
void mix(Words& block, Words& kept, std::size_t n) {
  const std::size_t size = block.size();
  Words mixed(size);
  for (std::size_t i = 0; i < n; ++i) {
    std::copy(block.begin(), block.end(), kept.begin() + static_cast<std::ptrdiff_t>(i * size));
    mix_block(block, mixed);
    block.swap(mixed);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t drawn = block[size - kSalsaWords] & (n - 1);
    for (std::size_t k = 0; k < size; ++k) {
      block[k] ^= kept[drawn * size + k];
    }
    mix_block(block, mixed);
    block.swap(mixed);
  }
}

Words words_of(std::string_view bytes) {
  Words words(bytes.size() / 4);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    words[i / 4] |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]))
                    << (8 * (i % 4));
  }
  return words;
}

void append_bytes(std::string& bytes, const Words& words) {
  for (const std::uint32_t word : words) {
    for (const unsigned shift : {0U, 8U, 16U, 24U}) {
      bytes += static_cast<char>((word >> shift) & 0xffU);
    }
  }
}

}  // namespace

std::string pbkdf2(std::string_view password, std::string_view salt, std::size_t rounds,
                   std::size_t size) {
  std::string derived(size, '\0');
  RB_CHECK(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                             reinterpret_cast<const unsigned char*>(salt.data()),
                             static_cast<int>(salt.size()), static_cast<int>(rounds), EVP_sha256(),
                             static_cast<int>(size),
                             reinterpret_cast<unsigned char*>(derived.data())) == 1);
  return derived;
}

std::string scrypt(std::string_view password, std::string_view salt, const ScryptCost& cost,
                   std::size_t size) {
  const std::size_t block_bytes = 128 * cost.r;
  const std::string blocks = pbkdf2(password, salt, 1, cost.p * block_bytes);
  Words kept(cost.n * block_bytes / 4);
  std::string mixed;
  for (std::size_t i = 0; i < cost.p; ++i) {
    Words block = words_of(std::string_view(blocks).substr(i * block_bytes, block_bytes));
    mix(block, kept, cost.n);
    append_bytes(mixed, block);
  }
  OPENSSL_cleanse(kept.data(), kept.size() * 4);
  return pbkdf2(password, mixed, 1, size);
}

}  // namespace runbook
