#pragma once
// The headers of a request as options say them: what modules/http and modules/jsonrpc, and every
// other that speaks HTTP, take alike.

#include <string>
#include <utility>
#include <vector>

#include "engine/base/json.h"

namespace runbook {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// Reads `headers` { name = text | number | list of them }, `basic` { user, password } and `bearer`
/// (text), all optional. Error(Code::option_invalid), effect none, naming the option and never a
/// value: another shape, more than one kind of authorization, a user with a colon.
HttpHeaders read_http_headers(const Json& options);

/// Whether `headers` has this one, whatever its case.
bool has_header(const HttpHeaders& headers, std::string_view lower_case_name);

}  // namespace runbook
