#pragma once
// require "state": named values of the project that outlive a run.

namespace runbook {

struct Module;
Module state_module();

}  // namespace runbook
