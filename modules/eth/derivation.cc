// BIP-32: a key and a chain code, and their children by number.
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "engine/base/error.h"
#include "engine/base/shown_text.h"
#include "modules/eth/mnemonic.h"

namespace runbook {

namespace {

constexpr std::uint32_t kHardened = 1U << 31U;
constexpr std::size_t kMostLevels = 16;

[[noreturn]] void refuse_path(std::string_view path) {
  throw Error(
      Code::key_invalid,
      fmt::format("\"{}\" is no derivation path, such as m/44'/60'/0'/0/0", one_line(path, 80)))
      .with_effect(EffectDone::none);
}

/// 64 bytes: of a key or what is added to one, and of its chain code.
struct Halves {
  std::array<unsigned char, 64> bytes{};

  Halves(std::string_view key, std::string_view text) {
    unsigned size = 0;
    RB_CHECK(HMAC(EVP_sha512(), key.data(), static_cast<int>(key.size()),
                  reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(),
                  &size) != nullptr);
  }
  Halves(const Halves&) = delete;
  Halves& operator=(const Halves&) = delete;
  ~Halves() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

  std::string_view left() const { return {reinterpret_cast<const char*>(bytes.data()), 32}; }
  std::string_view right() const { return {reinterpret_cast<const char*>(&bytes[32]), 32}; }
};

std::string child_text(const PrivateKey& key, std::uint32_t number) {
  std::string text =
      number >= kHardened ? '\0' + std::string(key.bytes()) : key.compressed_public();
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    text += static_cast<char>((number >> shift) & 0xffU);
  }
  return text;
}

PrivateKey child(const PrivateKey& key, std::string_view chain,
                 const std::vector<std::uint32_t>& path, std::size_t level) {
  std::string text = child_text(key, path[level]);
  const Halves halves(chain, text);
  OPENSSL_cleanse(text.data(), text.size());
  PrivateKey next = key.plus(halves.left());
  return level + 1 == path.size() ? std::move(next) : child(next, halves.right(), path, level + 1);
}

std::uint32_t parse_number(std::string_view part, std::string_view path) {
  const bool hardened = part.ends_with('\'') || part.ends_with('h');
  const std::string_view digits = part.substr(0, part.size() - (hardened ? 1 : 0));
  if (digits.empty() || digits.size() > 10 ||
      digits.find_first_not_of("0123456789") != std::string_view::npos) {
    refuse_path(path);
  }
  const std::uint64_t number = std::stoull(std::string(digits));
  if (number >= kHardened) {
    refuse_path(path);
  }
  return static_cast<std::uint32_t>(number) | (hardened ? kHardened : 0U);
}

}  // namespace

std::vector<std::uint32_t> parse_derivation_path(std::string_view path) {
  std::string_view rest = path;
  if (!rest.starts_with('m')) {
    refuse_path(path);
  }
  rest.remove_prefix(1);
  std::vector<std::uint32_t> numbers;
  while (!rest.empty()) {
    if (rest[0] != '/' || numbers.size() == kMostLevels) {
      refuse_path(path);
    }
    rest.remove_prefix(1);
    const std::string_view part = rest.substr(0, rest.find('/'));
    numbers.push_back(parse_number(part, path));
    rest.remove_prefix(part.size());
  }
  return numbers;
}

PrivateKey derive_key(std::string_view seed, const std::vector<std::uint32_t>& path) {
  const Halves master("Bitcoin seed", seed);
  PrivateKey key(master.left());
  return path.empty() ? std::move(key) : child(key, master.right(), path, 0);
}

}  // namespace runbook
