// The machine: versions of the libraries, the terminal.

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "engine/base/error.h"
#include "engine/base/openssl_version.h"
#include "engine/cli/doctor.h"
#include "engine/io/http_version.h"
#include "engine/lua/version.h"
#include "engine/store/sqlite_version.h"

namespace runbook {

namespace {

using Is = Finding::State;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

/// LC_ALL, LC_CTYPE, LANG: the first that is set counts.
bool has_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = variable(name);
    if (!value.empty()) {
      return value.find("UTF-8") != std::string_view::npos ||
             value.find("utf8") != std::string_view::npos;
    }
  }
  return false;
}

Finding look_at_curl() {
  try {
    return {Is::ok, "libraries", libcurl_version(), ""};
  } catch (const Error& error) {
    Finding finding = wrong("libraries", error);
    finding.state = Is::remark;  // only recipes that speak HTTP need it
    return finding;
  }
}

Finding look_at_terminal() {
  if (isatty(STDERR_FILENO) != 1) {
    return {Is::ok, "terminal", "none: progress is plain lines, nothing is asked", ""};
  }
  winsize size{};
  ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
  return {
      Is::ok, "terminal",
      fmt::format("{}, {} columns, {} lines, {}{}", variable("TERM"), size.ws_col, size.ws_row,
                  has_utf8() ? "UTF-8" : "ASCII", variable("NO_COLOR").empty() ? "" : ", NO_COLOR"),
      ""};
}

}  // namespace

void look_at_host(std::vector<Finding>& findings) {
  findings.push_back({Is::ok, "libraries",
                      fmt::format("runbook {}, {}, {}, {}", RUNBOOK_VERSION, sqlite_version(),
                                  lua::version(), openssl_version()),
                      ""});
  findings.push_back(look_at_curl());
  findings.push_back(look_at_terminal());
}

}  // namespace runbook
