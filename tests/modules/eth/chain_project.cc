#include "tests/modules/eth/chain_project.h"

#include <fmt/core.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

#include "engine/base/hash.h"
#include "modules/eth/address.h"
#include "modules/eth/key.h"

namespace runbook::test {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kWordDigits = 64;

/// Never the same twice on one machine, so that nodes may be shared.
std::string new_word() {
  static int last = 0;
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  const Digest word = keccak256(fmt::format("{}/{}/{}", getpid(), now, ++last));
  return std::string(reinterpret_cast<const char*>(word.data()), word.size());
}

std::uint64_t number_of(const Json& hex) {
  return std::stoull(hex.get<std::string>(), nullptr, 16);
}

std::string lower(std::string text) {
  for (char& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return text;
}

constexpr const char* kBeginning = R"lua(
local eth = require 'eth'
local url = '{}'
local chain = eth.chain {{ url = url, key = secret('sender', {{ env = 'SENDER_KEY' }}), {} }}
)lua";

int ended(int pid, const std::function<void()>& meanwhile) {
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    meanwhile();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Account new_account() {
  const std::string word = new_word();
  const PrivateKey key(word);
  return {key.hex(), checksum_address(key.address())};
}

Account funded_account(Node& node) {
  Account account = new_account();
  node.call("anvil_setBalance", {account.address, Bigint::parse("1000 ether").hex()});
  return account;
}

Account funded_on_geth(Node& node) {
  Account account = new_account();
  const Json rich = node.call("eth_accounts").at(0);
  node.call(
      "eth_sendTransaction",
      {{{"from", rich}, {"to", account.address}, {"value", Bigint::parse("1000 ether").hex()}}});
  if (!eventually([&] { return balance_of(node, account.address) > Bigint(0); })) {
    throw std::runtime_error("geth did not pay " + account.address);
  }
  return account;
}

std::string new_address() {
  return new_account().address;
}

std::string created_address(const std::string& sender, std::uint64_t nonce) {
  return checksum_address(create_address(parse_address(sender), nonce));
}

Bigint quantity(const Json& hex) {
  return Bigint::parse(hex.get<std::string>());
}

std::uint64_t count_of(Node& node, const std::string& address, const std::string& block) {
  return number_of(node.call("eth_getTransactionCount", {address, block}));
}

Bigint balance_of(Node& node, const std::string& address) {
  return quantity(node.call("eth_getBalance", {address, "latest"}));
}

bool has_code(Node& node, const std::string& address) {
  return node.call("eth_getCode", {address, "latest"}) != "0x";
}

Bigint read_number(Node& node, const std::string& contract, const std::string& signature) {
  const Digest hash = keccak256(signature);
  const Json word = node.call(
      "eth_call",
      {{{"to", contract},
        {"data", fmt::format("0x{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3])}},
       "latest"});
  return word.get<std::string>().size() == 2 + kWordDigits ? quantity(word) : Bigint(-1);
}

void mine(Node& node, int blocks) {
  for (int block = 0; block < blocks; ++block) {
    node.call("evm_mine");
  }
}

std::map<std::uint64_t, Json> mined_from(Node& node, const std::string& sender) {
  std::map<std::uint64_t, Json> found;
  const std::string from = lower(sender);
  const auto head = number_of(node.call("eth_blockNumber"));
  for (std::uint64_t number = 0; number <= head; ++number) {
    const Json block = node.call("eth_getBlockByNumber", {fmt::format("0x{:x}", number), true});
    for (const Json& transaction : block.at("transactions")) {
      if (transaction.at("from") == from) {
        found[number_of(transaction.at("nonce"))] = transaction;
      }
    }
  }
  return found;
}

std::uint64_t waiting_in_pool(Node& node) {
  const Json pool = node.call("txpool_status");
  std::uint64_t waiting = 0;
  for (const Json& count : pool) {
    waiting += number_of(count);
  }
  return waiting;
}

ChainProject::ChainProject(std::string url, std::string key, const std::string& recipe) {
  fs::create_directory_symlink(fs::path(SOURCE_FOLDER) / "tests/contracts/artifacts",
                               folder_.path() / "artifacts");
  url_ = std::move(url);
  use_key(std::move(key));
  write_recipe(recipe);
}

ChainProject::~ChainProject() {
  for (const int pid : started_) {
    if (waitpid(pid, nullptr, WNOHANG) == 0) {
      ::kill(pid, SIGKILL);
      wait_for(pid);
    }
  }
}

void ChainProject::write_recipe(const std::string& recipe, const std::string& name) {
  recipes_[name] = recipe;
  write();
}

void ChainProject::use_url(std::string url) {
  url_ = std::move(url);
  write();
}

void ChainProject::use_fields(std::string fields) {
  fields_ = std::move(fields);
  write();
}

void ChainProject::write() const {
  for (const auto& [name, recipe] : recipes_) {
    folder_.write(name, fmt::format(kBeginning, url_, fields_) + recipe);
  }
}

Ran ChainProject::type(const std::vector<std::string>& arguments, const Meanwhile& meanwhile) {
  const std::size_t before = said().size();
  const int exit = ended(start(arguments), meanwhile);
  return {exit, "", said().substr(before)};
}

Ran ChainProject::die_at(const std::string& point, int event, const Meanwhile& meanwhile) {
  Environment environment = environment_;
  environment["CRASH_POINT"] = point;
  environment["CRASH_AT"] = std::to_string(event);
  const std::size_t before = said().size();
  const int pid = started_.emplace_back(start_program(
      {CRASH_PROGRAM, "run", folder_.path().string(), (folder_.path() / "r.lua").string()},
      folder_.path(), environment));
  const int exit = ended(pid, meanwhile);
  return {exit, "", said().substr(before)};
}

void ChainProject::die_at_send(FaultProxy& proxy, int sends, const Meanwhile& meanwhile,
                               const std::string& method) {
  die_when_asked(proxy, method, sends, {"run", "r.lua"}, meanwhile);
}

void ChainProject::die_again_at(FaultProxy& proxy, const std::string& method) {
  die_when_asked(proxy, method, 1, {"resume"}, [] {});
}

void ChainProject::die_when_asked(FaultProxy& proxy, const std::string& method, int times,
                                  const std::vector<std::string>& arguments,
                                  const Meanwhile& meanwhile) {
  const int before = proxy.count(method);
  const int pid = start(arguments);
  proxy.on_request(method, [&proxy, method, times, before, pid] {
    if (proxy.count(method) >= before + times) {
      ::kill(pid, SIGKILL);
    }
  });
  const int exit = ended(pid, [&] {
    if (proxy.count(method) < before + times) {
      meanwhile();
    }
  });
  proxy.on_request(method, nullptr);
  if (exit != 128 + SIGKILL) {
    throw std::runtime_error(
        fmt::format("it ended with {} before it was killed:\n{}", exit, said()));
  }
}

Ran ChainProject::go_on(const Meanwhile& meanwhile) {
  Ran resumed = type({"resume"}, meanwhile);
  return resumed.err.find("there are no runs yet") == std::string::npos
             ? resumed
             : type({"run", "r.lua"}, meanwhile);
}

int ChainProject::start(const std::vector<std::string>& arguments) {
  return started_.emplace_back(start_runbook(arguments, folder_.path(), environment_));
}

}  // namespace runbook::test
