#pragma once
// Options of the module's functions → a request, and what is expected of its answer.

#include <string>
#include <vector>

#include "engine/io/http.h"
#include "engine/lua/module.h"

namespace runbook::http {

/// Throws Error(Code::option_invalid), effect none, naming the option.
HttpRequest read_request(const Call& call, std::string method, const std::string& root);

enum class Decode { if_json, json, text };
Decode read_decode(const Call& call);

/// Statuses that are fine; empty: 200 to 299.
std::vector<int> read_expected(const Call& call);

}  // namespace runbook::http
