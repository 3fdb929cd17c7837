#include "modules/hardhat/raw_transaction.h"

#include <array>
#include <string_view>

#include "engine/base/bigint.h"
#include "engine/base/error.h"
#include "engine/base/hash.h"

namespace runbook::hardhat {

namespace {

constexpr int kShortString = 0x80;
constexpr int kShortList = 0xc0;
constexpr std::size_t kLongestShort = 55;

std::string without_leading_zeros(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of('\0');
  return first == std::string_view::npos ? std::string() : std::string(bytes.substr(first));
}

std::string number_bytes(const Bigint& number) {
  const Bigint::Word word = number.word();
  return without_leading_zeros({reinterpret_cast<const char*>(word.data()), word.size()});
}

// Recursive Length Prefix, as far as a transaction needs it.
std::string rlp_header(std::size_t length, int base) {
  if (length <= kLongestShort) {
    return {static_cast<char>(base + static_cast<int>(length))};
  }
  const std::string size = number_bytes(Bigint(static_cast<std::int64_t>(length)));
  return static_cast<char>(base + static_cast<int>(kLongestShort + size.size())) + size;
}

std::string rlp_bytes(const std::string& bytes) {
  if (bytes.size() == 1 && static_cast<unsigned char>(bytes.front()) < kShortString) {
    return bytes;
  }
  return rlp_header(bytes.size(), kShortString) + bytes;
}

std::string rlp_of(const std::string& items) {
  return rlp_header(items.size(), kShortList) + items;
}

/// The fields of `decoded`, encoded. Numbers are JSON numbers, decimal or hex texts.
class Fields {
 public:
  explicit Fields(const Json& decoded) : decoded_(decoded) {}

  bool has(const char* name) const { return !decoded_.value(name, Json()).is_null(); }
  std::string number(const char* name) const {
    const Json value = decoded_.value(name, Json(0));
    return rlp_bytes(number_bytes(value.is_string() ? Bigint::parse(value.get<std::string>())
                                                    : Bigint(value.get<std::int64_t>())));
  }
  std::string bytes(const char* name) const {
    const Json value = decoded_.value(name, Json());
    return rlp_bytes(value.is_null() ? std::string() : from_hex(value.get<std::string>()));
  }
  /// r and s: numbers that are written as 32 bytes.
  std::string signature() const { return number("r") + number("s"); }
  std::string payload() const {
    return number("gasLimit") + bytes("to") + number("value") + bytes("data");
  }

 private:
  const Json& decoded_;
};

// Nodes report v of typed transactions as parity, some as 27 + parity.
std::string parity(const Json& decoded, bool plain) {
  const auto v = decoded.value("v", std::int64_t{0});
  return rlp_bytes(number_bytes(Bigint(plain || v < 27 ? v : v - 27)));
}

/// EIP-1559, EIP-2930 and legacy, each with an empty access list: hardhat-deploy notes none.
std::array<std::string, 3> candidates(const Json& decoded) {
  const Fields fields(decoded);
  const std::string no_access = rlp_of({});
  const std::string chain = fields.number("chainId") + fields.number("nonce");
  const std::string end = fields.payload() + no_access + parity(decoded, false);
  std::array<std::string, 3> all;
  if (fields.has("maxFeePerGas")) {
    all[0] = "\x02" + rlp_of(chain + fields.number("maxPriorityFeePerGas") +
                             fields.number("maxFeePerGas") + end + fields.signature());
  }
  if (fields.has("gasPrice")) {
    all[1] = "\x01" + rlp_of(chain + fields.number("gasPrice") + end + fields.signature());
    all[2] = rlp_of(fields.number("nonce") + fields.number("gasPrice") + fields.payload() +
                    parity(decoded, true) + fields.signature());
  }
  return all;
}

bool has_hash(const std::string& bytes, const std::string& hash) {
  return !bytes.empty() && "0x" + to_hex(keccak256(bytes)) == hash;
}

}  // namespace

std::string raw_transaction(const Json& entry, const std::string& hash) {
  try {
    const Json raw = entry.value("rawTx", Json());
    if (raw.is_string() && has_hash(from_hex(raw.get<std::string>()), hash)) {
      return raw.get<std::string>();
    }
    for (const std::string& bytes : candidates(entry.value("decoded", Json::object()))) {
      if (has_hash(bytes, hash)) {
        return "0x" + to_hex(bytes);
      }
    }
  } catch (const Error&) {  // a field that is no number or no hex: no bytes of this hash
    return {};
  } catch (const Json::exception&) {  // or of another type
    return {};
  }
  return {};
}

std::string created_address(const std::string& sender, std::uint64_t nonce) {
  const Bigint number = Bigint::parse(std::to_string(nonce));
  const std::string list = rlp_of(rlp_bytes(from_hex(sender)) + rlp_bytes(number_bytes(number)));
  constexpr std::size_t kDigestTail = 12;
  const Digest digest = keccak256(list);
  return "0x" + to_hex(digest).substr(2 * kDigestTail);
}

std::string checksummed(const std::string& address) {
  std::string digits = to_hex(from_hex(address));
  const std::string hash = to_hex(keccak256(digits));
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] >= 'a' && hash[i] >= '8') {
      digits[i] = static_cast<char>(digits[i] - 'a' + 'A');
    }
  }
  return "0x" + digits;
}

}  // namespace runbook::hardhat
