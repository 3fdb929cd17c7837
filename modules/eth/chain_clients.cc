// Which client a call asks: one for each URL of a session, and the chains they are known to serve.
#include <fmt/format.h>

#include <map>
#include <memory>

#include "engine/io/http_headers.h"
#include "modules/eth/chain_client.h"
#include "modules/eth/chain_options.h"

namespace runbook {

namespace {

constexpr std::chrono::milliseconds kRequestTimeout{10'000};
constexpr std::chrono::milliseconds kPatience{60'000};

struct ChainClients {
  std::map<std::string, std::unique_ptr<ChainClient>> by_endpoint;
  std::map<ChainIdentity, ChainClient*> by_chain;
};

void refuse_chain(const std::string& where, const std::string& found, const std::string& wanted) {
  refuse(Code::chain_mismatch, fmt::format("{} serves {}, not {}", where, found, wanted));
}

}  // namespace

ChainClient& client_of(Call& call) {
  ChainClients& clients = call.host().of_session<ChainClients>();
  JsonRpcEndpoint endpoint;
  endpoint.url = call.text("url");
  endpoint.headers = read_http_headers(call.options());
  endpoint.timeout = call.duration_or("request_timeout", kRequestTimeout);
  const std::chrono::milliseconds patience = call.duration_or("patience", kPatience);
  const std::string key =
      Json{endpoint.url, endpoint.headers, endpoint.timeout.count(), patience.count()}.dump(
          -1, ' ', false, Json::error_handler_t::replace);
  std::unique_ptr<ChainClient>& client = clients.by_endpoint[key];
  if (client == nullptr) {
    client = std::make_unique<ChainClient>(call.host().loop, call.host().http, std::move(endpoint),
                                           patience);
  }
  return *client;
}

Task<KnownChain> chain_of(Call& call) {
  ChainClient& client = client_of(call);
  const std::optional<std::uint64_t> wanted = count_option(call.options(), "chain_id");
  ChainIdentity identity = co_await client.identity(call.cancel());
  if (wanted && *wanted != identity.chain_id) {
    refuse_chain(client.shown_url(), fmt::format("chain {}", identity.chain_id),
                 fmt::format("chain {}", *wanted));
  }
  call.host().of_session<ChainClients>().by_chain[identity] = &client;
  KnownChain known{client, std::move(identity)};
  co_return known;
}

Task<KnownChain> chain_of_intent(Call& call, ChainIdentity identity) {
  const ChainClients& clients = call.host().of_session<ChainClients>();
  const auto known = clients.by_chain.find(identity);
  if (known != clients.by_chain.end()) {
    KnownChain same{*known->second, std::move(identity)};
    co_return same;
  }
  KnownChain found = co_await chain_of(call);
  if (found.identity != identity) {
    refuse_chain(
        found.client.shown_url(),
        fmt::format("chain {} with genesis {}", found.identity.chain_id, found.identity.genesis),
        fmt::format("chain {} with genesis {}", identity.chain_id, identity.genesis));
  }
  co_return found;
}

}  // namespace runbook
