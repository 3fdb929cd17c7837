#pragma once
// "Did you mean …?", the same wherever a name is typed.

#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// "; did you mean status?", ready to end a sentence and to be typed as it stands: the nearest
/// candidate, else the only one that begins with `word`. Empty if nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// The only candidate that begins with `word`; empty if there is none or more than one.
std::string_view only_match(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace runbook
