#pragma once
// A network of hardhat.config: its node, its files, its accounts.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/lua/module.h"

namespace runbook::hardhat {

struct HardhatNetwork {
  std::string name;
  std::string url;
  std::filesystem::path deployments;  ///< of this network
  std::filesystem::path artifacts;
  std::string sender;  ///< lower case; empty if nobody says which of several accounts sends
};

/// From the options `url` and `sender`; without a url Hardhat's own configuration is asked, which
/// takes a second.
Task<HardhatNetwork> network_of(Call& call);

/// deployments/<network> of the project, without asking anybody.
std::filesystem::path deployments_of(Call& call);

extern const Option kUrlOption, kSenderOption;

}  // namespace runbook::hardhat
