#include "modules/hardhat/ignition.h"

#include <string>

namespace runbook::hardhat {

namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

void begin(Json& future, const Json& message, std::string_view type) {
  const bool acts = type.substr(0, 11) == "DEPLOYMENT_" || type.substr(0, 5) == "CALL_" ||
                    type.substr(0, 10) == "SEND_DATA_" || type.substr(0, 12) == "STATIC_CALL_";
  future = {{"state", acts ? "open" : "ok"}, {"transactions", Json::array()}};
  if (message.contains("from")) {
    future["from"] = message.at("from");
  }
  if (!acts && message.contains("contractAddress")) {
    future["address"] = message.at("contractAddress");
  }
}

void complete(Json& future, const Json& message) {
  const Json result = message.value("result", Json::object());
  const std::string type = result.value("type", std::string());
  future["state"] = type == "SUCCESS" ? "ok" : type == "STRATEGY_HELD" ? "held" : "failed";
  if (result.contains("address")) {
    future["address"] = result.at("address");
  }
  if (type != "SUCCESS") {
    future["error"] = type;
  }
}

/// The entry of this nonce, one for all of its transactions: a fee bump has another hash.
Json& transaction_of(Json& future, const Json& message) {
  Json& all = future["transactions"];
  for (Json& known : all) {
    if (known.value("nonce", Json()) == message.value("nonce", Json())) {
      return known;
    }
  }
  all.push_back({{"nonce", message.value("nonce", Json())}});
  return all.back();
}

void confirm(Json& future, const Json& message) {
  for (Json& known : future["transactions"]) {
    if (known.value("hash", Json()) == message.value("hash", Json())) {
      known["block"] = message.value("receipt", Json::object()).value("blockNumber", Json());
    }
  }
}

void apply(Json& state, const Json& message) {
  const std::string type = message.value("type", std::string());
  if (type == "DEPLOYMENT_INITIALIZE") {
    state["chain_id"] = message.value("chainId", Json());
  }
  if (!message.contains("futureId")) {
    return;
  }
  const std::string id = message.at("futureId").get<std::string>();
  if (type == "WIPE_APPLY") {
    state["futures"].erase(id);
    return;
  }
  Json& future = state["futures"][id];
  if (ends_with(type, "_EXECUTION_STATE_INITIALIZE")) {
    begin(future, message, type);
  } else if (ends_with(type, "_EXECUTION_STATE_COMPLETE")) {
    complete(future, message);
  } else if (type == "TRANSACTION_PREPARE_SEND") {
    transaction_of(future, message);
  } else if (type == "TRANSACTION_SEND") {
    transaction_of(future, message)["hash"] =
        message.value("transaction", Json::object()).value("hash", Json());
  } else if (type == "TRANSACTION_CONFIRM") {
    confirm(future, message);
  }
}

}  // namespace

Json ignition_state(std::string_view journal, std::string_view what) {
  Json state{{"chain_id", nullptr}, {"futures", Json::object()}};
  for (std::size_t at = 0; at < journal.size();) {
    const std::size_t end = journal.find('\n', at);
    const std::string_view line = journal.substr(at, end - at);
    if (end == std::string_view::npos && !Json::accept(line)) {
      break;
    }
    if (!line.empty()) {
      const Json message = parse_json(line, what);
      if (message.is_object()) {
        apply(state, message);
      }
    }
    at = end == std::string_view::npos ? journal.size() : end + 1;
  }
  return state;
}

}  // namespace runbook::hardhat
