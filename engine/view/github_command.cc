// The runner reads a line with .NET: it ends at \n or \r, leading white space of any script is
// trimmed, and comparisons pass over characters that show nothing (joiners, byte order marks,
// controls). Rather than to know them all, whatever is no printable ASCII counts as passed over.

#include "engine/view/github_command.h"

#include <fmt/format.h>

#include <algorithm>

namespace runbook {

namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

/// What the runner decodes again in a message.
std::string encoded(std::string_view message) {
  std::string text(message);
  replace_all(text, "%", "%25");
  replace_all(text, "\r", "%0D");
  replace_all(text, "\n", "%0A");
  return text;
}

bool is_passed_over(char c) {
  return c < ' ' || c > '~';  // signed or not: nothing beyond ASCII is between them
}

/// Where the character after text[at] stands that counts.
std::size_t next_character(std::string_view text, std::size_t at) {
  do {
    ++at;
  } while (at < text.size() && is_passed_over(text[at]));
  return at;
}

bool begins_command(std::string_view line) {
  const auto begin =
      static_cast<std::size_t>(std::find_if(line.begin(), line.end(),
                                            [](char c) { return c != ' ' && !is_passed_over(c); }) -
                               line.begin());
  if (begin == line.size() || line[begin] != ':') {
    return false;
  }
  const std::size_t next = next_character(line, begin);
  return next < line.size() && line[next] == ':';
}

/// The older form, which may stand anywhere.
void append_broken(std::string& out, std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '[') {
      std::size_t marks = 0;
      for (std::size_t i = at; i > 0 && (line[i - 1] == '#' || is_passed_over(line[i - 1])); --i) {
        marks += line[i - 1] == '#' ? 1U : 0U;
      }
      out += marks >= 2 ? " " : "";
    }
    out += line[at];
  }
}

}  // namespace

std::string github_command(std::string_view name, std::string_view properties,
                           std::string_view message) {
  return fmt::format("::{}{}{}::{}\n", name, properties.empty() ? "" : " ", properties,
                     encoded(message));
}

std::string github_property(std::string_view value) {
  std::string text = encoded(value);
  replace_all(text, ":", "%3A");
  replace_all(text, ",", "%2C");
  return text;
}

std::string github_mask(std::string_view value) {
  return github_command("add-mask", "", value);
}

std::string without_github_commands(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    out += begins_command(line) ? "> " : "";
    append_broken(out, line);
    text.remove_prefix(end);
  }
  return out;
}

}  // namespace runbook
