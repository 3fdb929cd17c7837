// Artefacts as tools write them (artifacts/), and what is wrong with others.
#include "modules/eth/artifact.h"

#include "engine/base/file.h"
#include "modules/eth/artifact_files.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"

using namespace runbook;

namespace {

/// Where hardhat-deploy deployed the library of hardhat_deploy.json.
constexpr const char* kShares = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
constexpr const char* kOwner = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const std::filesystem::path kArtifacts = std::filesystem::path(TEST_FOLDER) / "eth/artifacts";

Artifact artifact(const std::string& file) {
  return read_artifact(kArtifacts, file);
}

Json vault() {
  return parse_json(read_file(kArtifacts / "hardhat.json"), "hardhat.json");
}

Error link_problem(const Artifact& of, const Json& libraries) {
  return expect_error(Code::artifact_invalid, [&] { link_bytecode(of, libraries); });
}

Error problem(const Json& data) {
  return expect_error(Code::artifact_invalid, [&] { read_artifact(kArtifacts, data); });
}

Error text_problem(std::string_view text) {
  return expect_error(Code::artifact_invalid, [&] { parse_artifact(text, "a.json"); });
}

}  // namespace

TEST_CASE("Artefacts of all tools give the bytecode that hardhat-deploy linked", "[eth]") {
  const std::string linked = artifact("linked.bytecode").bytecode;
  REQUIRE(linked.size() == 419);
  const Artifact deployed = artifact("hardhat_deploy.json");
  CHECK(deployed.links.empty());
  CHECK(link_bytecode(deployed, nullptr) == linked);
  for (const char* file : {"hardhat.json", "foundry.json", "vault.bin"}) {
    INFO(file);
    const Artifact unlinked = artifact(file);
    REQUIRE(unlinked.links.size() == 1);
    CHECK(unlinked.links[0].library == "contracts/Vault.sol:Shares");
    CHECK(link_bytecode(unlinked, {{"Shares", kShares}}) == linked);
    CHECK(link_bytecode(unlinked, {{"contracts/Vault.sol:Shares", kShares}}) == linked);
  }
}

TEST_CASE("A library that only its placeholder tells is named in full", "[eth]") {
  const std::string text = read_file(kArtifacts / "vault.bin");
  const Artifact bare = parse_artifact(text.substr(0, text.find("//")), "vault.bin");
  CHECK(link_bytecode(bare, {{"contracts/Vault.sol:Shares", kShares}}) ==
        artifact("linked.bytecode").bytecode);
  const Error error = link_problem(bare, nullptr);
  CHECK(error.message ==
        "vault.bin: libraries: the address of $b25424869094ff6419ed917e9972f5ee85$ is missing");
  CHECK(error.hint == "libraries = { [\"file.sol:Name\"] = \"0x…\" }");
  link_problem(bare, {{"Shares", kShares}});
}

TEST_CASE("Libraries that are missing, unknown or unclear are named", "[eth]") {
  const Artifact unlinked = artifact("hardhat.json");
  const Error missing = link_problem(unlinked, nullptr);
  CHECK(missing.message ==
        "hardhat.json: libraries: the address of contracts/Vault.sol:Shares is missing");
  CHECK(missing.hint == "libraries = { [\"contracts/Vault.sol:Shares\"] = \"0x…\" }");
  CHECK(link_problem(unlinked, {{"Share", kShares}}).message ==
        "hardhat.json: libraries: the bytecode links to no Share; did you mean Shares?");
  CHECK(link_problem(unlinked, {{"Shares", kShares}, {"contracts/Vault.sol:Shares", kShares}})
            .message ==
        "hardhat.json: libraries: contracts/Vault.sol:Shares is given as Shares and "
        "as contracts/Vault.sol:Shares");
  CHECK_THAT(link_problem(unlinked, {{"Shares", "0x12"}}).message,
             ContainsSubstring("hardhat.json: libraries: Shares: "));
  CHECK(link_problem(unlinked, {{"Shares", 7}}).message ==
        "hardhat.json: libraries: Shares is not an address");
  CHECK(link_problem(artifact("linked.bytecode"), {{"Shares", kShares}}).hint ==
        "leave libraries out: nothing is left to be linked");
  Artifact two = unlinked;
  two.links.push_back({0, "contracts/Other.sol:Shares"});
  CHECK(link_problem(two, {{"Shares", kShares}}).message ==
        "hardhat.json: libraries: Shares may be contracts/Other.sol:Shares or "
        "contracts/Vault.sol:Shares");
}

TEST_CASE("A creation ends in the arguments of the constructor", "[eth]") {
  const Artifact unlinked = artifact("hardhat.json");
  const Json libraries = {{"Shares", kShares}};
  const std::string by_list = init_code(unlinked, libraries, {kOwner, "1000"});
  CHECK(by_list == artifact("linked.bytecode").bytecode +
                       from_hex(std::string(24, '0') + "f39fd6e51aad88f6f4ce6ab8827279cfffb92266" +
                                std::string(61, '0') + "3e8"));
  CHECK(init_code(unlinked, libraries, {{"owner_", kOwner}, {"limit_", 1000}}) == by_list);
  const auto refused = [&](const Json& args) {
    return expect_error(Code::abi_value_invalid, [&] { init_code(unlinked, libraries, args); })
        .message;
  };
  CHECK(refused({kOwner, -1}) ==
        "hardhat.json: constructor(address,uint256): argument 2 `limit_` (uint256): -1 is below 0");
  CHECK_THAT(refused(nullptr), ContainsSubstring("hardhat.json: constructor(address,uint256): "));
  CHECK_THAT(
      refused({{"owner_", kOwner}, {"limit", 1}}),
      ContainsSubstring("there is no \"limit\"") && ContainsSubstring("did you mean limit_?"));
}

