#pragma once
// What kubectl says it did, one object a line: "deployment.apps/web configured".

#include <string>
#include <string_view>

#include "engine/lua/module.h"

namespace runbook::kubectl {

/// List of { kind, namespace, name, outcome }, in the order of the lines; other lines are none.
/// `kind` as kubectl names it ("deployment.apps"); no namespace for kinds that have none.
Json outcomes_of(const Call& call, std::string_view out);
/// The only one. Error(Code::tool_output) if there is none.
Json outcome_of(const Call& call, std::string_view out);

}  // namespace runbook::kubectl
