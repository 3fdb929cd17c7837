#pragma once
// Who is logged in where: one session with each node and user, for all calls of this program. The
// cookie is a secret that no recipe ever sees.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/lua/module.h"

namespace runbook::chainlink {

class NodeSession {
 public:
  explicit NodeSession(Loop& loop) : free_(loop) {}

  /// The cookie of the session; if there is none, of a new one by `log_in`. One logs in at a time:
  /// the others wait, and share its cookie or its failure.
  Task<std::string> cookie(std::function<Task<std::string>()> log_in, CancelPtr cancel);
  /// The node does not know this one any more.
  void forget(const std::string& cookie);

 private:
  class Turn;

  std::string cookie_;
  bool is_logging_in_ = false;
  int failures_ = 0;
  std::optional<Error> failure_;
  Latch free_;
};

/// A user of a node.
struct Login {
  std::string email;
  std::string password;
};
/// The options email and password, or the two lines of credentials. Error(Code::option_invalid)
/// where those are no such lines.
Login login_of(const Call& call);

/// Of this session of runbook, by url and login.
std::shared_ptr<NodeSession> session_of(Call& call);

}  // namespace runbook::chainlink