TEST_CASE("Plain bytecode takes no arguments unless an ABI says which", "[eth]") {
  Artifact plain = artifact("linked.bytecode");
  CHECK(init_code(plain, nullptr, Json::array()) == plain.bytecode);
  const Error error = expect_error(Code::artifact_invalid, [&] {
    init_code(plain, nullptr, {kOwner, 1000});
  });
  CHECK(error.message == "linked.bytecode: abi: there is none, so args cannot be encoded");
  CHECK_THAT(error.hint, ContainsSubstring("abi = { \"constructor(uint256)\" }"));
  plain.abi = read_abi({"constructor(address owner_, uint256 limit_)"});
  plain.has_abi = true;
  CHECK(init_code(plain, nullptr, {kOwner, 1000}) ==
        init_code(artifact("hardhat.json"), {{"Shares", kShares}}, {kOwner, 1000}));
}

TEST_CASE("An interface has an ABI and cannot be deployed", "[eth]") {
  const Artifact interface = artifact("interface.json");
  CHECK(find_entry(interface.abi, AbiEntry::Kind::function, "limit").outputs.parts.size() == 1);
  const Error error =
      expect_error(Code::artifact_invalid, [&] { init_code(interface, nullptr, nullptr); });
  CHECK(error.message ==
        "interface.json: bytecode: there is none; an interface or an abstract contract cannot be "
        "deployed");
  CHECK(parse_artifact(R"json(["limit() view returns (uint256)"])json", "abi.json").abi.size() ==
        1);
}

TEST_CASE("An artefact may be given as data, as solc writes it too", "[eth]") {
  const Json data = vault();
  const Json of_solc = {{"abi", data.at("abi")},
                        {"evm",
                         {{"bytecode",
                           {{"object", data.at("bytecode").get<std::string>().substr(2)},
                            {"linkReferences", data.at("linkReferences")}}}}}};
  const Json libraries = {{"Shares", kShares}};
  CHECK(link_bytecode(read_artifact(kArtifacts, of_solc), libraries) ==
        link_bytecode(read_artifact(kArtifacts, data), libraries));
}

TEST_CASE("What is no artefact says which file and field is wrong", "[eth]") {
  CHECK(text_problem("{\"version\": 3}").message ==
        "a.json: it has neither \"abi\" nor \"bytecode\"");
  CHECK_THAT(text_problem("{\"contracts\": {}}").hint, ContainsSubstring("the part of one"));
  CHECK_THAT(text_problem("{\"abi\": [").message, ContainsSubstring("a.json"));
  CHECK(text_problem(" \n").message == "a.json: it is empty");
  CHECK(text_problem("#!/bin/sh").message ==
        "a.json: bytecode: character 1 is no hex digit: #!/bin/sh");
  CHECK(text_problem("0x123").message ==
        "a.json: bytecode: it has 3 digits, and half a byte is none");
  CHECK(text_problem("0x60zz").message == "a.json: bytecode: character 3 is no hex digit: zz");
  CHECK_THAT(text_problem("0x1" + std::string("__$") + std::string(34, 'a') + "$__1").message,
             ContainsSubstring("bytecode: a placeholder at digit 2"));
  CHECK_THAT(text_problem(R"({"abi": [{"type": "sorcery"}]})").message,
             ContainsSubstring("a.json: abi: the ABI has an entry of type \"sorcery\""));
  CHECK(text_problem(R"({"bytecode": 7})").message ==
        "a.json: bytecode: it is not hex text but a number");
  CHECK(text_problem(R"({"bytecode": {"object": null}})").message ==
        "a.json: bytecode.object: it is not hex text but a null");
}

TEST_CASE("Link references that are damaged are refused", "[eth]") {
  Json data = vault();
  Json& place = data["linkReferences"]["contracts/Vault.sol"]["Shares"][0];
  place["length"] = 32;
  CHECK(problem(data).message ==
        "artifact: linkReferences: Shares has no start, or another length than 20");
  place["length"] = 20;
  place["start"] = -1;
  problem(data);
  data["linkReferences"] = Json{{"contracts/Vault.sol", 3}};
  CHECK(problem(data).message ==
        "artifact: linkReferences: it is not a table of files and libraries");
}

TEST_CASE("A file is read again once it has changed, or is gone", "[eth]") {
  const TemporaryFolder folder;
  ArtifactFiles files;
  files.root = folder.path();
  write_file_atomically(folder.path() / "a.bin", "0x6001");
  const std::shared_ptr<const Artifact> first = files.read("a.bin");
  CHECK(files.read("a.bin") == first);
  write_file_atomically(folder.path() / "a.bin", "0x600102");
  CHECK(files.read("a.bin")->bytecode.size() == 3);
  std::filesystem::remove(folder.path() / "a.bin");
  expect_error(Code::file_not_found, [&] { files.read("a.bin"); });
}
