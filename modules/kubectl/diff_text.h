#pragma once
// What kubectl diff prints, for people and digests: without secrets, and without what differs from
// one time to the next (folders, times).

#include <string>
#include <string_view>

namespace runbook::kubectl {

std::string readable_diff(std::string_view text);

}  // namespace runbook::kubectl
