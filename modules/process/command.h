#pragma once
// A command as a recipe asked for it, from its options to its result or error.

#include <string>
#include <vector>

#include "engine/lua/module.h"

namespace runbook::command {

/// `cwd`, `env`, `stdin`, `timeout`, `interactive` of the options; argv and attached are the
/// caller's.
ProcessSpec spec_of(Call& call);

/// Error(Code::secret_in_arguments), effect none.
void refuse_secrets(const Call& call, const std::vector<std::string>& argv);

/// As a shell would show it: git commit -m 'two words'.
std::string display(const std::vector<std::string>& argv);

/// Runs it, logs its lines unless the call keeps secrets, and judges its end. `shown` names it in
/// errors.
Task<Json> execute(Call& call, ProcessSpec spec, std::string shown);

}  // namespace runbook::command
