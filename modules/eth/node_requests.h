#pragma once
// Requests to one node: those of one turn of the loop go out as one batch, equal ones once, and are
// repeated until the node has answered or patience is at its end.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/io/jsonrpc.h"
#include "engine/io/loop.h"

namespace runbook {

class NodeRequests : public std::enable_shared_from_this<NodeRequests> {
 public:
  NodeRequests(Loop& loop, HttpClient& http, JsonRpcEndpoint endpoint,
               std::chrono::milliseconds patience);

  /// What the node answered. Throws Error where it did not, and Cancelled. An error answer to a
  /// request of which an earlier try may have been carried out has `repeated` = true.
  Task<JsonRpcAnswer> ask(std::string method, Json params, CancelPtr cancel);
  /// The same for several, in one batch.
  Task<std::vector<JsonRpcAnswer>> ask_all(std::vector<JsonRpcCall> calls, CancelPtr cancel);

 private:
  struct Waiting;
  using Batch = std::vector<std::shared_ptr<Waiting>>;

  std::shared_ptr<Waiting> enqueue(JsonRpcCall call);
  Task<void> send_queued();
  Task<void> send_batch(Batch batch);
  void mark_repeated(const Batch& batch, const std::optional<Error>& failure) const;
  Task<Batch> try_batch(Batch batch, CancelPtr cancel);
  Task<std::vector<JsonRpcAnswer>> post(const Batch& batch, CancelPtr cancel);
  bool worth_repeating(const Error& error, std::chrono::steady_clock::time_point since) const;

  Loop& loop_;
  JsonRpcClient rpc_;
  const JsonRpcEndpoint endpoint_;
  const std::chrono::milliseconds patience_;
  Batch queue_;
  std::unordered_map<std::string, std::shared_ptr<Waiting>> queued_;  ///< by method and parameters
  bool sending_ = false;       ///< somebody is about to send the queue
  bool takes_batches_ = true;  ///< until the node refuses one
  bool has_answered_ = false;  ///< this session: then it will be back
  std::size_t in_flight_ = 0;  ///< batches
};

/// True for an answer that says "not now": too many requests, an index that is being built.
bool is_postponed(std::string_view method, const Json& error);

}  // namespace runbook
