#include "modules/eth/node_requests.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "engine/base/id.h"

namespace runbook {

namespace {

constexpr std::size_t kMostInBatch = 100;
constexpr std::size_t kMostBatches = 4;  ///< at a time: meanwhile the next one collects
constexpr std::chrono::milliseconds kFirstRetry{200};
constexpr std::chrono::milliseconds kLongestRetry{5'000};
/// A node that never answered is more likely misnamed than on its way.
constexpr std::chrono::milliseconds kFirstContact{5'000};
constexpr int kLimitExceeded = -32005;
constexpr int kTooManyRequests = 429;
constexpr int kServerError = 500;

/// Half of it by chance, so that many do not come back at once.
std::chrono::milliseconds some_of(std::chrono::milliseconds pause) {
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(pause.count()) * (0.5 + 0.5 * random_unit())));
}

int status_of(const Error& error) {
  return error.detail.is_object() ? error.detail.value("status", 0) : 0;
}

bool is_transient(const Error& error) {
  return error.transient || status_of(error) >= kServerError;
}

JsonRpcAnswer error_answer(const Error& error) {
  return {.result = nullptr,
          .error = {{"code", error.detail.value("code", Json())},
                    {"message", error.detail.value("message", Json())},
                    {"data", error.detail.value("data", Json())}}};
}

}  // namespace

bool is_postponed(std::string_view method, const Json& error) {
  if (!error.is_object()) {
    return false;
  }
  const Json code = error.value("code", Json());
  const Json message = error.value("message", Json());
  const std::string text = message.is_string() ? message.get<std::string>() : std::string();
  const bool too_much_asked = method == "eth_getLogs";  // of one request, which never passes
  return (code == kLimitExceeded && !too_much_asked) || code == kTooManyRequests ||
         text.find("transaction indexing is in progress") != std::string::npos ||
         text.find("rate limit") != std::string::npos ||
         text.find("Too Many Requests") != std::string::npos;
}

struct NodeRequests::Waiting {
  Waiting(Loop& loop, JsonRpcCall the_call) : call(std::move(the_call)), done(loop) {}

  JsonRpcCall call;
  Latch done;
  JsonRpcAnswer answer;
  std::optional<Error> failure;
  bool repeated = false;  ///< an earlier try may have reached the node
  std::size_t waiters = 0;
  CancelPtr cancel = Cancel::root();  ///< requested when the last waiter has left
};

NodeRequests::NodeRequests(Loop& loop, HttpClient& http, JsonRpcEndpoint endpoint,
                           std::chrono::milliseconds patience)
    : loop_(loop), rpc_(http), endpoint_(std::move(endpoint)), patience_(patience) {}

Task<JsonRpcAnswer> NodeRequests::ask(std::string method, Json params, CancelPtr cancel) {
  JsonRpcCall call{std::move(method), std::move(params)};
  std::vector<JsonRpcCall> calls;
  calls.push_back(std::move(call));
  std::vector<JsonRpcAnswer> answers = co_await ask_all(std::move(calls), std::move(cancel));
  co_return std::move(answers.front());
}

Task<std::vector<JsonRpcAnswer>> NodeRequests::ask_all(std::vector<JsonRpcCall> calls,
                                                       CancelPtr cancel) {
  const std::shared_ptr<NodeRequests> self = shared_from_this();
  struct Asked {
    Batch waiting;
    ~Asked() {
      for (const std::shared_ptr<Waiting>& one : waiting) {
        if (--one->waiters == 0) {
          one->cancel->request(CancelReason::sibling);
        }
      }
    }
  } asked;
  for (JsonRpcCall& call : calls) {
    asked.waiting.push_back(enqueue(std::move(call)));
  }
  std::vector<JsonRpcAnswer> answers;
  for (const std::shared_ptr<Waiting>& one : asked.waiting) {
    co_await one->done.wait(cancel);
    if (one->failure) {
      throw *one->failure;
    }
    answers.push_back(one->answer);
  }
  co_return answers;
}

std::shared_ptr<NodeRequests::Waiting> NodeRequests::enqueue(JsonRpcCall call) {
  std::shared_ptr<Waiting>& queued = queued_[call.method + dump_json(call.params)];
  if (queued != nullptr) {
    ++queued->waiters;
    return queued;
  }
  queued = std::make_shared<Waiting>(loop_, std::move(call));
  queued->waiters = 1;
  queue_.push_back(queued);
  if (!sending_ && in_flight_ < kMostBatches) {
    sending_ = true;
    loop_.spawn(send_queued());
  }
  return queue_.back();
}

// Whatever else is ready runs first, and may ask too.
Task<void> NodeRequests::send_queued() {
  const std::shared_ptr<NodeRequests> self = shared_from_this();
  co_await loop_.sleep(std::chrono::milliseconds(0), nullptr);
  sending_ = false;
  queued_.clear();
  while (!queue_.empty() && in_flight_ < kMostBatches) {
    const std::size_t most = takes_batches_ ? kMostInBatch : 1;
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(most, queue_.size()));
    Batch batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    ++in_flight_;
    loop_.spawn(send_batch(std::move(batch)));
  }
}

