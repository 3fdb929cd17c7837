#pragma once
// What in a text may be the value of a secret of which only the fingerprint is known.

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "engine/base/json.h"

namespace runbook {

/// The texts, keys and numbers of `typed`; the words of each and the runs of them (a value may have
/// spaces); and the parts of words and runs between the separators of URLs, forms and sentences.
/// Nothing if there are more than `most`. A value that is glued to other letters
/// (-phunter2secret) is not among them.
std::optional<std::set<std::string>> secret_candidates(const Json& typed, std::size_t most);

}  // namespace runbook
