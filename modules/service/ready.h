#pragma once
// When a service counts as ready: a text in its log, a TCP port, an HTTP status.

#include <string>

#include "engine/lua/module.h"
#include "engine/service/service.h"

namespace runbook::ready {

struct Rule {
  std::string log;   ///< a line of its log holds this text; empty = not asked
  int port = 0;      ///< something accepts connections on 127.0.0.1; 0 = not asked
  std::string http;  ///< this URL answers; empty = not asked
  int status = 0;    ///< … with this status; 0 = any 2xx
  std::chrono::milliseconds timeout{60'000};
  std::chrono::milliseconds every{50};

  bool is_empty() const { return log.empty() && port == 0 && http.empty(); }
};

/// Reads { log =, port = true | number, http =, status =, timeout =, every = }; {port} in texts is
/// replaced by `port`, the service's own (0 = it has none). Error(Code::option_invalid).
Rule read_rule(const Json& options, int port);

/// Everything the rule asks is true now. `log_begin`: where the log of this life begins.
Task<bool> is_ready(Call& call, const Rule& rule, std::filesystem::path log,
                    std::uint64_t log_begin);

}  // namespace runbook::ready
