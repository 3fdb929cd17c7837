#pragma once
// A command of this program as one would type it: for what is suggested.

#include <string>
#include <string_view>
#include <vector>

namespace runbook {

/// "runbook mark RUN 'roll out' done --reason '...'": `words` are quoted where the shell needs it,
/// `options` stand as they are. A word that begins with - goes behind "--", and the options before
/// it.
std::string command_text(std::string_view command, const std::vector<std::string>& words,
                         std::string_view options = {});

}  // namespace runbook
