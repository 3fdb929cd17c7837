#include "modules/eth/sending.h"

#include "engine/base/hash.h"

namespace runbook {

Task<Sent> send_newest(ChainClient& client, TransactionIntent intent, CancelPtr cancel) {
  const Alternative& newest = intent.newest();
  const bool is_signed = !newest.raw.empty();
  Json params = Json::array();
  params.push_back(is_signed ? Json("0x" + to_hex(newest.raw))
                             : node_transaction(intent, newest.fees));
  const JsonRpcAnswer answer =
      co_await client.ask(is_signed ? "eth_sendRawTransaction" : "eth_sendTransaction",
                          std::move(params), std::move(cancel));
  Sent sent{.answer = classify_send(answer.error), .hash = newest.hash, .message = {}};
  if (answer.error.is_null()) {
    sent.hash =
        !is_signed && answer.result.is_string() ? answer.result.get<std::string>() : newest.hash;
  } else if (answer.error.value("message", Json()).is_string()) {
    sent.message = answer.error.at("message").get<std::string>();
  }
  sent.repeated = answer.error.is_object() && answer.error.value("repeated", false);
  co_return sent;
}

}  // namespace runbook
