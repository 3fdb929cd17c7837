#pragma once
// The little that is asked of a URL before libcurl sees it: is it one, whose is it, and what of it
// may be shown.

#include <string>
#include <string_view>

namespace runbook {

/// Scheme, host and port: what decides whether credentials may go along.
struct HttpOrigin {
  std::string scheme;  ///< "http" or "https"
  std::string host;    ///< lower case, an IPv6 address without its brackets
  int port = 0;        ///< as written, else the scheme's own
  bool operator==(const HttpOrigin&) const = default;

  bool is_tls() const { return scheme == "https"; }
  /// localhost, *.localhost, 127/8 and ::1: no proxy can be meant for these.
  bool is_loopback() const;
  /// "https://host:port/…": paths, queries and user-info may hold secrets and are never shown.
  std::string shown() const;
};

/// Throws Error(Code::url_invalid), effect none, saying what is wrong without repeating the URL.
HttpOrigin parse_origin(std::string_view url);

/// Everything but letters, digits and "-._~" becomes %XX.
std::string percent_encode(std::string_view text);

}  // namespace runbook
