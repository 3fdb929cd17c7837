#include "engine/cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "engine/base/error.h"

namespace runbook {

namespace {

bool in_ci() {
  const char* variable = std::getenv("CI");
  if (variable == nullptr) {
    return false;
  }
  const std::string_view value(variable);
  return !value.empty() && value != "0" && value != "false";
}

}  // namespace

bool can_ask(const Arguments& arguments) {
  return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 && !in_ci() &&
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

OutputFormat output_format(const Arguments& arguments, bool quiet_too) {
  const std::string text = arguments.has("output") ? arguments.text("output") : "auto";
  if (text == "auto" || text == "plain") {
    return OutputFormat::plain;
  }
  if (text == "json") {
    return OutputFormat::json;
  }
  if (text == "quiet" && quiet_too) {
    return OutputFormat::quiet;
  }
  std::vector<std::string_view> formats = {"auto", "plain", "json"};
  if (quiet_too) {
    formats.push_back("quiet");
  }
  const std::string_view near = closest_match(text, formats);
  throw Error(Code::usage,
              fmt::format("--output has no format \"{}\"{}", text,
                          near.empty() ? "" : fmt::format("; did you mean {}?", near)),
              fmt::format("formats: {}", fmt::join(formats, ", ")));
}

}  // namespace runbook
