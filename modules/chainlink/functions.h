#pragma once
// The primitives of the module, by what they are about.

#include <vector>

#include "engine/lua/module.h"

/// How an example of this module begins.
#define RB_CHAINLINK_NODE                                         \
  "local chainlink = require \"chainlink\"\n"                     \
  "local node = chainlink.node {\n"                               \
  "  url = env \"NODE_URL\", email = \"admin@chain.link\",\n"     \
  "  password = secret(\"node\", { env = \"NODE_PASSWORD\" }),\n" \
  "}\n"

namespace runbook::chainlink {

std::vector<Function> health_functions();
std::vector<Function> key_functions();
std::vector<Function> create_key_functions();
std::vector<Function> job_functions();
std::vector<Function> change_job_functions();
std::vector<Function> replay_functions();
std::vector<Function> bridge_functions();

}  // namespace runbook::chainlink
