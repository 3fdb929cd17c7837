// The keys of the stand-in.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/hash.h"
#include "engine/base/id.h"
#include "tests/modules/chainlink/node_api.h"

namespace runbook::test {

namespace {

Json random_entry() {
  const auto hex = [](std::size_t digits) {
    return (to_hex(sha256(new_uuid())) + to_hex(sha256(new_uuid()))).substr(0, digits);
  };
  return {{"EthAddress", "0x" + hex(40)},     {"P2PPeerID", "12D3KooW" + hex(44)},
          {"OCR2BundleID", hex(64)},          {"OCR2OnchainPublicKey", hex(40)},
          {"OCR2OffchainPublicKey", hex(64)}, {"OCR2ConfigPublicKey", hex(64)},
          {"CSAPublicKey", "csa_" + hex(64)}};
}

Json ocr2_key(const std::string& chain, const Json& entry) {
  const auto prefixed = [&](const char* prefix, const char* key) {
    return fmt::format("{}_{}_{}", prefix, chain, entry.at(key).get<std::string>());
  };
  return resource("keyV2s", entry.at("OCR2BundleID"),
                  {{"chainType", chain},
                   {"onchainPublicKey", prefixed("ocr2on", "OCR2OnchainPublicKey")},
                   {"offchainPublicKey", prefixed("ocr2off", "OCR2OffchainPublicKey")},
                   {"configPublicKey", prefixed("ocr2cfg", "OCR2ConfigPublicKey")}});
}

Json eth_keys(const Json& settings, const Json& entry) {
  Json keys = Json::array();
  for (const std::string chain : settings.at("chain_ids")) {
    const std::string address = entry.at("EthAddress");
    keys.push_back(resource("eTHKeys", chain + "/" + address,
                            {{"evmChainID", chain},
                             {"address", address},
                             {"linkBalance", "0"},
                             {"disabled", false},
                             {"createdAt", kNodeTime},
                             {"updatedAt", kNodeTime},
                             {"maxGasPriceWei", nullptr}}));
  }
  return keys;
}

}  // namespace

Json first_keys(const Json& settings) {
  const Json entry = settings.value("keys", random_entry());
  const std::string peer = entry.at("P2PPeerID");
  const std::string csa = entry.at("CSAPublicKey");
  Json held = {{"eth_keys", eth_keys(settings, entry)},
               {"p2p_keys",
                {resource("encryptedP2PKeys", peer,
                          {{"peerId", "p2p_" + peer}, {"publicKey", to_hex(sha256(peer))}})}},
               {"ocr2_keys", {ocr2_key("evm", entry)}},
               {"csa_keys", {resource("csaKeys", csa, {{"publicKey", csa}, {"version", 1}})}},
               {"aptos_keys", Json::array()}};
  if (entry.contains("AptosAccount")) {
    const std::string account = entry.at("AptosAccount");
    held["aptos_keys"].push_back(resource("encryptedAptosKeys", account,
                                          {{"account", account}, {"publicKey", "0x" + account}}));
    Json aptos = entry;
    aptos["OCR2BundleID"] = entry.at("AptosBundleID");
    aptos["OCR2OnchainPublicKey"] = entry.at("AptosOnchainPublicKey");
    held["ocr2_keys"].push_back(ocr2_key("aptos", aptos));
  }
  return held;
}

NodeAnswer NodeState::keys(const SeenRequest& request, const std::string& path) {
  const std::string kind = part_after(path, "/v2/keys/");
  if (request.method == "POST" && kind == "aptos") {
    const std::string account = to_hex(sha256(new_uuid()));
    Json key = resource("encryptedAptosKeys", account,
                        {{"account", account}, {"publicKey", "0x" + account}});
    held_["aptos_keys"].push_back(key);
    count_one("aptos_keys_created");
    return node_document(key);
  }
  if (request.method == "POST" && kind.starts_with("ocr2/")) {
    return create_ocr2_key(part_after(kind, "ocr2/"));
  }
  const std::string list = (kind == "evm" ? "eth" : kind) + "_keys";
  if (request.method != "GET" || !held_.contains(list)) {
    return node_error(404, "not found");
  }
  Json keys = held_.at(list);
  if (kind == "evm") {
    for (Json& key : keys) {
      key["attributes"].emplace("ethBalance", settings_.at("eth_balance"));
    }
  }
  return node_document(keys);
}

NodeAnswer NodeState::create_ocr2_key(const std::string& chain_type) {
  const std::vector<std::string> known = {"evm", "cosmos", "solana", "starknet", "aptos"};
  if (std::ranges::count(known, chain_type) == 0) {
    return node_error(400, "unknown chain type: " + chain_type);
  }
  Json entry = random_entry();
  if (chain_type != "evm") {  // addresses are short on EVM chains only
    entry["OCR2OnchainPublicKey"] = to_hex(sha256(entry.at("OCR2BundleID").get<std::string>()));
  }
  const Json key = ocr2_key(chain_type, entry);
  Json& keys = held_["ocr2_keys"];
  keys.push_back(key);
  std::sort(keys.begin(), keys.end(), [](const Json& a, const Json& b) {
    const auto place = [](const Json& one) {
      return one.at("attributes").at("chainType").get<std::string>() + "/" +
             one.at("id").get<std::string>();
    };
    return place(a) < place(b);
  });
  count_one("ocr2_keys_created");
  return node_document(key);
}

}  // namespace runbook::test
