#include "engine/journal/open_call.h"

#include <fmt/core.h>

#include "engine/base/shown_text.h"

namespace runbook {

namespace {

constexpr std::size_t kLongestText = 400;

}  // namespace

std::string intent_text(const CallState& call) {
  if (call.intents.empty() || !call.intents.back().is_object()) {
    return {};
  }
  const auto text = call.intents.back().find("text");
  return text == call.intents.back().end() || !text->is_string()
             ? std::string()
             : one_line(text->get_ref<const std::string&>(), kLongestText);
}

std::string open_call_text(const CallState& call) {
  const std::string text = intent_text(call);
  return fmt::format("{} in {}{}{}", call.primitive, call.step, text.empty() ? "" : ": ", text);
}

}  // namespace runbook
