#pragma once
// The paths and the documents of a node's API, for the stand-in.

#include <string>

#include "tests/modules/chainlink/node_state.h"

namespace runbook::test {

inline constexpr const char* kNodeTime = "2024-06-06T12:00:00Z";

/// Of a request's target.
std::string path_of(const std::string& target);
std::string query_of(const std::string& target, const std::string& name);  ///< empty: not given
/// What follows `prefix`, or nothing.
std::string part_after(const std::string& path, const std::string& prefix);
bool is_number(const std::string& text);

Json resource(const char* type, const std::string& id, Json attributes);

/// The keys of a node with these settings, by kind.
Json first_keys(const Json& settings);

}  // namespace runbook::test
