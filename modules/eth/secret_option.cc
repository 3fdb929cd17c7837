#include "modules/eth/secret_option.h"

#include <fmt/format.h>

namespace runbook {

void expect_secret(Call& call, std::string_view name) {
  if (call.host().secrets != nullptr && !call.holds_secret(call.text(name))) {
    refuse(Code::option_invalid, fmt::format("the {} is no secret", name),
           fmt::format("declare it: secret(\"{0}\", {{ env = \"…\" }}), or file = a path", name));
  }
}

}  // namespace runbook
