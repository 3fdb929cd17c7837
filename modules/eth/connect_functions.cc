// sender_of, connect, verify: what a handle is made of, declared and called.
#include <fmt/format.h>

#include "modules/eth/account.h"
#include "modules/eth/address.h"
#include "modules/eth/anchors.h"
#include "modules/eth/chain_options.h"
#include "modules/eth/functions.h"

namespace runbook {

namespace {

bool has_sender(const Call& call) {
  return call.has("key") || call.has("keystore") || call.has("account");
}

Json sender_of_function(Call& call) {
  return checksum_address(sender_of(call));
}

Task<Json> connect(Call& call) {
  const KnownChain known = co_await chain_of(call);
  Json found = {{"chain_id", known.identity.chain_id}, {"genesis", known.identity.genesis}};
  if (has_sender(call)) {
    found["sender"] = checksum_address(sender_of(call));
  }
  co_return found;
}

std::string chain_text(const ChainIdentity& chain) {
  return fmt::format("chain {} (genesis {})", chain.chain_id, chain.genesis);
}

/// Empty if the run began with the same.
std::string difference(const Json& recorded, const ChainIdentity& chain, const Json& sender) {
  const ChainIdentity begun{.chain_id = count_option(recorded, "chain_id").value_or(0),
                            .genesis = recorded.value("genesis", "")};
  if (begun != chain) {
    return fmt::format("the run began on {}, and the node serves {}", chain_text(begun),
                       chain_text(chain));
  }
  const Json from = recorded.value("sender", Json());
  if (from != sender) {
    const auto named = [](const Json& who) {
      return who.is_string() ? who.get<std::string>() : "nobody";
    };
    return fmt::format("the run began with the sender {}, now it is {}", named(from),
                       named(sender));
  }
  return {};
}

std::string gone_text(const SettledCall& gone, std::uint64_t head) {
  const std::string what = gone.address.empty() ? fmt::format("transaction {}", gone.hash)
                                                : fmt::format("the contract at {}", gone.address);
  const std::string where =
      head < gone.block
          ? fmt::format("the node's newest block is {}, and it was in block {}", head, gone.block)
          : fmt::format("it was in block {}", gone.block);
  return fmt::format("{} of step \"{}\" is not on the chain any more: {}", what, gone.step, where);
}

Task<Json> verify(Call& call) {
  const KnownChain known = co_await chain_of(call);
  const Json sender = has_sender(call) ? Json(checksum_address(sender_of(call))) : Json();
  const std::string changed = difference(call.options().at("recorded"), known.identity, sender);
  if (!changed.empty()) {
    co_return Json{{"message", changed}};
  }
  const std::vector<SettledCall> calls = settled_calls(call.options().at("calls"), known.identity);
  const std::optional<SettledCall> gone =
      co_await first_gone(call.host().loop, known.client, calls, call.cancel());
  if (!gone) {
    co_return true;
  }
  const Head head = co_await known.client.head(call.cancel());
  co_return Json{{"message", gone_text(*gone, head.number)}, {"step", gone->step}};
}

Function sender_of_declared() {
  return {.name = "sender_of",
          .summary = "The address that a key, a keystore file or an account stands for.",
          .options = {{.name = "key", .type = Type::secret, .help = "a private key"},
                      {.name = "keystore",
                       .type = Type::path,
                       .help = "or: the file that holds it, encrypted, and says its address"},
                      {.name = "account", .type = Type::string, .help = "or: the address itself"}},
          .returns = "the address, with its checksum",
          .errors = {Code::key_invalid, Code::address_invalid, Code::file_not_found,
                     Code::option_invalid},
          .example =
              "local eth = require \"eth\"\n"
              "local key = secret(\"key\", { env = \"DEPLOYER_KEY\" })\n"
              "log(eth.sender_of { key = key })",
          .reveals = true,
          .result_public = true,
          .compute = sender_of_function};
}

Function connect_declared() {
  return {.name = "connect",
          .effect = Effect::read,
          .summary =
              "Which chain a node serves, and who would send: the target that eth.chain "
              "records.",
          .options = sending_options(),
          .returns = "{ chain_id, genesis, sender }: genesis is the hash of block 0",
          .errors = chain_errors({Code::key_invalid, Code::option_invalid}),
          .example =
              "local eth = require \"eth\"\n"
              "step(\"look which chain it is\", function()\n"
              "  return eth.connect { url = \"http://127.0.0.1:8545\", chain_id = 31337 }\n"
              "end)",
          .tagged = true,
          .run = connect};
}

Function verify_declared() {
  return {.name = "verify",
          .effect = Effect::read,
          .summary =
              "Whether the chain and the sender are those that connect found, and whether "
              "what the run did is still there: the newest transaction in its block, and "
              "the code of contracts.",
          .options = joined(sending_options(),
                            {{.name = "recorded",
                              .type = Type::table,
                              .required = Required::yes,
                              .help = "what connect returned"},
                             {.name = "calls",
                              .type = Type::list,
                              .help = "list of { step, chain_id, genesis, hash, block, block_hash, "
                                      "address }: the run's transactions",
                              .fallback = Json::array()}}),
          .returns = "true, or { message, step }: step is the first whose effect is gone",
          .errors = chain_errors({Code::key_invalid, Code::option_invalid}),
          .example =
              "local eth = require \"eth\"\n"
              "local node = { url = \"http://127.0.0.1:8545\" }\n"
              "target(\"chain\", function()\n"
              "  return eth.connect(node)\n"
              "end, function(recorded)\n"
              "  return eth.verify { url = node.url, recorded = recorded }\n"
              "end)",
          .tagged = true,
          .run = verify};
}

}  // namespace

std::vector<Function> connect_functions() {
  return {sender_of_declared(), connect_declared(), verify_declared()};
}

}  // namespace runbook
