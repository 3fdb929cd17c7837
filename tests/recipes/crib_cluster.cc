#include "tests/recipes/crib_cluster.h"

#include <fmt/core.h>

#include <fstream>
#include <set>

namespace runbook::test {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kNodes = 5;
constexpr int kChainId = 31337;

Json public_keys() {
  std::ifstream file(fs::path(SOURCE_FOLDER) / "tests/recipes/crib/data/PublicKeys.json");
  return Json::parse(file);
}

Json settings_of(std::size_t index, const fs::path& folder, const Json& more) {
  Json settings = {{"email", "admin@chain.link"},
                   {"password", fmt::format("node-password-{}", index + 1)},
                   {"keys", public_keys().at(index % kNodes)},
                   {"chain_ids", {std::to_string(kChainId)}},
                   {"state", (folder / fmt::format("node{}.json", index + 1)).string()}};
  settings.update(more);
  return settings;
}

/// What a job is, without what differs from node to node and from try to try.
Json job_of(const Json& held) {
  const Json& attributes = held.contains("attributes") ? held.at("attributes") : held;
  return {{"name", attributes.at("name")}, {"external_id", attributes.at("externalJobID")}};
}

}  // namespace

CribChain::CribChain() : node_(anvil()) {
  keep();
}

void CribChain::keep() {
  snapshot_ = node_.call("evm_snapshot").get<std::string>();
}

void CribChain::reset() {
  node_.call("evm_revert", {snapshot_});  // which uses it up
  keep();
}

void CribChain::set_balance(const std::string& address, const std::string& amount) {
  node_.call("anvil_setBalance", {address, Bigint::parse(amount).hex()});
}

CribCluster::CribCluster(CribChain& chain, const std::vector<Json>& settings) : chain_(chain) {
  chain_.reset();
  const fs::path source = SOURCE_FOLDER;
  fs::create_directory_symlink(source / "recipes", folder_.path() / "recipes");
  fs::create_directory_symlink(source / "tests/contracts/artifacts", folder_.path() / "bytecode");
  fs::copy_file(source / "tests/recipes/crib/data/ocr_config.json", path() / "ocr_config.json");
  for (std::size_t index = 0; index < std::max(kNodes, settings.size()); ++index) {
    const Json more = index < settings.size() ? settings[index] : Json::object();
    settings_.push_back(settings_of(index, path(), more));
    nodes_.push_back(std::make_unique<ChainlinkNode>(settings_.back()));
    urls_.push_back(nodes_.back()->url());
    settings_.back()["port"] = nodes_.back()->port();
  }
  write_node_list();
  environment_ = {{"KEYSTONE_ACCOUNT_KEY", kFirstKey},
                  {"KEYSTONE_ETH_HTTP_URL", chain_.url()},
                  {"DEVSPACE_NAMESPACE", "crib-test"}};
}

CribCluster::~CribCluster() = default;

void CribCluster::write_node_list() const {
  std::string lines;
  for (std::size_t index = 0; index < urls_.size(); ++index) {
    const Json& settings = settings_[index];
    lines += fmt::format("{} {} {}\n", urls_[index], settings.at("email").get<std::string>(),
                         settings.at("password").get<std::string>());
  }
  folder_.write("nodes.txt", lines);
}

void CribCluster::edit(const std::string& file, const std::string& from,
                       const std::string& to) const {
  std::string text = folder_.read(file);
  text.replace(text.find(from), from.size(), to);
  folder_.write(file, text);
}

void CribCluster::stop_node(std::size_t index) {
  nodes_.at(index).reset();
}

void CribCluster::start_node(std::size_t index) {
  nodes_.at(index) = std::make_unique<ChainlinkNode>(settings_.at(index));
}

void CribCluster::replace_node(std::size_t index, const Json& settings) {
  stop_node(index);
  settings_.at(index).update(settings);
  fs::remove(settings_.at(index).at("state").get<std::string>());
  start_node(index);
}

void CribCluster::take_over(const CribCluster& other) {
  for (const char* part : {".runbook", "artefacts"}) {
    fs::copy(other.path() / part, path() / part, fs::copy_options::recursive);
  }
}

std::string CribCluster::transmitter(std::size_t index) const {
  return settings_.at(index).at("keys").at("EthAddress");
}

