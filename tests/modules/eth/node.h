#pragma once
// A real node of its own for a test, on a free loopback port: anvil always, geth and Hardhat's in
// the second tier. Ends with the test, by pid.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "tests/cli/program.h"
#include "tests/io_http/client.h"

namespace runbook::test {

/// Of the first account of anvil and of hardhat node, which has 10,000 ether.
constexpr const char* kFirstKey =
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
constexpr const char* kFirstAccount = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
constexpr const char* kSecondKey =
    "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
constexpr const char* kSecondAccount = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

class Node {
 public:
  /// The program and its arguments; "{port}" and "{folder}" (the node's own) are filled in.
  /// Returns once it answers.
  explicit Node(std::vector<std::string> argv, Environment environment = {});
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const std::string& url() const { return url_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// The result; throws Error as the engine's client does.
  Json call(std::string method, Json params = Json::array());

  void kill();   ///< -9; what it kept stays in its folder
  void stop();   ///< in order
  void start();  ///< again, on the same port
  /// From the next start on, `word` in its arguments is `with`.
  void change(const std::string& word, const std::string& with);

 private:
  bool answers();
  bool has_ended();
  void end(int signal);

  const Folder folder_;
  std::vector<std::string> argv_;
  Environment environment_;
  std::string url_;
  Client client_;
  int pid_ = 0;
};

/// anvil with these further arguments. Mines nothing but by mine() if they have "--no-mining".
Node anvil(const std::vector<std::string>& more = {});
/// geth in dev mode; blocks come every `period` seconds, or with each transaction for 0.
Node geth(int period, const std::vector<std::string>& more = {});
/// The node of Hardhat 2.
Node hardhat_node();

/// What the second tier installed: the folder of tests/real/setup.sh.
std::filesystem::path real_cache();

}  // namespace runbook::test
