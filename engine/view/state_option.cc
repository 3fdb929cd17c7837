#include "engine/view/state_option.h"

#include <algorithm>
#include <utility>

#include "engine/base/shown_text.h"

namespace runbook {

namespace {

constexpr std::string_view kProgram = "runbook ";

/// The letters that `text` begins with.
std::string_view first_word(std::string_view text) {
  const auto end =
      std::find_if(text.begin(), text.end(), [](char c) { return c < 'a' || c > 'z'; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

}  // namespace

StateOption::StateOption(std::string_view folder, std::vector<std::string_view> commands)
    : option_(" --state " + shell_word(folder)), commands_(std::move(commands)) {}

std::string StateOption::put_into(std::string_view text) const {
  std::string done;
  for (std::size_t at = text.find(kProgram); !option_.empty() && at != std::string_view::npos;
       at = text.find(kProgram)) {
    const std::string_view command = first_word(text.substr(at + kProgram.size()));
    const std::size_t end = at + kProgram.size() + command.size();
    done += text.substr(0, end);
    text.remove_prefix(end);
    if (std::find(commands_.begin(), commands_.end(), command) != commands_.end()) {
      done += option_;
    }
  }
  return done.append(text);
}

}  // namespace runbook
