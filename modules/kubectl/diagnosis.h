#pragma once
// What went wrong, from what kubectl printed: one row for each kind of failure.

#include "modules/tool.h"

namespace runbook::kubectl {

/// Our sentence, with kubectl's own words behind it: they name the object. `detail` has all lines.
Error diagnose(const tool::Failure& failure);

}  // namespace runbook::kubectl
