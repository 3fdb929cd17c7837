#include "modules/service/port.h"

#include <fmt/core.h>

#include "engine/base/error.h"

namespace runbook {

std::string with_port(std::string text, int port) {
  constexpr std::string_view kPlace = "{port}";
  for (std::size_t at = 0; (at = text.find(kPlace, at)) != std::string::npos;) {
    if (port == 0) {
      throw Error(Code::option_invalid,
                  fmt::format("\"{}\" asks for the service's port, but it has none", text),
                  "port = \"auto\"")
          .with_effect(EffectDone::none);
    }
    const std::string number = std::to_string(port);
    text.replace(at, kPlace.size(), number);
    at += number.size();
  }
  return text;
}

}  // namespace runbook
