#pragma once
// Who and where we are, as the journal records it.

#include <string>
#include <vector>

namespace runbook {

/// The account of this process, for root under sudo the one that called it; "uid 1000" if the user
/// database has none. Never what another variable says: it decides who may answer a gate.
std::string user_name();
std::string host_name();
/// "user@host", as events name who did something by hand.
std::string actor_name();
/// The Unix groups of that account, by name; of this process if there is none.
std::vector<std::string> group_names();

}  // namespace runbook
