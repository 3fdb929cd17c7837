// The writer. yaml-cpp's leaves "no", "012" and "1e3" unquoted.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/error.h"
#include "engine/base/utf8.h"
#include "engine/base/yaml.h"

namespace runbook {

namespace {

/// Words that some reader of YAML 1.1 or 1.2 takes for something other than text.
constexpr std::array<std::string_view, 9> kReserved = {"null", "true", "false", "yes", "no",
                                                       "on",   "off",  "y",     "n"};
constexpr std::size_t kLongestSimpleKey = 1000;  // readers may refuse more than 1024

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_plain_word(std::string_view text) {
  if (text.empty() || !(is_letter(text.front()) || text.front() == '/')) {
    return false;
  }
  const auto fits = [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '/' || c == '-';
  };
  if (!std::ranges::all_of(text, fits)) {
    return false;
  }
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return std::ranges::find(kReserved, lower) == kReserved.end();
}

/// Line and paragraph separators and the byte order mark mean something to readers of YAML 1.1.
std::string_view escape_of_separator(std::string_view rest) {
  if (rest.starts_with("\xe2\x80\xa8")) {
    return "\\u2028";
  }
  if (rest.starts_with("\xe2\x80\xa9")) {
    return "\\u2029";
  }
  return rest.starts_with("\xef\xbb\xbf") ? "\\ufeff" : "";
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (const auto escape = escape_of_separator(text.substr(i)); !escape.empty()) {
      out += escape;
      i += 2;
    } else if (byte == 0xC2 && next < 0xA0) {
      out += fmt::format("\\x{:02x}", next);
      ++i;
    } else if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      if (byte == '"' || byte == '\\') {
        out += '\\';
      }
      out += text[i];
    }
  }
  return out + "\"";
}

std::string number(const Json& value) {
  std::string text = value.dump();
  // YAML 1.1 knows an exponent only after a point.
  const auto exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos) {
    text.insert(exponent, ".0");
  }
  return text;
}

std::string scalar(const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (!is_utf8(text)) {
      throw Error(Code::yaml_invalid, "a string is not valid UTF-8",
                  "encode bytes first: crypto.base64_encode or crypto.hex_encode")
          .with_effect(EffectDone::none);
    }
    return is_plain_word(text) ? text : in_quotes(text);
  }
  return value.is_number() ? number(value) : value.dump();
}

class Writer {
 public:
  /// Writes a value that stands after a key or dash; `column` is where its lines would begin.
  void write_after(const Json& value, std::size_t column, bool after_dash) {
    if (!value.is_structured() || value.empty()) {
      out_ += fmt::format(" {}\n", value.is_structured() ? value.dump() : scalar(value));
      return;
    }
    out_ += after_dash ? " " : "\n";
    write_lines(value, column, after_dash);
  }

  /// Writes a list or map that is not empty; its first line is already indented if `begun`.
  void write_lines(const Json& value, std::size_t column, bool begun) {
    for (auto item = value.begin(); item != value.end(); ++item) {
      if (!begun) {
        out_.append(column, ' ');
      }
      begun = false;
      if (value.is_array()) {
        out_ += '-';
        write_after(*item, column + 2, true);
      } else {
        write_key(item.key(), column);
        write_after(*item, column + 2, false);
      }
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void write_key(const std::string& key, std::size_t column) {
    const std::string text = scalar(key);
    if (text.size() <= kLongestSimpleKey) {
      out_ += text + ":";
      return;
    }
    out_ += fmt::format("? {}\n{:{}}:", text, "", column);
  }

  std::string out_;
};

}  // namespace

std::string dump_yaml(const Json& value) {
  if (!value.is_structured() || value.empty()) {
    return (value.is_structured() ? value.dump() : scalar(value)) + "\n";
  }
  Writer writer;
  writer.write_lines(value, 0, false);
  return writer.take();
}

}  // namespace runbook