void CribCluster::change_environment(const std::string& name, const std::string& value) {
  environment_[name] = value;
}

std::vector<std::string> CribCluster::with_defaults(
    const std::string& recipe, const std::vector<std::string>& parameters) const {
  std::vector<std::string> all = {fmt::format("chain_id={}", kChainId), "node_list=nodes.txt"};
  if (recipe == kContracts) {
    all.emplace_back("ocr3_bytecode_file=bytecode/OCR3Capability.bin");
    all.emplace_back("forwarder_bytecode_file=bytecode/KeystoneForwarder.bin");
  }
  for (const std::string& given : parameters) {
    const std::string name = given.substr(0, given.find('='));
    std::erase_if(all, [&](const std::string& other) { return other.starts_with(name + "="); });
    all.push_back(given);
  }
  return all;
}

Ran CribCluster::type(const std::vector<std::string>& arguments) {
  return run_runbook(arguments, path(), environment_);
}

std::vector<std::string> CribCluster::command(const std::string& recipe,
                                              const std::vector<std::string>& parameters) const {
  std::vector<std::string> arguments = {"run", "recipes/crib/" + recipe};
  for (const std::string& parameter : with_defaults(recipe, parameters)) {
    arguments.insert(arguments.end(), {"-p", parameter});
  }
  return arguments;
}

Ran CribCluster::run(const std::string& recipe, const std::vector<std::string>& parameters) {
  return type(command(recipe, parameters));
}

int CribCluster::start(const std::string& recipe, const std::vector<std::string>& parameters) {
  return start_runbook(command(recipe, parameters), path(), environment_);
}

Ran CribCluster::resume(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"resume"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return type(arguments);
}

Ran CribCluster::die_at(const std::string& recipe, const std::string& point, int event,
                        const std::vector<std::string>& parameters) {
  Environment environment = environment_;
  environment["CRASH_POINT"] = point;
  environment["CRASH_AT"] = std::to_string(event);
  std::vector<std::string> argv = {CRASH_PROGRAM, "run", path().string(),
                                   (path() / "recipes/crib" / (recipe + ".lua")).string()};
  for (const std::string& parameter : with_defaults(recipe, parameters)) {
    argv.push_back(parameter);
  }
  return run_program(argv, path(), environment);
}

Ran CribCluster::go_on(const std::string& recipe, const std::vector<std::string>& parameters) {
  Ran resumed = resume();
  const bool was_recorded = resumed.err.find("there are no runs yet") == std::string::npos &&
                            resumed.err.find("Nothing left to do") == std::string::npos;
  return was_recorded ? resumed : run(recipe, parameters);
}

/// Of latestConfigDetails.
std::uint64_t CribCluster::config_detail(std::size_t word) {
  const Json details =
      chain_.node().call("eth_call", {{{"to", ocr3_address()}, {"data", "0x81ff7048"}}, "latest"});
  const std::string words = details.get<std::string>();
  return words == "0x" ? 0 : std::stoull(words.substr(2 + 64 * word, 64), nullptr, 16);
}

std::string CribCluster::expected_artefact() {
  return fmt::format(R"({{"ocrContract":"{}","forwarderContract":"{}","setConfigTxBlock":{}}})",
                     ocr3_address(), forwarder_address(), config_block());
}

Json CribCluster::state() {
  Json all = {{"transactions", chain_.sent()},
              {"ocr3", has_code(chain_.node(), ocr3_address())},
              {"forwarder", has_code(chain_.node(), forwarder_address())},
              {"configurations", config_count()},
              {"nodes", Json::array()}};
  all["artefact"] = fs::exists(path() / "artefacts") ? artefact() : "";
  for (std::size_t index = 0; index < nodes_.size(); ++index) {
    const Json held = nodes_[index]->state();
    Json jobs = Json::array();
    for (const Json& job : held.at("jobs")) {
      jobs.push_back(job_of(job));
    }
    all["nodes"].push_back({{"jobs", jobs},
                            {"created", held.at("counts").value("jobs_created", 0)},
                            {"replayed", held.at("counts").value("replays", 0) > 0},
                            {"balance", balance_of(chain_.node(), transmitter(index)).text()}});
  }
  return all;
}

}  // namespace runbook::test
