#pragma once
// The shapes in which a secret may turn up in what a program prints.

#include <set>
#include <string>
#include <string_view>

namespace runbook {

/// The fewest bytes that can be masked without masking half of every log.
constexpr std::size_t kShortestSecret = 6;

/// All forms of `value`: raw, its lines, base64 (three alignments, both alphabets, wrapped),
/// percent encodings, JSON and shell escapes, hex in both cases. REQUIRES: at least kShortestSecret
/// bytes.
std::set<std::string> secret_forms(std::string_view value);

}  // namespace runbook
