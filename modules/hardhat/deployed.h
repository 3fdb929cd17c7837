#pragma once
// What a folder of deployments says, held against the chain.

#include <filesystem>
#include <string>
#include <vector>

#include "modules/hardhat/chain.h"
#include "modules/hardhat/deployments.h"

namespace runbook::hardhat {

/// Of each deployment that the chain does not have so: "Token has no code at 0x…".
Task<std::vector<std::string>> troubles_of(Call& call, Chain& chain,
                                           std::vector<Deployment> deployments,
                                           std::filesystem::path artifacts);

/// { address, transaction_hash, block, args, libraries }: what recipes get of a deployment.
Json deployment_result(const Deployment& deployment);

}  // namespace runbook::hardhat
