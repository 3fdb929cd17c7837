#include "engine/base/identity.h"

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace runbook {

std::string user_name() {
  for (const char* variable : {"SUDO_USER", "USER", "LOGNAME"}) {
    const char* text = std::getenv(variable);
    if (text != nullptr && *text != '\0') {
      return text;
    }
  }
  return "uid " + std::to_string(::getuid());
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace runbook
