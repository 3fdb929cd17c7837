#pragma once
// A stand-in of a Chainlink node: its REST API with the rules that matter to who provisions one, in
// memory, on a free loopback port. It can misbehave, counts what was written, and is asked what it
// holds. It runs inside a test, or as a program of its own (stand_in_main.cc):
//
//     test_chainlink_node [SETTINGS.json]
//
// prints its port on the first line of stdout and serves until SIGTERM. Settings, all optional, the
// same for both:
//
//     port          0: a free one
//     state         file that keeps what the node holds, so that it can be killed and started again
//     email         "admin@chain.link"
//     password      "a long node password"
//     api_key, api_secret   accepted in X-API-KEY and X-API-SECRET
//     role          "admin" | "edit" | "run" | "view": the last two may not write
//     keys          an entry of PublicKeys.json; one OCR2 bundle, one key of each other kind
//     chain_ids     ["11155111"]: the chains the node knows; one ETH key on each
//     eth_balance   "1000000000000000000", "0", or null where the node cannot reach the chain
//     eth_keys, p2p_keys, ocr2_keys, csa_keys, aptos_keys   lists of { id, attributes } instead of
//                   what follows from `keys`: [] for none
//     ocr2          true; false: 501 for jobs of OCR2
//     binaries      ["chainlink-ocr3-capability"]: what pluginConfig.command may name
//     session_timeout_ms    since the last use; 999 hours
//     login_limit, login_window_ms       1000 in 20000: else 429
//     request_limit, request_window_ms   2000 in 60000: else 429
//     body_limit    32768
//     healthy, ready        true
//     version, commit       of /v2/build_info
//
// Without a login: GET /stand_in/state gives { counts, jobs, ocr2_keys, …, replays, sessions };
// POST /stand_in/settings changes settings; POST /stand_in/faults adds a fault:
//
//     { "kind": …, "method": "POST", "path": "/v2/jobs", "times": 1, "retry_after": "1" }
//
// for the next `times` requests (-1: for ever) of this method (any if absent) whose path begins so:
//     fail, fail_after     500, before or after doing it
//     hang, hang_after     no answer
//     drop, drop_after     the connection is closed
//     limit                429, with Retry-After if `retry_after` is given
//     status               `status`, with `body` and `headers` as given, before doing it
//     half_replace         PUT of a job: the old one is deleted, the new one not made, 500
//     none                 forgets all faults
// and { "kind": "expire" } ends all sessions at once.

#include <functional>
#include <memory>
#include <string>

#include "engine/base/json.h"

namespace runbook::test {

class ChainlinkNode {
 public:
  explicit ChainlinkNode(const Json& settings = Json::object());
  ~ChainlinkNode();

  int port() const;
  std::string url() const;  ///< no / at its end
  /// What /stand_in/state says.
  Json state() const;
  /// How often: "logins", "refused_logins", "requests", "jobs_created", "jobs_deleted",
  /// "jobs_replaced", "ocr2_keys_created", "aptos_keys_created", "bridges_created",
  /// "bridges_updated", "replays". What is refused does not count.
  int count(const std::string& what) const;
  void change(const Json& settings);
  void fault(const Json& fault);
  /// On the server's thread, each time a request of this method and path begins (before) or has
  /// been carried out and not yet answered (after).
  enum class Moment { before, after };
  void on_request(Moment moment, std::string method, std::string path, std::function<void()> then);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runbook::test
