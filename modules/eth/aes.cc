#include "modules/eth/aes.h"

#include <openssl/evp.h>

#include <memory>

#include "engine/base/error.h"

namespace runbook {

namespace {

constexpr std::size_t kBlockBytes = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string aes_128_ctr(std::string_view key, std::string_view iv, std::string_view bytes) {
  RB_CHECK(key.size() == kBlockBytes && iv.size() == kBlockBytes);
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> cipher(EVP_CIPHER_CTX_new());
  std::string result(bytes.size(), '\0');
  int size = 0;
  RB_CHECK(cipher != nullptr &&
           EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_ctr(), nullptr, octets(key), octets(iv)) ==
               1 &&
           EVP_EncryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(result.data()), &size,
                             octets(bytes), static_cast<int>(bytes.size())) == 1);
  return result;
}

}  // namespace runbook
