#include "engine/base/identity.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/catch.h"

using namespace runbook;

namespace {

/// Sets a variable for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* before = std::getenv(name);
    had_ = before != nullptr;
    before_ = had_ ? before : "";
    ::setenv(name, value, 1);
  }
  ~Variable() {
    if (had_) {
      ::setenv(name_, before_.c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  bool had_ = false;
  std::string before_;
};

std::string account() {
  const passwd* user = ::getpwuid(::getuid());
  return user == nullptr ? "uid " + std::to_string(::getuid()) : user->pw_name;
}

}  // namespace

TEST_CASE("Who acts is the account, whatever USER and LOGNAME say", "[identity]") {
  const Variable sudo("SUDO_USER", "no-such-account");
  const Variable user("USER", "daemon");
  const Variable login("LOGNAME", "daemon");
  CHECK(user_name() == account());
  CHECK(actor_name() == account() + "@" + host_name());
}

TEST_CASE("Only root under sudo is the account that called it", "[identity]") {
  const Variable sudo("SUDO_USER", "daemon");
  CHECK(user_name() == (::getuid() == 0 ? "daemon" : account()));
  if (::getuid() == 0) {
    CHECK(group_names() == std::vector<std::string>{"daemon"});
  }
}
