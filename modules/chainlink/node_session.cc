#include "modules/chainlink/node_session.h"

#include <map>
#include <sstream>
#include <tuple>

namespace runbook::chainlink {

namespace {

struct NodeSessions {
  std::map<std::tuple<std::string, std::string, std::string>, std::shared_ptr<NodeSession>> all;
};

}  // namespace

class NodeSession::Turn {
 public:
  explicit Turn(NodeSession& session) : session_(session) {
    session_.is_logging_in_ = true;
    session_.free_.close();
  }
  ~Turn() {
    session_.is_logging_in_ = false;
    session_.free_.open();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  NodeSession& session_;
};

Task<std::string> NodeSession::cookie(std::function<Task<std::string>()> log_in, CancelPtr cancel) {
  while (is_logging_in_) {
    const int before = failures_;
    co_await free_.wait(cancel);
    if (failures_ != before) {
      throw *failure_;
    }
  }
  if (!cookie_.empty()) {
    co_return cookie_;
  }
  const Turn turn(*this);
  try {
    cookie_ = co_await log_in();
  } catch (const Error& error) {
    failure_ = error;
    ++failures_;
    throw;
  }
  co_return cookie_;
}

void NodeSession::forget(const std::string& cookie) {
  if (cookie_ == cookie) {
    cookie_.clear();
  }
}

Login login_of(const Call& call) {
  if (!call.has("credentials")) {
    return {call.text("email"), call.text("password")};
  }
  std::istringstream lines(call.text("credentials"));
  Login login;
  lines >> login.email >> std::ws;
  std::getline(lines, login.password);
  login.password.erase(login.password.find_last_not_of(" \t\r") + 1);  // as nodes read it
  if (login.password.empty()) {
    refuse(Code::option_invalid, "option \"credentials\" has no two lines, email and password",
           "it is the text of the file that a node reads its API credentials from");
  }
  return login;
}

std::shared_ptr<NodeSession> session_of(Call& call) {
  NodeSessions& sessions = call.host().of_session<NodeSessions>();
  const Login login = login_of(call);
  std::shared_ptr<NodeSession>& session =
      sessions.all[{call.text("url"), login.email, login.password}];
  if (session == nullptr) {
    session = std::make_shared<NodeSession>(call.host().loop);
  }
  return session;
}

}  // namespace runbook::chainlink
