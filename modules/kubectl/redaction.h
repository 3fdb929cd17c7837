#pragma once
// Objects of a cluster without the secrets they hold: the data of Secrets, and what of ConfigMaps
// looks like a credential; in lists, and in the copy that kubectl apply keeps in an annotation.

#include <string_view>

#include "engine/base/json.h"

namespace runbook::kubectl {

inline constexpr std::string_view kRedacted = "(redacted)";

/// Keys of ConfigMaps such as node-password, apicredentials, tls.key.
bool is_credential(std::string_view key);

/// An object, or a list of them.
Json redacted(Json object);

/// redacted, but for the values that `keep` names with pointers (`*` is every element, `-` the last
/// of a list), of Secrets decoded: the adapter makes them secrets of the run.
/// Error(Code::secret_missing) if a value of a Secret is no text.
Json redacted_but(const Json& object, const Json& keep);

}  // namespace runbook::kubectl
