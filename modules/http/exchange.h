#pragma once
// What the functions of this module do: options → request → checked result.

#include <string>

#include "engine/io/loop.h"
#include "engine/lua/module.h"

namespace runbook::http {

/// Sends what the options of `call` say with `method` and gives { status, headers, body, value, ms
/// }. Error(Code::http_status) for a status that is not expected; Error(Code::json_invalid) with
/// effect done when `decode = "json"` does not apply; Error(Code::option_invalid); else as
/// HttpClient::send.
Task<Json> exchange(Call& call, std::string method);

}  // namespace runbook::http
