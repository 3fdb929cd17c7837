// UUIDs made of names (RFC 4122, version 5): the same name always has the same id.
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

#include "engine/base/hash.h"
#include "modules/crypto/functions.h"

namespace runbook {

namespace {

constexpr std::size_t kUuidBytes = 16;

std::string uuid_bytes(std::string text) {
  std::erase(text, '-');
  std::string bytes = from_hex(text);
  if (bytes.size() != kUuidBytes) {
    refuse(Code::option_invalid, fmt::format("crypto.uuid5: namespace has {} bytes; a UUID has {}",
                                             bytes.size(), kUuidBytes));
  }
  return bytes;
}

Json uuid5(Call& call) {
  const std::string named = uuid_bytes(call.text("namespace")) + call.text("name");
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  RB_CHECK(EVP_Digest(named.data(), named.size(), reinterpret_cast<unsigned char*>(digest.data()),
                      nullptr, EVP_sha1(), nullptr) == 1);
  digest[6] = static_cast<char>((digest[6] & 0x0f) | 0x50);  // version 5
  digest[8] = static_cast<char>((digest[8] & 0x3f) | 0x80);  // variant of RFC 4122
  std::string text = to_hex(std::string_view(digest).substr(0, kUuidBytes));
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
    text.insert(dash, "-");
  }
  return text;
}

}  // namespace

std::vector<Function> name_id_functions() {
  return {{.name = "uuid5",
           .summary = "The UUID of a name (version 5): the same for the same name, always.",
           .options = {{.name = "namespace",
                        .type = Type::string,
                        .required = Required::yes,
                        .help = "a UUID that is yours: names mean what they mean within it",
                        .positional = true},
                       {.name = "name",
                        .type = Type::bytes,
                        .required = Required::yes,
                        .help = "any bytes",
                        .positional = true}},
           .returns = "a UUID in lower case",
           .errors = {Code::encoding_invalid, Code::option_invalid},
           .example = "local crypto = require \"crypto\"\n"
                      "local dns = \"6ba7b810-9dad-11d1-80b4-00c04fd430c8\"\n"
                      "log(crypto.uuid5(dns, \"www.example.com\"))",
           .reveals = true,
           .result_public = true,
           .compute = uuid5}};
}

}  // namespace runbook
