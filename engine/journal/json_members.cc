#include "engine/journal/json_members.h"

#include <algorithm>

#include "engine/base/json.h"

namespace runbook {
namespace {

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f &&
           c != '"' && c != '\\';
  });
}

/// Length of the string that begins at text[0] == '"', quotes included; 0 if it does not end.
std::size_t string_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      return i + 1;
    }
    if (text[i] == '\\') {
      ++i;
    }
  }
  return 0;
}

/// Length of the bracketed value that begins at text[0]; 0 if it does not end.
std::size_t bracketed_length(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    std::size_t length = 1;
    if (c == '"') {
      length = string_length(text.substr(i));
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
    if (length == 0) {
      return 0;
    }
    i += length;
    if (depth == 0) {
      return i;
    }
  }
  return 0;
}

}  // namespace

void MemberWriter::begin(std::string_view name) {
  out_ += out_.empty() ? "{\"" : ",\"";
  out_ += name;
  out_ += "\":";
}

void MemberWriter::raw(std::string_view name, std::string_view json) {
  begin(name);
  out_ += json;
}

void MemberWriter::string(std::string_view name, std::string_view text) {
  if (!is_plain(text)) {
    raw(name, dump_json(Json(text)));
    return;
  }
  begin(name);
  out_ += '"';
  out_ += text;
  out_ += '"';
}

std::string MemberWriter::finish() {
  if (!out_.empty()) {
    out_ += '}';
  }
  return std::move(out_);
}

void MemberReader::skip_space() {
  const std::size_t first = rest_.find_first_not_of(" \t\r\n");
  rest_.remove_prefix(std::min(first, rest_.size()));
}

bool MemberReader::take(char expected) {
  skip_space();
  if (rest_.empty() || rest_.front() != expected) {
    return false;
  }
  rest_.remove_prefix(1);
  return true;
}

std::string_view MemberReader::take_string() {
  skip_space();
  const std::size_t length =
      !rest_.empty() && rest_.front() == '"' ? string_length(rest_) : std::size_t{0};
  const std::string_view text = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return text;
}

std::string_view MemberReader::take_value() {
  skip_space();
  if (rest_.empty()) {
    return {};
  }
  if (rest_.front() == '"') {
    return take_string();
  }
  const std::size_t length = rest_.front() == '{' || rest_.front() == '['
                                 ? bracketed_length(rest_)
                                 : std::min(rest_.find_first_of(",}] \t\r\n"), rest_.size());
  const std::string_view text = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return text;
}

MemberReader::Next MemberReader::finish() {
  skip_space();
  return rest_.empty() ? Next::end : Next::malformed;
}

MemberReader::Next MemberReader::next(std::string_view& name, std::string_view& value) {
  if (!begun_) {
    begun_ = true;
    if (!take('{')) {
      return Next::malformed;
    }
    if (take('}')) {
      return finish();
    }
  } else if (take('}')) {
    return finish();
  } else if (!take(',')) {
    return Next::malformed;
  }
  name = take_string();
  if (name.empty() || !take(':')) {
    return Next::malformed;
  }
  name = name.substr(1, name.size() - 2);
  value = take_value();
  return value.empty() ? Next::malformed : Next::member;
}

}  // namespace runbook
