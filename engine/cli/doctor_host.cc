// The machine: versions of the libraries, the terminal.

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "engine/base/error.h"
#include "engine/base/openssl_version.h"
#include "engine/cli/doctor.h"
#include "engine/cli/terminal.h"
#include "engine/io/http_version.h"
#include "engine/lua/version.h"
#include "engine/store/sqlite_version.h"

namespace runbook {

namespace {

using Is = Finding::State;

Finding look_at_curl() {
  try {
    return {Is::ok, "libraries", libcurl_version(), ""};
  } catch (const Error& error) {
    Finding finding = wrong("libraries", error);
    finding.state = Is::remark;  // only recipes that speak HTTP need it
    return finding;
  }
}

Finding look_at_terminal(const Arguments& arguments) {
  if (isatty(STDERR_FILENO) != 1) {
    return {Is::ok, "terminal", "none: progress is plain lines, nothing is asked", ""};
  }
  const Style style = screen_style(arguments, OutputFormat::tree);
  const char* term = std::getenv("TERM");
  winsize size{};
  ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
  return {
      Is::ok, "terminal",
      fmt::format("{}, {} columns, {} lines, {}{}", term == nullptr ? "no TERM" : term, size.ws_col,
                  size.ws_row, style.unicode ? "UTF-8" : "ASCII", style.color ? ", colours" : ""),
      ""};
}

}  // namespace

void look_at_host(const Arguments& arguments, std::vector<Finding>& findings) {
  findings.push_back({Is::ok, "libraries",
                      fmt::format("runbook {}, {}, {}, {}", RUNBOOK_VERSION, sqlite_version(),
                                  lua::version(), openssl_version()),
                      ""});
  findings.push_back(look_at_curl());
  findings.push_back(look_at_terminal(arguments));
}

}  // namespace runbook
