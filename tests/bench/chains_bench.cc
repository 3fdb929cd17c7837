// What scripts do on a chain, and what the program does with its journal on: whole processes
// against anvil, a new one for each. Needs what tests/real/setup.sh installs.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "engine/base/error.h"
#include "tests/bench/measure.h"
#include "tests/modules/eth/node.h"

namespace runbook::bench {
namespace {

namespace fs = std::filesystem;
using test::Environment;
using test::Node;
using test::Ran;

constexpr int kChainsRounds = 3;
constexpr int kTransfers = 1'000;
constexpr int kContracts = 10;

/// A copy of tests/bench/chains with the packages and contracts beside it.
class Chains {
 public:
  Chains() {
    const fs::path source = SOURCE_FOLDER;
    fs::copy(source / "tests/bench/chains", path(), fs::copy_options::recursive);
    fs::create_directory_symlink(test::real_cache() / "hardhat/node_modules",
                                 path() / "node_modules");
    fs::create_directory(path() / "contracts");
    fs::copy_file(source / "tests/contracts/Counter.sol", path() / "contracts/Counter.sol");
  }
  const fs::path& path() const { return folder_.path(); }

  /// How long the command takes on a chain of its own on which it makes so many transactions.
  double seconds(const std::vector<std::string>& argv, int transactions,
                 const Environment& more = {}) const {
    Node node = test::anvil();
    Environment environment = {{"CHAIN_URL", node.url()},
                               {"SENDER_KEY", test::kFirstKey},
                               {"HARDHAT_DISABLE_TELEMETRY_PROMPT", "true"}};
    environment.insert(more.begin(), more.end());
    std::vector<std::string> command = argv;
    std::ranges::replace(command, std::string("URL"), node.url());
    fs::remove_all(path() / ".runbook");
    fs::remove_all(path() / "ignition/deployments");
    const double taken = seconds_of([&] { run(command, environment); });
    const Json count = node.call("eth_getTransactionCount", {test::kFirstAccount, "latest"});
    RB_CHECK(count == fmt::format("0x{:x}", transactions));
    return taken;
  }
  void run(const std::vector<std::string>& command, const Environment& environment) const {
    const Ran ran = test::run_program(command, path(), environment);
    if (ran.exit != 0) {
      throw std::runtime_error(
          fmt::format("{} ended with {}: {}{}", command.at(0), ran.exit, ran.out, ran.err));
    }
  }

 private:
  const test::Folder folder_;
};

Figure transfers(const Chains& chains) {
  const std::string count = std::to_string(kTransfers);
  const auto script = [&](const char* name) {
    return kTransfers / chains.seconds({"node", name, "URL", test::kFirstKey, count}, kTransfers);
  };
  return measure(
      {.name = "1,000 transfers on anvil",
       .unit = "tx/s",
       .judged = Figure::Judged::ratio,
       .floor = 1.5,
       .goal = 2,
       .limit_is = "the faster of two scripts, with ethers and with viem, nothing recorded",
       .held_by = "anvil itself, and for each transfer a step of its own with an intent"},
      kChainsRounds,
      [&] {
        return kTransfers / chains.seconds({RUNBOOK_BINARY, "run", "transfers.lua"}, kTransfers);
      },
      [&] { return std::max(script("ethers.mjs"), script("viem.mjs")); });
}

Figure deployments(const Chains& chains) {
  const std::vector<std::string> hardhat = {"node",
                                            "node_modules/hardhat/internal/cli/bootstrap.js"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), hardhat.begin(), hardhat.end());
    return more;
  };
  chains.run(with({"compile"}), {{"HARDHAT_DISABLE_TELEMETRY_PROMPT", "true"}});
  return measure(
      {.name = "10 contracts deployed on anvil",
       .unit = "1/s",
       .judged = Figure::Judged::ratio,
       .floor = 3,
       .goal = 5,
       .limit_is = "hardhat ignition deploy of the same, compiled before",
       .held_by = "waiting for receipts"},
      kChainsRounds,
      [&] {
        return kContracts / chains.seconds({RUNBOOK_BINARY, "run", "deployments.lua"}, kContracts);
      },
      [&] {
        return kContracts /
               chains.seconds(with({"ignition", "deploy", "ignition/modules/Counters.js",
                                    "--network", "localhost"}),
                              kContracts, {{"CI", "1"}});
      });
}

}  // namespace

std::vector<Figure> bench_chains() {
  if (!fs::exists(test::real_cache() / "hardhat/complete")) {
    fmt::print(
        "!! SKIPPED: chains: tests/real/setup.sh could not install ethers, viem and Ignition\n");
    return {};
  }
  const Chains chains;
  return {transfers(chains), deployments(chains)};
}

}  // namespace runbook::bench
