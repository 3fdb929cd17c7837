#include "modules/hardhat/deployments.h"

#include <fmt/core.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace runbook::hardhat {

namespace {

constexpr int kReadableByAll = 0644;
/// What hardhat-deploy keeps of what it noted before the transaction was mined.
constexpr const char* kKept[] = {"abi",      "args",          "linkedData",        "solcInputHash",
                                 "metadata", "bytecode",      "deployedBytecode",  "libraries",
                                 "facets",   "execute",       "history",           "devdoc",
                                 "userdoc",  "storageLayout", "methodIdentifiers", "gasEstimates"};
constexpr std::size_t kMostBytes = std::size_t{64} << 20;

/// Hardhat writes its files in place: one that was cut off is not JSON.
Json read_json(const std::filesystem::path& path) {
  try {
    return parse_json(read_file(path, kMostBytes), path.string());
  } catch (Error& error) {
    if (error.code == Code::json_invalid) {
      error.hint = "see on the chain what its account sent last, then mend or remove the file";
    }
    throw error.with_effect(EffectDone::none);
  }
}

}  // namespace

std::string Deployment::address() const {
  return content.at("address").get<std::string>();
}

bool Deployment::was_deployed() const {
  return content.contains("transactionHash") || !code().empty();
}

std::string Deployment::code() const {
  if (content.contains("implementation")) {
    return {};
  }
  const Json code = content.value("deployedBytecode", Json());
  return code.is_string() ? code.get<std::string>() : std::string();
}

std::vector<Deployment> DeploymentsFolder::read() const {
  std::vector<Deployment> found;
  if (!std::filesystem::is_directory(path_)) {
    return found;
  }
  for (const std::string& file : glob_files(path_, "*.json")) {
    if (file.front() == '.') {
      continue;
    }
    Deployment deployment{std::filesystem::path(file).stem().string(), read_json(path_ / file)};
    if (!deployment.content.is_object() ||
        !deployment.content.value("address", Json()).is_string()) {
      refuse(Code::hardhat_deployment_missing,
             fmt::format("{} names no address", (path_ / file).string()),
             "remove the file, or restore it");
    }
    found.push_back(std::move(deployment));
  }
  return found;
}

std::optional<std::string> DeploymentsFolder::chain_id() const {
  const std::filesystem::path file = path_ / ".chainId";
  if (!std::filesystem::exists(file)) {
    return std::nullopt;
  }
  std::string text = read_file(file);
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; }),
             text.end());
  constexpr std::size_t kDigitsThatFit = 18;
  if (text.empty() || text.size() > kDigitsThatFit) {
    refuse(Code::json_invalid, fmt::format("{} holds no chain id", file.string()));
  }
  return text;
}

Json DeploymentsFolder::pending() const {
  const std::filesystem::path file = path_ / ".pendingTransactions";
  if (!std::filesystem::exists(file)) {
    return Json::object();
  }
  Json pending = read_json(file);
  if (!pending.is_object() ||
      std::ranges::any_of(pending, [](const Json& entry) { return !entry.is_object(); })) {
    refuse(Code::json_invalid, fmt::format("{} does not list transactions", file.string()));
  }
  return pending;
}

void DeploymentsFolder::write_pending(const Json& pending) const {
  const std::filesystem::path file = path_ / ".pendingTransactions";
  if (pending.empty()) {
    std::filesystem::remove(file);
  } else {
    write_file_atomically(file, pending.dump(2), kReadableByAll);
  }
}

void DeploymentsFolder::write(const std::string& name, const Json& deployment, const Json& receipt,
                              const std::string& chain_id) const {
  Json content{{"address", receipt.at("contractAddress")},
               {"receipt", receipt},
               {"transactionHash", receipt.at("transactionHash")},
               {"numDeployments", 1}};
  for (const char* key : kKept) {
    if (deployment.contains(key)) {
      content[key] = deployment.at(key);
    }
  }
  if (!std::filesystem::exists(path_ / ".chainId")) {
    write_file_atomically(path_ / ".chainId", chain_id, kReadableByAll);
  }
  write_file_atomically(path_ / (name + ".json"), content.dump(2), kReadableByAll);
}

void DeploymentsFolder::remove() const {
  std::filesystem::remove_all(path_);
}

}  // namespace runbook::hardhat
