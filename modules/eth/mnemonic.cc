#include "modules/eth/mnemonic.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <span>

#include <utf8proc.h>

#include "engine/base/embedded.h"
#include "engine/base/error.h"

namespace runbook {

std::span<const EmbeddedFile> bip39_files();  // generated: bip39_english.txt

namespace {

constexpr std::size_t kWordBits = 11;
constexpr std::size_t kListedWords = 1U << kWordBits;

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t start = text.find_first_not_of(kSpace);
    if (start == std::string_view::npos) {
      return words;
    }
    text.remove_prefix(start);
    const std::size_t size = std::min(text.find_first_of(kSpace), text.size());
    words.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
}

/// The words are in alphabetical order.
const std::vector<std::string_view>& word_list() {
  static const std::vector<std::string_view> list = words_of(bip39_files().front().text);
  RB_CHECK(list.size() == kListedWords);
  return list;
}

std::size_t word_number(std::string_view word, std::size_t position) {
  const std::vector<std::string_view>& list = word_list();
  const auto found = std::ranges::lower_bound(list, word);
  if (found == list.end() || *found != word) {
    refuse(Code::key_invalid,
           fmt::format("the mnemonic's word {} is not in the English list of BIP-39 (lower case)",
                       position));
  }
  return static_cast<std::size_t>(found - list.begin());
}

/// 32 bits of entropy have one bit of checksum, the first of their hash.
void check_words(const std::vector<std::string_view>& words) {
  if (words.size() < 12 || words.size() > 24 || words.size() % 3 != 0) {
    refuse(Code::key_invalid,
           fmt::format("the mnemonic has {} words, not 12, 15, 18, 21 or 24", words.size()));
  }
  std::string bits;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t number = word_number(words[i], i + 1);
    for (std::size_t bit = kWordBits; bit-- > 0;) {
      bits += static_cast<char>((number >> bit) & 1U);
    }
  }
  const std::size_t checked = bits.size() / 33;
  std::string entropy((bits.size() - checked) / 8, '\0');
  for (std::size_t i = 0; i < 8 * entropy.size(); ++i) {
    entropy[i / 8] = static_cast<char>((static_cast<unsigned char>(entropy[i / 8]) << 1U) |
                                       static_cast<unsigned char>(bits[i]));
  }
  const std::uint8_t hash = sha256(entropy)[0];
  bool right = true;
  for (std::size_t i = 0; i < checked; ++i) {
    right = right && ((hash >> (7 - i)) & 1) == bits[8 * entropy.size() + i];
  }
  OPENSSL_cleanse(bits.data(), bits.size());
  OPENSSL_cleanse(entropy.data(), entropy.size());
  if (!right) {
    refuse(Code::key_invalid,
           "the mnemonic's checksum is wrong: a word is mistyped, or two have changed places");
  }
}

/// As BIP-39 wants it (NFKD), so that it does not matter how an accent was typed.
std::string normalized(std::string_view passphrase) {
  constexpr auto kForm =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(passphrase.data()),
                   static_cast<utf8proc_ssize_t>(passphrase.size()), &mapped, kForm);
  if (size < 0) {
    refuse(Code::key_invalid, "the passphrase is not UTF-8");
  }
  std::string text(mapped, mapped + size);
  OPENSSL_cleanse(mapped, static_cast<std::size_t>(size));
  std::free(mapped);
  return text;
}

}  // namespace

std::string mnemonic_seed(std::string_view mnemonic, std::string_view passphrase) {
  const std::vector<std::string_view> words = words_of(mnemonic);
  check_words(words);
  std::string sentence;
  for (const std::string_view word : words) {
    sentence.append(sentence.empty() ? "" : " ").append(word);
  }
  constexpr int kRounds = 2048;
  std::string salt = "mnemonic" + normalized(passphrase);
  std::string seed(64, '\0');
  RB_CHECK(PKCS5_PBKDF2_HMAC(sentence.data(), static_cast<int>(sentence.size()),
                             reinterpret_cast<const unsigned char*>(salt.data()),
                             static_cast<int>(salt.size()), kRounds, EVP_sha512(),
                             static_cast<int>(seed.size()),
                             reinterpret_cast<unsigned char*>(seed.data())) == 1);
  OPENSSL_cleanse(sentence.data(), sentence.size());
  OPENSSL_cleanse(salt.data(), salt.size());
  return seed;
}

}  // namespace runbook
