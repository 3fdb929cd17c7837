// Hashes, encodings and random bytes.

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "engine/base/id.h"
#include "modules/crypto/functions.h"
#include "modules/modules.h"

namespace runbook {

namespace {

std::string data_option(Call& call) {
  const std::string data = call.text("data");
  return call.flag("hex") ? from_hex(data) : data;
}

Json sha256_function(Call& call) {
  return to_hex(sha256(data_option(call)));
}

Json keccak256_function(Call& call) {
  return "0x" + to_hex(keccak256(data_option(call)));
}

Json hmac_sha256_function(Call& call) {
  return to_hex(hmac_sha256(call.text("key"), data_option(call)));
}

Json base64_encode(Call& call) {
  return to_base64(data_option(call));
}
Json base64url_encode(Call& call) {
  return to_base64url(data_option(call));
}
Json base64_decode(Call& call) {
  return from_base64(call.text("text"));
}
Json hex_encode(Call& call) {
  return to_hex(call.text("data"));
}
Json hex_decode(Call& call) {
  return from_hex(call.text("text"));
}

Task<Json> random(Call& call) {
  constexpr std::int64_t kMost = 1024;
  const std::int64_t size = call.integer_or("bytes", 32);
  const std::string encoding = call.text_or("encoding", "hex");
  if (size < 1 || size > kMost) {
    throw Error(Code::option_invalid,
                fmt::format("crypto.random: bytes = {}; it takes 1 to {}", size, kMost))
        .with_effect(EffectDone::none);
  }
  if (encoding != "hex" && encoding != "base64" && encoding != "base64url") {
    throw Error(Code::option_invalid,
                fmt::format("crypto.random: encoding = \"{}\"; it takes hex, base64 or base64url",
                            encoding))
        .with_effect(EffectDone::none);
  }
  std::vector<std::uint8_t> drawn(static_cast<std::size_t>(size));
  random_bytes(drawn);
  const std::string bytes(drawn.begin(), drawn.end());
  if (encoding == "hex") {
    co_return to_hex(bytes);
  }
  co_return encoding == "base64" ? to_base64(bytes) : to_base64url(bytes);
}

const Option kData{.name = "data",
                   .type = Type::bytes,
                   .required = Required::yes,
                   .help = "any bytes",
                   .positional = true};
const Option kHex{.name = "hex",
                  .type = Type::boolean,
                  .help = "true: data is hex text, with or without 0x, and stands for its bytes"};

Option text_option(std::string_view help) {
  return {.name = "text",
          .type = Type::string,
          .required = Required::yes,
          .help = help,
          .positional = true};
}

std::vector<Function> hashes() {
  return {{.name = "sha256",
           .summary = "SHA-256 of bytes.",
           .options = {kData, kHex},
           .returns = "64 hex digits",
           .errors = {Code::encoding_invalid},
           .example = "local crypto = require \"crypto\"\nlog(crypto.sha256(\"abc\"))",
           .reveals = true,
           .result_public = true,
           .compute = sha256_function},
          {.name = "keccak256",
           .summary = "Keccak-256 of bytes, as Ethereum uses it.",
           .options = {kData, kHex},
           .returns = "0x and 64 hex digits",
           .errors = {Code::encoding_invalid},
           .example = "local crypto = require \"crypto\"\n"
                      "local selector = crypto.keccak256(\"transfer(address,uint256)\"):sub(1, 10)",
           .reveals = true,
           .result_public = true,
           .compute = keccak256_function},
          {.name = "hmac_sha256",
           .summary = "HMAC with SHA-256, for signing requests.",
           .options = {{.name = "key",
                        .type = Type::bytes,
                        .required = Required::yes,
                        .help = "any bytes, usually a secret",
                        .positional = true},
                       kData,
                       kHex},
           .returns = "64 hex digits",
           .errors = {Code::encoding_invalid},
           .example = "local crypto = require \"crypto\"\n"
                      "local key = secret(\"hook\", { env = \"HOOK_KEY\" })\n"
                      "local signature = crypto.hmac_sha256(key, \"payload\")",
           .reveals = true,
           .result_public = true,
           .compute = hmac_sha256_function}};
}

std::vector<Function> encodings() {
  return {{.name = "base64_encode",
           .summary = "Bytes as base64 with padding.",
           .options = {kData, kHex},
           .returns = "base64 text; a secret if data holds one",
           .errors = {Code::encoding_invalid},
           .example = "local crypto = require \"crypto\"\n"
                      "local basic = \"Basic \" .. crypto.base64_encode(\"user:password\")",
           .reveals = true,
           .compute = base64_encode},
          {.name = "base64url_encode",
           .summary = "Bytes as base64 for URLs and file names, without padding.",
           .options = {kData, kHex},
           .returns = "base64url text; a secret if data holds one",
           .errors = {Code::encoding_invalid},
           .example = "local crypto = require \"crypto\"\nlog(crypto.base64url_encode(\"a?b\"))",
           .reveals = true,
           .compute = base64url_encode},
          {.name = "base64_decode",
           .summary = "The bytes of base64 text, of either alphabet, with or without padding.",
           .options = {text_option("base64 text, without line breaks")},
           .returns = "bytes; a secret if text holds one",
           .errors = {Code::encoding_invalid},
           .example = "local crypto = require \"crypto\"\nlog(crypto.base64_decode(\"aGVsbG8=\"))",
           .reveals = true,
           .compute = base64_decode},
          {.name = "hex_encode",
           .summary = "Bytes as hex digits in lower case.",
           .options = {kData},
           .returns = "hex digits without 0x; a secret if data holds one",
           .errors = {Code::value_not_data},
           .example = "local crypto = require \"crypto\"\nlog(crypto.hex_encode(\"abc\"))",
           .reveals = true,
           .compute = hex_encode},
          {.name = "hex_decode",
           .summary = "The bytes of hex digits.",
           .options = {text_option("hex digits in either case, with or without 0x")},
           .returns = "bytes; a secret if text holds one",
           .errors = {Code::encoding_invalid},
           .example = "local crypto = require \"crypto\"\nlog(crypto.hex_decode(\"0x616263\"))",
           .reveals = true,
           .compute = hex_decode}};
}

Function random_function() {
  return {.name = "random",
          .effect = Effect::read,
          .summary =
              "Random bytes from the operating system, recorded as the step's other looks "
              "at the world.",
          .options = {{.name = "bytes",
                       .type = Type::integer,
                       .help = "how many, up to 1024",
                       .positional = true,
                       .fallback = 32},
                      {.name = "encoding",
                       .type = Type::string,
                       .help = "hex, base64 or base64url",
                       .fallback = "hex"}},
          .returns = "text in that encoding",
          .errors = {Code::option_invalid},
          .example =
              "local crypto = require \"crypto\"\n"
              "local nonce = step(\"draw a nonce\", function()\n"
              "  return crypto.random(16)\n"
              "end)",
          .run = random};
}

}  // namespace

Module crypto_module() {
  Module module{.name = "crypto",
                .summary = "Hashes, encodings, keys and random bytes.",
                .functions = hashes()};
  for (const auto declare : {encodings, base58_functions, name_id_functions, cipher_functions}) {
    for (Function& function : declare()) {
      module.functions.push_back(std::move(function));
    }
  }
  module.functions.push_back(random_function());
  return module;
}

}  // namespace runbook
