// deploy: declared and called.
#include <fmt/format.h>

#include "modules/eth/chain_options.h"
#include "modules/eth/contract_call.h"
#include "modules/eth/functions.h"
#include "modules/eth/transaction_call.h"

namespace runbook {

namespace {

TransactionRequest deploy_request(Call& call) {
  Artifact artifact = *artifact_files(call).read(call.options().at("artifact"));
  if (call.has("abi")) {
    artifact.abi = given_abi(call.options(), artifact_files(call), AbiEntry::Kind::constructor);
    artifact.has_abi = true;
  }
  TransactionRequest request;
  request.value = quantity_option(call.options(), "value").value_or(Bigint());
  request.data = init_code(artifact, call.options().value("libraries", Json()),
                           call.options().value("args", Json()));
  request.subject = fmt::format("the constructor of {}", artifact.file);
  request.abi = std::move(artifact.abi);
  return request;
}

/// The artefact may be gone or another since: what was sent stands in the intent.
Task<Outcome> probe_deploy(Call& call) {
  TransactionRequest request;
  request.subject = "the constructor";
  co_return co_await probe_transaction(call, std::move(request));
}

Function deploy_declared() {
  return {
      .name = "deploy",
      .effect = Effect::once,
      .summary =
          "Creates a contract, once, and waits until its code is on the chain. The address is that "
          "of the receipt.",
      .options =
          joined({{.name = "artifact",
                   .type = Type::data,
                   .required = Required::yes,
                   .help = "path of what Hardhat, hardhat-deploy, Foundry or solc wrote, "
                           "relative to the project root, or what such a file holds"},
                  {.name = "args",
                   .type = Type::data,
                   .help = "of the constructor: a list, or a table by name"},
                  {.name = "abi",
                   .type = Type::data,
                   .help = "where the artefact has none: { \"constructor(uint256 supply)\" }"},
                  {.name = "libraries",
                   .type = Type::table,
                   .help = "addresses by name, \"Math\" or \"contracts/Math.sol:Math\""},
                  {.name = "value", .type = Type::data, .help = "wei that goes to the contract"}},
                 sending_options()),
      .returns =
          "{ address, hash, block, block_hash, status, gas_used, fee, nonce, from, logs }; "
          "block, gas_used and fee are bigints",
      .errors = sending_errors({Code::abi_value_invalid, Code::artifact_invalid}),
      .example =
          "local eth = require \"eth\"\n"
          "local chain = eth.chain {\n"
          "  url = \"http://127.0.0.1:8545\",\n"
          "  key = secret(\"deployer\", { env = \"DEPLOYER_KEY\" }),\n"
          "}\n"
          "local token = step(\"deploy the token\", function()\n"
          "  return chain:deploy { artifact = \"out/Token.json\", args = { \"1000000\" } }\n"
          "end)\n"
          "output { token = token.address }",
      .tagged = true,
      .identity = request_identity<deploy_request>,
      .run = run_request<deploy_request>,
      .prepare = prepare_request<deploy_request>,
      .probe = probe_deploy};
}

}  // namespace

std::vector<Function> deploy_functions() {
  return {deploy_declared()};
}

}  // namespace runbook
