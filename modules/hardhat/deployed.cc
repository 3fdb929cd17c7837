#include "modules/hardhat/deployed.h"

#include <fmt/core.h>

namespace runbook::hardhat {

namespace {

Task<std::string> trouble_of(Call& call, Chain& chain, const Deployment& deployment,
                             const std::filesystem::path& artifacts) {
  if (!deployment.was_deployed()) {
    co_return std::string();
  }
  const std::string code = co_await chain.code(deployment.address());
  if (code == "0x") {
    co_return fmt::format("{} has no code at {}", deployment.name, deployment.address());
  }
  const std::string expected = deployment.code();
  bool is_same = expected.empty() || expected == "0x" || is_same_code(expected, code, {});
  if (!is_same) {
    std::function<void()> look = [&] {  // a build-info may have hundreds of MiB
      is_same = is_same_code(expected, code, immutables_of(deployment, artifacts));
    };
    co_await call.host().loop.blocking(std::move(look));
  }
  co_return is_same ? std::string()
                    : fmt::format("{} has other code at {}", deployment.name, deployment.address());
}

}  // namespace

Task<std::vector<std::string>> troubles_of(Call& call, Chain& chain,
                                           std::vector<Deployment> deployments,
                                           std::filesystem::path artifacts) {
  std::vector<std::string> troubles;
  for (const Deployment& deployment : deployments) {
    std::string trouble = co_await trouble_of(call, chain, deployment, artifacts);
    if (!trouble.empty()) {
      troubles.push_back(std::move(trouble));
    }
  }
  co_return troubles;
}

Json deployment_result(const Deployment& deployment) {
  const Json& content = deployment.content;
  const Json receipt = content.value("receipt", Json());
  Json result{{"address", deployment.address()}};
  if (receipt.is_object()) {
    result["transaction_hash"] = receipt.value("transactionHash", Json());
    result["block"] = receipt.value("blockNumber", Json());
  }
  for (const char* key : {"args", "libraries"}) {
    if (content.contains(key)) {
      result[key] = content.at(key);
    }
  }
  return result;
}

}  // namespace runbook::hardhat
