#pragma once
// What `runbook` says when nothing was typed: how to begin, what is unfinished, what can be run.

#include "engine/cli/command.h"

namespace runbook {

/// 0 if there is something to go on with, else 2: nothing was asked for, and nothing is here.
int front_page(Context& context);

}  // namespace runbook
