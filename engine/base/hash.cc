// OpenSSL's low-level SHA-256: its EVP face reads a configuration file and loads providers on first
// use, 0.8 ms of every command.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "engine/base/hash.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "engine/base/error.h"

namespace runbook {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

Digest sha256_of(std::initializer_list<std::string_view> parts) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const std::string_view part : parts) {
    SHA256_Update(&context, part.data(), part.size());
  }
  Digest digest{};
  SHA256_Final(digest.data(), &context);
  return digest;
}

std::string bytes_of(const Digest& digest) {
  return {digest.begin(), digest.end()};
}

unsigned byte_at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
}

std::string encode_base64(std::string_view bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const unsigned group =
        byte_at(bytes, i) << 16U | byte_at(bytes, i + 1) << 8U | byte_at(bytes, i + 2);
    const std::size_t characters = std::min<std::size_t>(bytes.size() - i, 3) + 1;
    for (std::size_t k = 0; k < characters; ++k) {
      text += alphabet[group >> (18U - 6U * k) & 0x3FU];
    }
  }
  return text;
}

std::optional<unsigned> base64_value(char c) {
  if (c == '-' || c == '_') {
    return c == '-' ? 62U : 63U;
  }
  const auto position = kStandard.find(c);
  return position == std::string_view::npos ? std::nullopt
                                            : std::optional(static_cast<unsigned>(position));
}

/// Of a hex digit; -1 if it is none.
int digit_value(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

[[noreturn]] void refuse_encoding(std::string_view encoding, std::string_view reason) {
  throw Error(Code::encoding_invalid, fmt::format("the text is not {}: {}", encoding, reason))
      .with_effect(EffectDone::none);
}

}  // namespace

bool is_hex_digit(char c) {
  return digit_value(c) >= 0;
}

Digest sha256(std::string_view bytes) {
  return sha256_of({bytes});
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  constexpr std::size_t kBlock = 64;
  std::string inner = key.size() > kBlock ? bytes_of(sha256(key)) : std::string(key);
  inner.resize(kBlock, '\0');
  std::string outer = inner;
  std::ranges::for_each(inner, [](char& c) { c = static_cast<char>(c ^ 0x36); });
  std::ranges::for_each(outer, [](char& c) { c = static_cast<char>(c ^ 0x5c); });
  return sha256_of({outer, bytes_of(sha256_of({inner, bytes}))});
}

Digest chain_sha256(const Digest& previous, std::string_view bytes) {
  return sha256_of({bytes_of(previous), bytes});
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kHexDigits[byte >> 4U];
    text += kHexDigits[byte & 0x0FU];
  }
  return text;
}

std::string to_hex(const Digest& digest) {
  return to_hex(bytes_of(digest));
}

std::string from_hex(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
  }
  if (text.size() % 2 != 0) {
    refuse_encoding("hexadecimal", "it has an odd number of digits");
  }
  std::string bytes(text.size() / 2, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = digit_value(text[i]);
    if (value < 0) {
      refuse_encoding("hexadecimal", fmt::format("character {} is no digit", i + 1));
    }
    bytes[i / 2] = static_cast<char>(bytes[i / 2] * 16 + value);
  }
  return bytes;
}

std::string to_base64(std::string_view bytes) {
  std::string text = encode_base64(bytes, kStandard);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string to_base64url(std::string_view bytes) {
  return encode_base64(bytes, kUrl);
}

std::string from_base64(std::string_view text) {
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) {
      text.remove_suffix(1);
    }
  }
  if (text.size() % 4 == 1) {
    refuse_encoding("base64", "its length is impossible");
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  unsigned bits = 0;
  unsigned count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto value = base64_value(text[i]);
    if (!value) {
      refuse_encoding("base64", fmt::format("character {} is not of its alphabet", i + 1));
    }
    bits = (bits << 6U | *value) & 0xFFFU;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFFU);
    }
  }
  if ((bits & ((1U << count) - 1U)) != 0) {
    refuse_encoding("base64", "its last character holds bits of a missing byte");
  }
  return bytes;
}

std::int64_t short_hash(std::string_view bytes) {
  const Digest digest = sha256(bytes);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    value = value << 8U | digest[i];
  }
  return static_cast<std::int64_t>(value >> 1U);
}

}  // namespace runbook
