#include "engine/recipe/url_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/base/secret_forms.h"

namespace runbook {
namespace {

constexpr std::size_t kLongSegment = 20;

/// Cuts `rest` at the first of `delimiters` and gives what was before it.
std::string_view take_until(std::string_view& rest, std::string_view delimiters) {
  const std::size_t end = std::min(rest.find_first_of(delimiters), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

bool is_scheme(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !text.empty() && kLetters.find(text[0]) != std::string_view::npos &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-") ==
             std::string_view::npos;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

class Collector {
 public:
  explicit Collector(std::string name) : name_(std::move(name)) {}

  void add(const std::string& part, std::string_view value) {
    if (value.size() < kShortestSecret) {
      return;
    }
    parts.push_back({fmt::format("{}.{}", name_, part), std::string(value)});
    std::string decoded = percent_decoded(value);
    if (decoded != value && decoded.size() >= kShortestSecret) {
      parts.push_back({fmt::format("{}.{}.decoded", name_, part), std::move(decoded)});
    }
  }

  std::vector<SecretPart> parts;

 private:
  std::string name_;
};

}  // namespace

std::optional<UrlParts> split_url(std::string_view url) {
  if (std::ranges::any_of(
          url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; })) {
    return std::nullopt;
  }
  UrlParts parts;
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || !is_scheme(url.substr(0, scheme))) {
    return std::nullopt;
  }
  parts.scheme = url.substr(0, scheme);
  std::string_view rest = url.substr(scheme + 3);
  std::string_view authority = take_until(rest, "/?#");
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    std::string_view user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    parts.user = take_until(user_info, ":");
    parts.password = user_info.substr(user_info.empty() ? 0 : 1);
  }
  parts.host = authority;
  parts.path = take_until(rest, "?#");
  if (rest.starts_with('?')) {
    rest.remove_prefix(1);
    parts.query = take_until(rest, "#");
  }
  return parts.host.empty() || parts.host.front() == ':' ? std::nullopt : std::optional(parts);
}

std::vector<SecretPart> url_secrets(const std::string& name, std::string_view url) {
  const UrlParts parts = split_url(url).value();
  Collector found(name);
  found.add("password", parts.password);
  if (parts.password.empty()) {
    found.add("user", parts.user);
  }
  std::string_view path = parts.path;
  for (std::size_t number = 1; !path.empty(); ++number) {
    path.remove_prefix(1);
    const std::string_view segment = take_until(path, "/");
    if (segment.size() >= kLongSegment) {
      found.add(fmt::format("path.{}", number), segment);
    }
  }
  std::string_view query = parts.query;
  for (std::size_t number = 1; !query.empty(); ++number) {
    std::string_view value = take_until(query, "&;");
    query.remove_prefix(query.empty() ? 0 : 1);
    const std::string key(take_until(value, "="));
    if (!value.empty()) {
      found.add(fmt::format("query.{}", key), value.substr(1));
    } else {
      found.add(fmt::format("query.{}", number), key);  // ?token, without a name
    }
  }
  return found.parts;
}

}  // namespace runbook
