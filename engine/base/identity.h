#pragma once
// Who and where we are, as the journal records it.

#include <string>
#include <vector>

namespace runbook {

/// SUDO_USER, USER or LOGNAME, else the user database's name or "uid 1000". Whoever may write to a
/// run's folder could say anything, so this is who they say they are, as with an author in git.
std::string user_name();
std::string host_name();
/// "user@host", as events name who did something by hand.
std::string actor_name();
/// The Unix groups of user_name(), by name; of this process if there is no such user.
std::vector<std::string> group_names();

}  // namespace runbook
