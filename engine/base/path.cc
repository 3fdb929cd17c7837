#include "engine/base/path.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/utf8.h"

namespace runbook {

namespace {

constexpr std::size_t kLongestSegment = 200;
constexpr std::size_t kLongestSlug = 60;

[[noreturn]] void refuse_name(std::string_view name, std::string_view rule) {
  const bool printable = is_utf8(name) && !has_control_character(name);
  const std::string shown =
      printable && name.size() <= kLongestSegment ? fmt::format("\"{}\"", name) : "this name";
  throw Error(Code::step_name_invalid, fmt::format("{} {}", shown, rule))
      .with_effect(EffectDone::none);
}

void check_segment(std::string_view name) {
  if (name.empty()) {
    throw Error(Code::step_name_invalid, "a step's name or key is empty")
        .with_effect(EffectDone::none);
  }
  if (!is_utf8(name)) {
    refuse_name(name, "is not valid UTF-8");
  }
  if (has_control_character(name)) {
    refuse_name(name, "holds a control character");
  }
  if (name.front() == ' ' || name.back() == ' ') {
    refuse_name(name, "begins or ends with a space");
  }
}

void check_length(std::string_view segment) {
  if (segment.size() > kLongestSegment) {
    refuse_name(segment,
                fmt::format("is {} bytes long; {} are allowed", segment.size(), kLongestSegment));
  }
}

}  // namespace

std::string name_segment(std::string_view name) {
  check_segment(name);
  check_length(name);
  if (name.find('/') != std::string_view::npos) {
    refuse_name(name, "holds a slash, which separates the names of nested steps");
  }
  return std::string(name);
}

std::string key_segment(std::string_view key) {
  check_segment(key);
  std::string segment;
  for (const char c : key) {
    if (c == '/' || c == '%' || c == '*' || c == '?') {
      segment += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      segment += c;
    }
  }
  check_length(segment);
  return segment;
}

std::string join_path(std::string_view parent, std::string_view segment) {
  return parent.empty() ? std::string(segment) : fmt::format("{}/{}", parent, segment);
}

std::string_view parent_path(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view last_segment(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::vector<std::string_view> path_segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return segments;
}

bool is_under(std::string_view path, std::string_view ancestor) {
  return ancestor.empty() || path == ancestor ||
         (path.size() > ancestor.size() && path.starts_with(ancestor) &&
          path[ancestor.size()] == '/');
}

std::string path_slug(std::string_view path) {
  std::string slug;
  for (char c : path) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  slug.resize(std::min(slug.size(), kLongestSlug));
  while (!slug.empty() && slug.back() == '-') {
    slug.pop_back();
  }
  return slug.empty() ? "step" : slug;
}

}  // namespace runbook
