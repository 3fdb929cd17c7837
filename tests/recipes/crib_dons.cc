#include "tests/recipes/crib_dons.h"

#include <fmt/core.h>

#include <fstream>

#include "engine/base/hash.h"

namespace runbook::test {

namespace {

/// A key of a node for which the data has none: of its name and the node's peer id.
std::string made_up(const std::string& name, const Json& entry, std::size_t digits) {
  return to_hex(sha256(name + entry.at("P2PPeerID").get<std::string>())).substr(0, digits);
}

Json completed(Json entry) {
  for (const char* name : {"OCR2BundleID", "OCR2OffchainPublicKey", "OCR2ConfigPublicKey",
                           "AptosBundleID", "AptosOnchainPublicKey", "AptosAccount"}) {
    if (entry.value(name, "").empty()) {
      entry[name] = made_up(name, entry, 64);
    }
  }
  if (entry.value("OCR2OnchainPublicKey", "").empty()) {
    entry["OCR2OnchainPublicKey"] = made_up("OCR2OnchainPublicKey", entry, 40);
  }
  entry["CSAPublicKey"] = "csa_" + entry.at("CSAPublicKey").get<std::string>();
  return entry;
}

}  // namespace

std::vector<Json> two_dons() {
  std::ifstream file(std::filesystem::path(SOURCE_FOLDER) /
                     "tests/recipes/crib/data/node_sets.json");
  const Json sets = Json::parse(file);
  std::vector<Json> settings;
  for (const char* name : {"Workflow", "StreamsTrigger"}) {
    for (const Json& entry : sets.at(name).at("NodeKeys")) {
      settings.push_back({{"keys", completed(entry)}});
    }
  }
  return settings;
}

std::string workflow_don(int nodes) {
  const Json capability = {{"id", "offchain_reporting@1.0.0"}, {"type", "consensus"}};
  const Json don = {{"name", "workflow"},
                    {"prefix", "ks-wf-"},
                    {"nodes", nodes},
                    {"bootstrap", 1},
                    {"f", 1},
                    {"accepts_workflows", true},
                    {"capabilities", Json::array({capability})}};
  return "dons=" + Json::array({don}).dump();
}

std::vector<std::string> to_provision(const std::vector<std::string>& more) {
  std::vector<std::string> all = {"ocr3_bytecode_file=bytecode/MultichainOCR3Capability.bin",
                                  "forwarder_bytecode_file=bytecode/VersionedKeystoneForwarder.bin",
                                  "registry_bytecode_file=bytecode/CapabilitiesRegistry.bin",
                                  "verifier_proxy_bytecode_file=bytecode/VerifierProxy.bin",
                                  "verifier_bytecode_file=bytecode/Verifier.bin"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

int count_on_nodes(CribCluster& cluster, const std::string& what, std::size_t nodes) {
  int sum = 0;
  for (std::size_t node = 0; node < nodes; ++node) {
    sum += cluster.node(node).count(what);
  }
  return sum;
}

std::vector<std::string> job_names(CribCluster& cluster, std::size_t node) {
  std::vector<std::string> names;
  const Json held = cluster.node(node).state();
  for (const Json& job : held.at("jobs")) {
    names.push_back(job.at("attributes").at("name"));
  }
  return names;
}

}  // namespace runbook::test