Task<void> NodeRequests::send_batch(Batch batch) {
  const std::shared_ptr<NodeRequests> self = shared_from_this();
  const auto since = loop_.clock().steady();
  std::chrono::milliseconds pause = kFirstRetry;
  const CancelPtr node = Cancel::root();
  std::vector<Cancel::Registration> leaving;
  const auto all = std::make_shared<const Batch>(batch);
  for (const std::shared_ptr<Waiting>& waiting : batch) {
    leaving.push_back(waiting->cancel->on_change([node, all] {
      if (std::ranges::all_of(*all, [](const auto& one) { return one->waiters == 0; })) {
        node->request(CancelReason::sibling);
      }
    }));
  }
  try {
    while (!batch.empty()) {
      std::optional<Error> failure;  // a coroutine cannot wait inside a handler
      try {
        batch = co_await try_batch(batch, node);
      } catch (const Error& error) {
        failure = error;
      }
      if (failure && !worth_repeating(*failure, since)) {
        for (const std::shared_ptr<Waiting>& waiting : batch) {
          waiting->failure = failure;
          waiting->done.open();
        }
        break;
      }
      mark_repeated(batch, failure);
      if (!batch.empty()) {
        co_await loop_.sleep(some_of(pause), node);
        pause = std::min(pause * 2, kLongestRetry);
      }
    }
  } catch (const Cancelled&) {
    batch.clear();  // nobody waits any more
  }
  --in_flight_;
  if (!queue_.empty() && !sending_) {
    sending_ = true;
    loop_.spawn(send_queued());
  }
}

/// Only where nothing of the request was sent it is certain that nothing of it was done.
void NodeRequests::mark_repeated(const Batch& batch, const std::optional<Error>& failure) const {
  const bool is_sent =
      failure && (failure->effect != EffectDone::none || (batch.size() > 1 && !takes_batches_));
  for (const std::shared_ptr<Waiting>& waiting : batch) {
    waiting->repeated = waiting->repeated || is_sent;
  }
}

/// Those that the node postponed.
Task<NodeRequests::Batch> NodeRequests::try_batch(Batch batch, CancelPtr cancel) {
  const std::vector<JsonRpcAnswer> answers = co_await post(batch, std::move(cancel));
  has_answered_ = true;
  Batch postponed;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (is_postponed(batch[i]->call.method, answers[i].error)) {
      postponed.push_back(batch[i]);
      continue;
    }
    batch[i]->answer = answers[i];
    if (batch[i]->repeated && batch[i]->answer.error.is_object()) {
      batch[i]->answer.error["repeated"] = true;
    }
    batch[i]->done.open();
  }
  co_return postponed;
}

/// One by one where the node takes no batches.
Task<std::vector<JsonRpcAnswer>> NodeRequests::post(const Batch& batch, CancelPtr cancel) {
  if (batch.size() > 1 && takes_batches_) {
    std::vector<JsonRpcCall> calls;
    for (const std::shared_ptr<Waiting>& waiting : batch) {
      calls.push_back(waiting->call);
    }
    std::optional<Error> failure;
    try {
      co_return co_await rpc_.batch(endpoint_, std::move(calls), cancel);
    } catch (const Error& error) {
      failure = error;
    }
    if (is_transient(*failure)) {
      throw *failure;
    }
    takes_batches_ = false;
  }
  std::vector<JsonRpcAnswer> answers;
  for (const std::shared_ptr<Waiting>& waiting : batch) {
    std::optional<Error> refusal;
    try {
      Json result = co_await rpc_.call(endpoint_, waiting->call, cancel);
      answers.push_back({std::move(result), nullptr});
    } catch (const Error& error) {
      if (error.code != Code::jsonrpc_error) {
        throw;
      }
      refusal = error;
    }
    if (refusal) {
      answers.push_back(error_answer(*refusal));
    }
  }
  co_return answers;
}

bool NodeRequests::worth_repeating(const Error& error,
                                   std::chrono::steady_clock::time_point since) const {
  const bool absent = error.code == Code::http_connection && !has_answered_;
  const auto most = absent ? std::min(patience_, kFirstContact) : patience_;
  return is_transient(error) && loop_.clock().steady() - since < most;
}

}  // namespace runbook
