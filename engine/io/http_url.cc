#include "engine/io/http_url.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/base/error.h"

namespace runbook {

namespace {

constexpr std::size_t kMaxUrl = std::size_t{64} << 10;

[[noreturn]] void refuse_url(const std::string& why) {
  Error error(Code::url_invalid, "the address is not a valid URL: " + why);
  throw error.with_effect(EffectDone::none);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return lower;
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int parse_port(std::string_view text, int otherwise) {
  if (text.empty()) {
    return otherwise;
  }
  int port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) {
    refuse_url("the port is not a number from 1 to 65535");
  }
  return port;
}

/// Bytes from 0x80 on are left to libcurl, which knows international names.
bool is_host_byte(char c) {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || static_cast<signed char>(c) < 0;
}

}  // namespace

HttpOrigin parse_origin(std::string_view url) {
  if (url.size() > kMaxUrl) {
    refuse_url("it is longer than 64 KiB");
  }
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '\\') {
      refuse_url(
          "it contains a space, a backslash or a control character (write them as %20, %5C …)");
    }
  }
  const std::size_t colon = url.find("://");
  HttpOrigin origin;
  origin.scheme = colon == std::string_view::npos ? "" : lower_case(url.substr(0, colon));
  if (origin.scheme != "http" && origin.scheme != "https") {
    refuse_url("it does not begin with http:// or https://");
  }
  std::string_view authority = url.substr(colon + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  // Programs disagree about which of several '@' ends the user-info, so about whom to call.
  if (std::count(authority.begin(), authority.end(), '@') > 1) {
    refuse_url("its user-info contains an @ (write it as %40)");
  }
  if (const std::size_t at = authority.find('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos ||
        (end + 1 < authority.size() && authority[end + 1] != ':')) {
      refuse_url("its IPv6 address lacks the closing bracket");
    }
    origin.host = lower_case(authority.substr(1, end - 1));
    port = authority.substr(std::min(end + 2, authority.size()));
  } else {
    const std::size_t end = std::min(authority.find(':'), authority.size());
    origin.host = lower_case(authority.substr(0, end));
    port = authority.substr(std::min(end + 1, authority.size()));
    if (!std::all_of(origin.host.begin(), origin.host.end(), is_host_byte)) {
      refuse_url("its host name contains a character that no host name has");
    }
  }
  if (origin.host.empty()) {
    refuse_url("it names no host");
  }
  origin.port = parse_port(port, origin.is_tls() ? 443 : 80);
  return origin;
}

bool HttpOrigin::is_loopback() const {
  return host == "localhost" || host.ends_with(".localhost") || host == "::1" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

std::string HttpOrigin::shown() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  const std::string name = is_v6 ? "[" + host + "]" : host;
  const bool usual = port == (is_tls() ? 443 : 80);
  return usual ? fmt::format("{}://{}/…", scheme, name)
               : fmt::format("{}://{}:{}/…", scheme, name, port);
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded.push_back(c);
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

}  // namespace runbook
