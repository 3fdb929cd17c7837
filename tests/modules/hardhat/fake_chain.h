#pragma once
// A node of which a test decides what it has: answers on the server's thread.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "tests/io_http/http_server.h"

namespace runbook::test {

class FakeChain {
 public:
  struct State {
    std::string chain_id = "0x7a69";
    std::string genesis = "0x00aa";
    std::map<std::string, std::string> code;      ///< by address in lower case
    std::map<std::string, Json> receipts;         ///< by hash
    std::map<std::string, Json> mined_when_sent;  ///< receipts that appear with the next send
    int count = 0, pending_count = 0;
    Json transactions = Json::array();  ///< of block kUsed, in which the count rose from 0
    std::string refusal;                ///< of eth_sendRawTransaction
    std::vector<std::string> sent;
  };

  static constexpr int kUsed = 2, kHead = 7;

  FakeChain() : server_([this](const SeenRequest& request) { return answer(request); }) {}

  std::string url() const { return server_.url(); }
  int port() const { return server_.port(); }
  State state() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  void set(const std::function<void(State&)>& change) {
    const std::lock_guard lock(mutex_);
    change(state_);
  }
  /// Before every answer.
  void on_question(std::function<void(State&)> change) {
    const std::lock_guard lock(mutex_);
    on_question_ = std::move(change);
  }

 private:
  static std::string lower(std::string text) {
    for (char& c : text) {
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
  }

  static Json found(const std::map<std::string, Json>& all, const std::string& key) {
    const auto at = all.find(key);
    return at == all.end() ? Json() : at->second;
  }

  int count_at(const std::string& block) const {
    if (block == "pending") {
      return state_.pending_count;
    }
    return block == "latest" || std::stoi(block, nullptr, 16) >= kUsed ? state_.count : 0;
  }

  Json result_of(const std::string& method, const Json& params) {
    if (method == "eth_chainId") {
      return state_.chain_id;
    }
    if (method == "eth_blockNumber") {
      return "0x" + std::to_string(kHead);
    }
    if (method == "eth_getBlockByNumber") {
      const bool is_used = params.at(0) == "0x" + std::to_string(kUsed);
      return {{"hash", state_.genesis},
              {"transactions", is_used ? state_.transactions : Json::array()}};
    }
    if (method == "eth_getCode") {
      const auto at = state_.code.find(lower(params.at(0).get<std::string>()));
      return at == state_.code.end() ? "0x" : at->second;
    }
    if (method == "eth_getTransactionCount") {
      return "0x" + std::to_string(count_at(params.at(1).get<std::string>()));  // tests count to 9
    }
    if (method == "eth_getTransactionReceipt") {
      return found(state_.receipts, params.at(0).get<std::string>());
    }
    state_.sent.push_back(params.at(0).get<std::string>());
    state_.receipts.merge(state_.mined_when_sent);
    return "0x00";
  }

  Reply answer(const SeenRequest& request) {
    const std::lock_guard lock(mutex_);
    if (on_question_) {
      on_question_(state_);
    }
    const Json asked = Json::parse(request.body);
    const std::string method = asked.at("method").get<std::string>();
    Json answered{{"jsonrpc", "2.0"}, {"id", asked.at("id")}};
    if (method == "eth_sendRawTransaction" && !state_.refusal.empty()) {
      answered["error"] = {{"code", -32000}, {"message", state_.refusal}};
    } else {
      answered["result"] = result_of(method, asked.at("params"));
    }
    return reply(200, answered.dump());
  }

  mutable std::mutex mutex_;
  State state_;
  std::function<void(State&)> on_question_;
  HttpServer server_;
};

}  // namespace runbook::test
