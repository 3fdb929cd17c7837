#pragma once
// The rules of a node for job specs.

#include <string>

#include "engine/base/json.h"
#include "tests/modules/chainlink/node_state.h"

namespace runbook::test {

/// The attributes of the job that this TOML describes, or why the node refuses it. `settings` and
/// `held` as in NodeState; `id` is that of the job; `replaced` (an id or empty) does not count as a
/// holder of names.
struct SpecCheck {
  bool ok = false;
  NodeAnswer refusal;
  Json attributes;
};
SpecCheck check_spec(const std::string& toml, const std::string& id, const Json& settings,
                     const Json& held, const std::string& replaced);

}  // namespace runbook::test
