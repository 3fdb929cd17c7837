// create_ocr2_key, create_aptos_key: declared and called. Each request makes another key, so which
// ones there were before is recorded first.

#include <fmt/format.h>

#include <algorithm>

#include "modules/chainlink/functions.h"
#include "modules/chainlink/keys.h"
#include "modules/chainlink/settle.h"

namespace runbook::chainlink {

namespace {

/// One kind of key that can be made.
struct KeyKind {
  const char* list;  ///< path
  std::string path;  ///< of the request that makes one
  std::string what;
  std::string chain_type{};  ///< of OCR2 bundles
  Json (*key_of)(const Node&, const Resource&);
};

KeyKind aptos_kind(const Call&) {
  return {.list = kAptosKeys, .path = kAptosKeys, .what = "Aptos key", .key_of = aptos_key_of};
}

KeyKind ocr2_kind(const Call& call) {
  const std::vector<std::string_view> types = {"evm", "aptos", "solana", "starknet", "cosmos"};
  std::string type = call.text("chain_type");
  if (std::ranges::count(types, type) == 0) {
    refuse(Code::option_invalid,
           fmt::format("chain_type: \"{}\" is none of {}", type, fmt::join(types, ", ")));
  }
  return {.list = kOcr2Keys,
          .path = fmt::format("{}/{}", kOcr2Keys, type),
          .what = fmt::format("OCR2 bundle of type {}", type),
          .chain_type = type,
          .key_of = ocr2_key_of};
}

Task<std::vector<Resource>> keys_of(Node& node, KeyKind kind) {
  const Json document = co_await node.get(kind.list);
  std::vector<Resource> keys = resources_of(node, document);
  if (!kind.chain_type.empty()) {
    std::erase_if(keys,
                  [&](const Resource& key) { return chain_type_of(node, key) != kind.chain_type; });
  }
  co_return keys;
}

/// What there is now and was not before.
Task<Outcome> look_for_new(Call& call, KeyKind kind, Json before) {
  Node node(call);
  std::vector<Resource> keys = co_await keys_of(node, kind);
  std::erase_if(keys,
                [&](const Resource& key) { return std::ranges::count(before, Json(key.id)) > 0; });
  if (keys.empty()) {
    co_return Outcome::not_done();
  }
  if (keys.size() == 1) {
    co_return Outcome::done(kind.key_of(node, keys.front()));
  }
  std::vector<std::string> ids;
  for (const Resource& key : keys) {
    ids.push_back(key.id);
  }
  co_return Outcome::cannot_tell(fmt::format("{} has {} new keys, and one was asked for ({}): {}",
                                             node.name(), keys.size(), kind.what,
                                             fmt::join(ids, ", ")));
}

template <KeyKind (*kind_of)(const Call&)>
Task<Intent> prepare_key(Call& call) {
  const KeyKind kind = kind_of(call);
  Node node(call);
  Json ids = Json::array();
  const std::vector<Resource> keys = co_await keys_of(node, kind);
  for (const Resource& key : keys) {
    ids.push_back(key.id);
  }
  Json intent = {{"before", ids},
                 {"begun", call.host().loop.clock().now()},
                 {"text", fmt::format("create an {} on {}", kind.what, node.name())}};
  co_return Intent{std::move(intent), {}};
}

template <KeyKind (*kind_of)(const Call&)>
Task<Json> create_key(Call& call) {
  const KeyKind kind = kind_of(call);
  Node node(call);
  std::optional<Error> failure;
  try {
    const Json document = co_await node.send("POST", kind.path, nullptr);
    co_return kind.key_of(node, resource_of(node, document));
  } catch (const Error& error) {
    failure = error;
  }
  Look look = [&call, kind] { return look_for_new(call, kind, call.intent().at("before")); };
  co_return co_await settle(call, *failure, std::move(look));
}

template <KeyKind (*kind_of)(const Call&)>
Task<Outcome> probe_key(Call& call) {
  const KeyKind kind = kind_of(call);
  const Json intent = call.intents().back();
  Look look = [&call, kind, intent] { return look_for_new(call, kind, intent.at("before")); };
  co_return co_await settle_recorded(call, intent.at("begun"), std::move(look));
}

template <KeyKind (*kind_of)(const Call&)>
Json key_identity(Call& call) {
  return {{"url", call.text("url")}, {"path", kind_of(call).path}};
}

template <KeyKind (*kind_of)(const Call&)>
Function creating(Function function) {
  function.effect = Effect::once;  // each request makes a key more
  function.errors = with_connection_errors({Code::chainlink_not_found});
  function.identity = key_identity<kind_of>;
  function.run = create_key<kind_of>;
  function.prepare = prepare_key<kind_of>;
  function.probe = probe_key<kind_of>;
  return function;
}

}  // namespace

std::vector<Function> create_key_functions() {
  return {
      creating<ocr2_kind>(
          {.name = "create_ocr2_key",
           .summary = "Makes an OCR2 key bundle, once: a node makes another for each request. "
                      "After an interruption the bundles are counted.",
           .options = with_connection({{.name = "chain_type",
                                        .required = Required::yes,
                                        .help = "evm, aptos, solana, starknet or cosmos"}}),
           .returns = "{ id, chain_type, onchain_public_key, offchain_public_key, "
                      "config_public_key, raw }, as ocr2_keys",
           .example = RB_CHAINLINK_NODE "local bundle = step(\"create the bundle\", function()\n"
                                        "  return node:create_ocr2_key { chain_type = \"evm\" }\n"
                                        "end)\n"
                                        "output { bundle = bundle.id }"}),
      creating<aptos_kind>({.name = "create_aptos_key",
                            .summary = "Makes an Aptos key, once: a node makes another for "
                                       "each request.",
                            .options = with_connection({}),
                            .returns = "{ id, account, public_key }",
                            .example = RB_CHAINLINK_NODE
                            "local key = step(\"create the Aptos key\", function() return "
                            "node:create_aptos_key() end)\n"
                            "output { account = key.account }"})};
}

}  // namespace runbook::chainlink
