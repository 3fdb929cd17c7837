#include "engine/base/secret_forms.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/base/utf8.h"

namespace runbook {

namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string in_case(std::string text, bool upper) {
  for (char& c : text) {
    if (upper && c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    } else if (!upper && c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return text;
}

std::string replace_each(std::string_view text, char what, std::string_view with) {
  std::string result;
  for (const char c : text) {
    result.append(c == what ? with : std::string_view(&c, 1));
  }
  return result;
}

std::string with_backslash_before(std::string_view text, std::string_view which) {
  std::string result;
  for (const char c : text) {
    if (which.find(c) != std::string_view::npos) {
      result += '\\';
    }
    result += c;
  }
  return result;
}

void add_percent(std::set<std::string>& forms, std::string_view value) {
  // RFC 3986, encodeURIComponent and encodeURI differ in what they leave as it is.
  for (const std::string_view kept : {"-._~", "-._~!*'()", "-._~!*'();,/?:@&=+$#"}) {
    std::string upper;
    std::string lower;
    for (const char c : value) {
      if (is_alphanumeric(c) || kept.find(c) != std::string_view::npos) {
        upper += c;
        lower += c;
      } else {
        upper += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        lower += fmt::format("%{:02x}", static_cast<unsigned char>(c));
      }
    }
    for (const std::string& form : {upper, lower}) {
      forms.insert(form);
      std::string plus = form;
      for (auto at = plus.find("%20"); at != std::string::npos; at = plus.find("%20", at)) {
        plus.replace(at, 3, "+");
      }
      forms.insert(plus);
    }
  }
}

std::string json_escaped(std::string_view value, bool ascii) {
  const std::string quoted = Json(value).dump(-1, ' ', ascii, Json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

void add_json(std::set<std::string>& forms, std::string_view value) {
  for (const bool ascii : {false, true}) {
    const std::string once = json_escaped(value, ascii);
    forms.insert(once);
    forms.insert(json_escaped(once, ascii));                    // JSON in a string of JSON
    forms.insert(replace_each(once, '/', "\\/"));               // PHP and others
    std::string for_html = replace_each(once, '<', "\\u003c");  // Go
    for_html = replace_each(for_html, '>', "\\u003e");
    forms.insert(replace_each(for_html, '&', "\\u0026"));
  }
}

void add_shell(std::set<std::string>& forms, std::string_view value) {
  forms.insert(replace_each(value, '\'', R"('\'')"));
  forms.insert(replace_each(value, '\'', R"('"'"')"));
  forms.insert(replace_each(value, '\'', R"(\')"));  // $'…'
  forms.insert(with_backslash_before(value, "\"\\$`"));
  forms.insert(with_backslash_before(value, " !\"#$&'()*,;<=>?[\\]^`{|}~"));  // printf %q
}

/// The characters of base64 that depend on `value` alone when `before` bytes precede it and unknown
/// ones follow.
std::string aligned_base64(std::string_view value, std::size_t before) {
  const std::string text = to_base64(std::string(before, '\0') + std::string(value));
  const std::size_t begin = before == 0 ? 0 : before + 1;
  const std::size_t end = (before + value.size()) * 8 / 6;
  return text.substr(begin, end - begin);
}

void add_base64(std::set<std::string>& forms, std::string_view value) {
  const auto insert = [&forms](const std::string& text) {
    forms.insert(text);
    forms.insert(replace_each(replace_each(text, '+', "-"), '/', "_"));
  };
  for (const std::size_t before : {0U, 1U, 2U}) {
    insert(aligned_base64(value, before));
    // Where nothing follows, the last character and the padding go too.
    const std::string ending = to_base64(std::string(before, '\0') + std::string(value));
    insert(ending.substr(before == 0 ? 0 : before + 1));
    insert(ending.substr(before == 0 ? 0 : before + 1,
                         ending.find('=') - (before == 0 ? 0 : before + 1)));
  }
  // base64(1) breaks lines at 76, PEM at 64.
  const std::string whole = to_base64(value);
  for (const std::size_t width : {64U, 76U}) {
    for (std::size_t at = 0; whole.size() > width && at < whole.size(); at += width) {
      if (whole.size() - at >= kShortestSecret) {
        insert(whole.substr(at, width));
      }
    }
  }
}

void add_hex(std::set<std::string>& forms, std::string_view value) {
  for (const bool upper : {false, true}) {
    const std::string hex = in_case(to_hex(value), upper);
    forms.insert(hex);
    forms.insert("0x" + hex);
  }
  // A value that is hex itself (a private key) is printed in either case, with or without 0x.
  std::string_view digits = value;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    digits.remove_prefix(2);
  }
  if (digits.size() >= kShortestSecret && std::ranges::all_of(digits, is_hex_digit)) {
    forms.insert(std::string(digits));
    for (const bool upper : {false, true}) {
      forms.insert(in_case(std::string(digits), upper));
      forms.insert("0x" + in_case(std::string(digits), upper));
    }
  }
}

void add_textual(std::set<std::string>& forms, std::string_view value) {
  forms.insert(std::string(value));
  add_percent(forms, value);
  add_json(forms, value);
  add_shell(forms, value);
}

}  // namespace

std::set<std::string> secret_forms(std::string_view value) {
  std::set<std::string> forms;
  add_textual(forms, value);
  add_base64(forms, value);
  add_hex(forms, value);
  // A program that reads a key file prints it line by line, and indents as it likes.
  for (std::string_view rest = value; !rest.empty();) {
    const auto newline = rest.find('\n');
    const std::string_view line = trimmed(rest.substr(0, newline));
    rest = newline == std::string_view::npos ? std::string_view() : rest.substr(newline + 1);
    if (line.size() >= kShortestSecret) {
      add_textual(forms, line);
    }
  }
  return forms;
}

}  // namespace runbook
