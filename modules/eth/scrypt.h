#pragma once
// RFC 7914. OpenSSL's refuses the costs of many keystores (r = 1 with n from 2^16), so it is here.

#include <cstddef>
#include <string>
#include <string_view>

namespace runbook {

struct ScryptCost {
  std::size_t n = 0;  ///< a power of two: the blocks kept
  std::size_t r = 0;  ///< of 128 bytes each
  std::size_t p = 0;  ///< times in turn
};

/// PBKDF2 with HMAC-SHA256.
std::string pbkdf2(std::string_view password, std::string_view salt, std::size_t rounds,
                   std::size_t size);
/// Takes 128 · n · r bytes of memory, and time as n · r · p. REQUIRES: n a power of two, 2 to 2^31,
/// r and p not 0; the caller limits them.
std::string scrypt(std::string_view password, std::string_view salt, const ScryptCost& cost,
                   std::size_t size);

}  // namespace runbook
