// Transactions signed, from the text of a key to the bytes for a node, against libsecp256k1 alone.
#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include "engine/base/error.h"
#include "modules/eth/transaction.h"
#include "tests/bench/measure.h"

namespace runbook::bench {

namespace {

constexpr int kSignaturesRounds = 11;
constexpr int kSignatures = 2'000;
constexpr const char* kKey = "0x4646464646464646464646464646464646464646464646464646464646464646";

double ours() {
  Transaction transaction{.kind = Transaction::Kind::base_fee, .chain_id = Bigint(1)};
  transaction.gas = Bigint(21'000);
  transaction.max_fee = Bigint::parse("30 gwei");
  transaction.max_priority_fee = Bigint::parse("1 gwei");
  transaction.to = std::string(20, '5');
  transaction.value = Bigint::parse("1 ether");
  return kSignatures / seconds_of([&] {
           for (int i = 0; i < kSignatures; ++i) {
             transaction.nonce = Bigint(i);
             const PrivateKey key = PrivateKey::parse(kKey);
             const Signature signature = key.sign(keccak256(unsigned_bytes(transaction)));
             const Digest hash = keccak256(signed_bytes(transaction, signature));
             RB_CHECK(key.address().size() == 20 && hash.size() == 32);
           }
         });
}

double bare() {
  secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
  const std::string key = from_hex(kKey);
  const auto* key_bytes = reinterpret_cast<const unsigned char*>(key.data());
  Digest digest{};
  const double seconds = seconds_of([&] {
    for (int i = 0; i < kSignatures; ++i) {
      digest[0] = static_cast<std::uint8_t>(i);
      secp256k1_ecdsa_recoverable_signature signature{};
      secp256k1_pubkey sender{};
      RB_CHECK(secp256k1_ecdsa_sign_recoverable(context, &signature, digest.data(), key_bytes,
                                                nullptr, nullptr) == 1 &&
               secp256k1_ec_pubkey_create(context, &sender, key_bytes) == 1);
    }
  });
  secp256k1_context_destroy(context);
  return kSignatures / seconds;
}

}  // namespace

std::vector<Figure> bench_signatures() {
  return {measure({.name = "transactions signed",
                   .unit = "tx/s",
                   .judged = Figure::Judged::ratio,
                   .floor = 0.7,
                   .goal = 0.85,
                   .limit_is = "libsecp256k1: a signature and the public key of the sender",
                   .held_by = "three Keccak hashes (6 of 50 us); RLP and the key's text take 2"},
                  kSignaturesRounds, ours, bare)};
}

}  // namespace runbook::bench
