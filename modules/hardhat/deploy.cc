// hardhat deploy, done once: what an earlier one left open is settled first, and what Hardhat says
// it did is looked up on the chain.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "modules/hardhat/deployed.h"
#include "modules/hardhat/functions.h"
#include "modules/hardhat/network.h"
#include "modules/hardhat/pending.h"
#include "modules/hardhat/program.h"
#include "modules/hardhat/sender.h"

namespace runbook::hardhat {

namespace {

constexpr std::chrono::minutes kPatience{10};

/// What hardhat.config said is true for the session: asking takes a second.
struct KnownNetworks {
  std::map<std::string, HardhatNetwork> by_options;
};

Task<HardhatNetwork> known_network(Call& call) {
  auto& known = call.host().of_session<KnownNetworks>().by_options;
  const std::string key = call.options().dump();
  if (const auto found = known.find(key); found != known.end()) {
    co_return found->second;
  }
  HardhatNetwork network = co_await network_of(call);
  known[key] = network;
  co_return network;
}

bool removes_stale(const Call& call) {
  return call.text_or("stale", "refuse") == "remove";
}

void check_options(const Call& call) {
  const std::string stale = call.text_or("stale", "refuse");
  if (stale != "refuse" && stale != "remove") {
    refuse(Code::option_invalid, fmt::format("stale: \"{}\" is none of refuse, remove", stale));
  }
}

void check_chain(const Call& call, const Chain& chain) {
  const std::string wanted = std::to_string(call.integer_or("chain_id", 0));
  if (call.has("chain_id") && wanted != chain.id()) {
    refuse(Code::chain_mismatch,
           fmt::format("network {} is chain {}, not {}", call.text("network"), chain.id(), wanted));
  }
}

/// Why the folder cannot be of this chain; empty = it may be.
Task<std::vector<std::string>> staleness(Call& call, Chain& chain, HardhatNetwork network) {
  const DeploymentsFolder folder(network.deployments);
  const auto id = folder.chain_id();
  if (id && *id != chain.id()) {
    std::vector<std::string> other{fmt::format("{} is of chain {}, the node serves {}",
                                               folder.path().string(), *id, chain.id())};
    co_return other;
  }
  std::vector<Deployment> found = folder.read();
  co_return co_await troubles_of(call, chain, std::move(found), network.artifacts);
}

void refuse_stale(const HardhatNetwork& network, const Chain& chain,
                  const std::vector<std::string>& why) {
  const auto id = DeploymentsFolder(network.deployments).chain_id();
  const Code code =
      id && *id != chain.id() ? Code::chain_mismatch : Code::hardhat_deployment_missing;
  throw Error(code,
              fmt::format("{} does not belong to chain {}: {}", network.deployments.string(),
                          chain.id(), fmt::join(why, "; ")),
              "stale = \"remove\" deploys afresh; or restore the chain", {{"deployments", why}})
      .with_effect(EffectDone::none);
}

Task<Intent> prepare(Call& call) {
  check_options(call);
  hardhat_of(call);
  const HardhatNetwork network = co_await known_network(call);
  Chain chain(call, network.url);
  co_await chain.identify();
  check_chain(call, chain);
  const std::vector<std::string> why = co_await staleness(call, chain, network);
  if (!why.empty() && !removes_stale(call)) {
    refuse_stale(network, chain, why);
  }
  Json intent{{"network", network.name},
              {"chain_id", chain.id()},
              {"genesis", chain.genesis()},
              {"stale", !why.empty()},
              {"text", fmt::format("hardhat deploy to {}, chain {}", network.name, chain.id())}};
  co_return Intent{std::move(intent), {}};
}

bool is_of(const Json& intent, const Chain& chain) {
  return intent.at("chain_id") == chain.id() && intent.at("genesis") == chain.genesis();
}

std::vector<std::string> task_of(const Call& call) {
  std::vector<std::string> task{"deploy"};
  const auto tags = call.options().value("tags", std::vector<std::string>());
  if (!tags.empty()) {
    task.emplace_back("--tags");
    task.push_back(fmt::format("{}", fmt::join(tags, ",")));
  }
  return task;
}

[[noreturn]] void missing(const std::vector<std::string>& what, const std::string& hint) {
  throw Error(Code::hardhat_deployment_missing,
              fmt::format("hardhat deploy ended well, but {}", fmt::join(what, "; ")), hint,
              {{"deployments", what}})
      .with_effect(EffectDone::none);
}

void check_expected(const Call& call, const DeploymentsFolder& folder,
                    const std::vector<Deployment>& found) {
  const auto expected = call.options().value("expect", std::vector<std::string>());
  std::vector<std::string> absent;
  for (const std::string& name : expected) {
    if (std::ranges::none_of(found, [&](const Deployment& d) { return d.name == name; })) {
      absent.push_back("left no deployment of " + name);
    }
  }
  if (!call.has("expect") && found.empty()) {
    absent.push_back("left no deployment in " + folder.path().string());
  }
  if (!folder.pending().empty()) {
    absent.emplace_back("left transactions open");
  }
  if (!absent.empty()) {
    missing(absent, "see the step's log; expect = {} if the scripts save no deployment");
  }
}

std::map<std::string, std::string> addresses_of(const std::vector<Deployment>& deployments) {
  std::map<std::string, std::string> addresses;
  for (const Deployment& deployment : deployments) {
    addresses[deployment.name] = deployment.address();
  }
  return addresses;
}

/// Why Hardhat may have sent what no file tells; empty = it has not.
Task<std::string> doubt(Chain& chain, DeploymentsFolder folder, Json intent) {
  try {
    const Outcome outcome = co_await examine_sender(chain, std::move(folder), std::move(intent));
    co_return outcome.kind == Outcome::Kind::not_done ? std::string() : outcome.text;
  } catch (const Error& error) {
    co_return "what its account sent is not known: " + error.message;
  }
}

/// A connection that breaks after the node took a creation, and before hardhat-deploy noted it,
/// ends Hardhat like any other failure: its effect is `none` only if the account says so too.
Task<Ran> run_deploy(Call& call, Chain& chain, DeploymentsFolder folder) {
  std::optional<Error> failure;  // a coroutine cannot wait inside a handler
  try {
    std::vector<std::string> task = task_of(call);
    co_return co_await run_task(call, std::move(task));
  } catch (const Error& error) {
    failure = error;
  }
  if (failure->effect == EffectDone::none && call.intent().contains("nonce")) {
    const std::string why = co_await doubt(chain, std::move(folder), call.intent());
    if (!why.empty()) {
      failure->message += "; " + why;
      failure->with_effect(EffectDone::unknown);
    }
  }
  throw *failure;
}

Task<Json> deploy(Call& call) {
  const HardhatNetwork network = co_await known_network(call);
  const DeploymentsFolder folder(network.deployments);
  Chain chain(call, network.url);
  co_await chain.identify();
  if (!is_of(call.intent(), chain)) {
    refuse(Code::chain_mismatch, "the node serves another chain than a moment ago");
  }
  co_await hold_senders(call, chain, network);
  if (call.intent().at("stale") == true) {
    folder.remove();
  }
  const std::chrono::milliseconds patience = call.duration_or("patience", kPatience);
  co_await settle_pending(call, chain, folder, patience);
  co_await note_nonce(call, chain, network);
  const auto before = addresses_of(folder.read());
  const Ran ran = co_await run_deploy(call, chain, folder);
  const std::vector<Deployment> found = folder.read();
  check_expected(call, folder, found);
  const std::vector<std::string> troubles =
      co_await troubles_of(call, chain, found, network.artifacts);
  if (!troubles.empty()) {
    missing(troubles, {});
  }
  Json contracts = Json::object();
  for (const Deployment& deployment : found) {
    Json result = deployment_result(deployment);
    const auto old = before.find(deployment.name);
    result["new"] = old == before.end() || old->second != deployment.address();
    contracts[deployment.name] = std::move(result);
  }
  co_return Json{{"network", network.name},
                 {"chain_id", chain.number()},
                 {"contracts", std::move(contracts)},
                 {"ms", ran.duration.count()}};
}

Task<Outcome> examine(Call& call) {
  const HardhatNetwork network = co_await known_network(call);
  const DeploymentsFolder folder(network.deployments);
  Chain chain(call, network.url);
  co_await chain.identify();
  const Json intent = call.intents().back();
  if (!is_of(intent, chain)) {
    co_return Outcome::cannot_tell(fmt::format(
        "the deploy began on chain {} with genesis {}; the node serves chain {} with {}",
        intent.at("chain_id").get<std::string>(), intent.at("genesis").get<std::string>(),
        chain.id(), chain.genesis()));
  }
  const std::vector<std::string> why = co_await staleness(call, chain, network);
  if (!why.empty() && intent.at("stale") == false) {
    co_return Outcome::cannot_tell(
        fmt::format("the chain is not the one that was deployed to: {}", fmt::join(why, "; ")));
  }
  if (!why.empty() || !intent.contains("nonce")) {
    co_return Outcome::not_done();
  }
  co_return co_await examine_sender(chain, folder, intent);
}

// Never `done`: whether the scripts had come to their end is not to be seen. What stands is used
// again by the next hardhat deploy, so to run it once more is to go on.
Task<Outcome> probe(Call& call) {
  try {
    co_return co_await examine(call);
  } catch (const Error& error) {
    if (error.code != Code::json_invalid) {
      throw;
    }
    co_return Outcome::cannot_tell(fmt::format("{}; {}", error.message, error.hint));
  }
}

/// The same deploy, whatever node it asks and however its keys are given.
Json identity(Call& call) {
  Json same = Json::object();
  for (const char* key : {"network", "tags", "cwd", "config"}) {
    same[key] = call.options().value(key, Json());
  }
  return same;
}

std::vector<Option> deploy_options() {
  Option network = kNetworkOption;
  network.required = Required::yes;
  network.help = "a network of hardhat.config";
  return {
      network,
      {.name = "tags", .type = Type::strings, .help = "only the scripts with one of these tags"},
      {.name = "expect",
       .type = Type::strings,
       .help = "deployments that must be on the chain afterwards; default: at least one"},
      {.name = "stale",
       .type = Type::string,
       .help = "what becomes of a deployments folder whose contracts the chain does not have: "
               "\"refuse\", or \"remove\" and deploy afresh",
       .fallback = "refuse"},
      {.name = "chain_id", .type = Type::integer, .help = "refuse any other chain"},
      kUrlOption,
      kSenderOption,
      {.name = "patience",
       .type = Type::duration,
       .help = "how long a transaction of an earlier, cut-off deploy is waited for",
       .fallback = "10m"},
      kEnvOption,
      kCwdOption,
      kConfigOption,
      kTimeoutOption};
}

}  // namespace

Function deploy_function() {
  return {
      .name = "deploy",
      .effect = Effect::once,
      .summary =
          "Runs hardhat deploy (hardhat-deploy), settles first what an earlier one left "
          "open, and holds its result against the chain.",
      .options = deploy_options(),
      .returns =
          "{ network, chain_id, contracts = { Name = { address, transaction_hash, block, "
          "args, libraries, new } }, ms }; new = false: it stood already",
      .errors = {Code::hardhat_missing, Code::hardhat_config, Code::hardhat_compile_failed,
                 Code::hardhat_unreachable, Code::hardhat_network_unknown, Code::hardhat_compiler,
                 Code::hardhat_prompted, Code::hardhat_deployment_missing, Code::hardhat_failed,
                 Code::chain_mismatch, Code::transaction_open, Code::transaction_refused,
                 Code::jsonrpc_error, Code::lock_held, Code::process_timed_out,
                 Code::process_signalled, Code::option_invalid},
      .example =
          "local hardhat = require \"hardhat\"\n"
          "local p = recipe { params = {\n"
          "  rpc = param.url { env = \"RPC_URL\" },\n"
          "  key = param.secret { env = \"DEPLOYER_KEY\" },\n"
          "} }\n"
          "local deployed = step(\"deploy the contracts\", function()\n"
          "  return hardhat.deploy { cwd = \"hardhat\", network = \"production\", url = "
          "p.rpc,\n"
          "    tags = { \"token\" }, expect = { \"Token\" },\n"
          "    env = { RPC_URL = p.rpc, DEPLOYER_KEY = p.key } }\n"
          "end)\n"
          "output { token = deployed.contracts.Token.address }",
      .identity = identity,
      .run = deploy,
      .prepare = prepare,
      .probe = probe};
}

}  // namespace runbook::hardhat
