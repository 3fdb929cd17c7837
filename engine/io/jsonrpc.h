#pragma once
// JSON-RPC 2.0 over HTTP POST: what modules/jsonrpc exposes and modules/eth builds on.

#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/io/http.h"

namespace runbook {

struct JsonRpcEndpoint {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Authorization …
  std::chrono::milliseconds timeout{30'000};
  std::size_t max_bytes = std::size_t{64} << 20;
  std::string ca_file;  ///< PEM, instead of the system's
};

struct JsonRpcCall {
  std::string method;
  Json params = Json::array();
};

/// One answer of a batch: `error` is null or {code, message, data}.
struct JsonRpcAnswer {
  Json result;
  Json error;
};

class JsonRpcClient {
 public:
  explicit JsonRpcClient(HttpClient& http) : http_(http) {}
  /// The `result`. An error answer: Error(Code::jsonrpc_error), detail {code, message, data,
  /// method}, effect none, transient for -32005 (limit) and HTTP 429; not JSON-RPC, or an answer
  /// with another id: Error(Code::jsonrpc_invalid); a status other than 200 without JSON-RPC
  /// content: Error(Code::http_status); transport errors as HttpClient. Reads (is_read_method) are
  /// sent again when a kept connection closes before the answer. `endpoint` outlives the call.
  Task<Json> call(const JsonRpcEndpoint& endpoint, JsonRpcCall call, CancelPtr cancel);
  /// Answers in the order of `calls`, matched by id; a missing or doubled id:
  /// Error(Code::jsonrpc_invalid). `calls` must not be empty.
  Task<std::vector<JsonRpcAnswer>> batch(const JsonRpcEndpoint& endpoint,
                                         std::vector<JsonRpcCall> calls, CancelPtr cancel);

 private:
  HttpClient& http_;
  std::int64_t next_id_ = 1;
};

/// True for the methods that only look (the known eth_ reads, net_version, web3_clientVersion, …):
/// may be retried freely.
bool is_read_method(std::string_view method);

}  // namespace runbook
