// The contracts of tests/contracts that stand for those of a CRIB cluster have the interface of the
// real ones.
#include <algorithm>

#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/modules/eth/contract_on_node.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct Likeness {
  std::string ours;
  std::string given;              ///< by what file of tests/contracts/abi
  std::vector<std::string> used;  ///< by recipes
  bool has_bytecode_file = true;
};

const std::vector<Likeness>& likenesses() {
  static const std::vector<Likeness> all = {
      {"OCR3Capability",
       "ocr3_capability.2024-06-06_c93e83ab99",
       {"typeAndVersion", "owner", "setConfig", "latestConfigDetails", "ConfigSet"}},
      {"MultichainOCR3Capability",
       "ocr3_capability.2024-10-31_acc3ca0050",
       {"typeAndVersion", "owner", "setConfig", "latestConfigDetails", "ConfigSet",
        "InvalidConfig"}},
      {"KeystoneForwarder",
       "forwarder.2024-06-06_c93e83ab99",
       {"typeAndVersion", "owner", "setConfig", "FaultToleranceMustBePositive", "ExcessSigners",
        "InsufficientSigners", "DuplicateSigner"}},
      {"VersionedKeystoneForwarder",
       "forwarder.2024-10-31_acc3ca0050",
       {"typeAndVersion", "owner", "setConfig", "ConfigSet", "isForwarder", "addForwarder"}},
      {"CapabilitiesRegistry",
       "capabilities_registry.2024-10-31_acc3ca0050",
       {"addCapabilities", "addNodeOperators", "addNodes", "addDON", "getCapabilities",
        "getNodeOperators", "getNodes", "getDONs", "CapabilityConfigured", "NodeOperatorAdded",
        "NodeAdded", "ConfigSet"},
       false}};
  return all;
}

/// What a caller sees of parameters: not the compiler's own names of their types.
Json seen_of(const Json& parameters) {
  Json seen = Json::array();
  for (const Json& parameter : parameters) {
    seen.push_back({{"name", parameter.at("name")},
                    {"type", parameter.at("type")},
                    {"indexed", parameter.value("indexed", false)},
                    {"components", seen_of(parameter.value("components", Json::array()))}});
  }
  return seen;
}

/// Its functions, events and errors; whether one is pure or only a view is nobody's concern.
std::vector<Json> seen_entries(const Json& abi) {
  std::vector<Json> entries;
  for (const Json& entry : abi) {
    if (entry.at("type") != "constructor") {
      entries.push_back({{"type", entry.at("type")},
                         {"name", entry.at("name")},
                         {"inputs", seen_of(entry.at("inputs"))},
                         {"outputs", seen_of(entry.value("outputs", Json::array()))}});
    }
  }
  return entries;
}

Json json_of(const std::string& file) {
  return Json::parse(read_file(contract_file(file)));
}

}  // namespace

TEST_CASE("Our contracts have what recipes use of the real ones, and nothing that those have not",
          "[chain]") {
  for (const Likeness& likeness : likenesses()) {
    const std::vector<Json> given = seen_entries(json_of("abi/" + likeness.given + ".abi.json"));
    const std::vector<Json> ours =
        seen_entries(json_of("artifacts/" + likeness.ours + ".json").at("abi"));
    for (const Json& entry : ours) {
      INFO(likeness.ours << " " << entry);
      CHECK(std::ranges::count(given, entry) == 1);
    }
    for (const std::string& used : likeness.used) {
      INFO(likeness.ours << " " << used);
      CHECK(std::ranges::count_if(
                ours, [&](const Json& entry) { return entry.at("name") == used; }) == 1);
    }
  }
}

TEST_CASE("The files of plain bytecode are what their artefacts say", "[chain]") {
  for (const Likeness& likeness : likenesses()) {
    if (likeness.has_bytecode_file) {
      const std::string file = "artifacts/" + likeness.ours;
      CHECK("0x" + read_file(contract_file(file + ".bin")) ==
            json_of(file + ".json").at("bytecode").get<std::string>() + "\n");
    }
  }
}
