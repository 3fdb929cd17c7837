#include "engine/cli/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "engine/base/error.h"

namespace runbook {

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_on(const char* name) {
  const std::string_view value = variable(name);
  return !value.empty() && value != "0" && value != "false";
}

constexpr std::array<std::pair<std::string_view, OutputFormat>, 5> kFormats = {
    {{"tree", OutputFormat::tree},
     {"plain", OutputFormat::plain},
     {"github", OutputFormat::github},
     {"json", OutputFormat::json},
     {"quiet", OutputFormat::quiet}}};

/// A terminal that can move its cursor up.
bool is_screen() {
  return isatty(STDERR_FILENO) == 1 && !variable("TERM").empty() && variable("TERM") != "dumb";
}

OutputFormat format_of_session() {
  if (in_github()) {
    return OutputFormat::github;
  }
  return is_screen() ? OutputFormat::tree : OutputFormat::plain;
}

/// The first of these that is set says what the terminal's bytes mean.
bool has_unicode_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view locale = variable(name);
    if (!locale.empty()) {
      return locale.find("UTF-8") != std::string_view::npos ||
             locale.find("utf8") != std::string_view::npos ||
             locale.find("utf-8") != std::string_view::npos;
    }
  }
  return false;
}

}  // namespace

bool can_ask(const Arguments& arguments) {
  return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 && !is_on("CI") &&
         !arguments.has("no-input");
}

std::optional<std::string> ask_line(Context& context, const std::string& question) {
  context.err.write(question);
  std::string line;
  char c = 0;
  for (;;) {
    const ssize_t count = read(STDIN_FILENO, &c, 1);
    if (count != 1) {
      return std::nullopt;
    }
    if (c == '\n') {
      return line;
    }
    line.push_back(c);
  }
}

bool in_github() {
  return is_on("GITHUB_ACTIONS");
}

std::string github_summary_file() {
  return std::string(variable("GITHUB_STEP_SUMMARY"));
}

OutputFormat output_format(const Arguments& arguments, bool of_session) {
  const std::string text = arguments.has("output") ? arguments.text("output") : "auto";
  if (text == "auto") {
    return of_session ? format_of_session() : OutputFormat::plain;
  }
  const auto found = std::find_if(kFormats.begin(), kFormats.end(),
                                  [&](const auto& row) { return row.first == text; });
  RB_CHECK(found != kFormats.end());
  return found->second == OutputFormat::tree && !is_screen() ? OutputFormat::plain : found->second;
}

Style screen_style(const Arguments& arguments, OutputFormat format) {
  const bool is_tree = format == OutputFormat::tree;
  const std::string color = arguments.has("color") ? arguments.text("color") : "auto";
  const bool is_forced =
      color == "always" ||
      (color == "auto" && !variable("CLICOLOR_FORCE").empty() && variable("CLICOLOR_FORCE") != "0");
  const bool is_usual = is_tree && color == "auto" && variable("NO_COLOR").empty();
  Style style;
  style.framed = is_tree;
  style.color = is_forced || is_usual;
  style.unicode = !is_tree || has_unicode_locale();
  return style;
}

}  // namespace runbook
