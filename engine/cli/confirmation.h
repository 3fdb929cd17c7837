#pragma once
// Before something that cannot be taken back: a person says yes, or --yes does.

#include <string>

#include "engine/cli/command.h"

namespace runbook {

inline constexpr int kNotConfirmed = 12;  ///< the exit code of "no": needs a choice (design §9)

/// --yes, or the answer to `question`. Error(Code::usage) naming --yes where nobody can be asked.
bool is_confirmed(Context& context, const std::string& question);

inline constexpr CommandParameter kYesParameter{"--yes", "", "do not ask",
                                                CommandParameter::Count::optional};

}  // namespace runbook
