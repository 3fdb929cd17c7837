#pragma once
// A once call whose end is not recorded, in the words of its intent.

#include <string>

#include "engine/journal/run_state.h"

namespace runbook {

/// What its newest intent says of itself to people ("nonce 7, 0xab…, at most 2 gwei"); empty if
/// nothing.
std::string intent_text(const CallState& call);
/// "eth.send in pay: nonce 7, 0xab…, at most 2 gwei".
std::string open_call_text(const CallState& call);

}  // namespace runbook
