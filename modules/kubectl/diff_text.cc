#include "modules/kubectl/diff_text.h"

#include <fmt/core.h>

#include <algorithm>

#include "modules/kubectl/redaction.h"

namespace runbook::kubectl {

namespace {

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

/// "/tmp/MERGED-3954960982/v1.Secret.web.login<tab>2026-11-20 …" → "v1.Secret.web.login".
std::string_view file_of(std::string_view path) {
  path = path.substr(0, path.find('\t'));
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// One object's part of a diff, line by line. Only what hides values is known of YAML: a key with
/// its value behind it, or below it and further in.
class ObjectDiff {
 public:
  void begin(std::string_view file) {
    is_secret_ = file.find(".Secret.") != std::string_view::npos;
    may_hide_ = is_secret_ || file.find(".ConfigMap.") != std::string_view::npos;
  }
  void begin_hunk(std::string_view header) {
    const bool at_top = header.starts_with("@@ -1,") || header.starts_with("@@ -0,");
    is_in_data_ = !at_top;   // else it may begin in the midst of it,
    is_in_value_ = !at_top;  // and of a value
    hidden_from_ = 2;
  }
  std::string line(std::string_view line) {
    if (!may_hide_ || line.empty()) {
      return std::string(line);
    }
    const std::string_view text = line.substr(1);  // behind + or - or a space
    const std::size_t deep = indentation(text);
    if (is_in_value_ && deep > hidden_from_) {
      return fmt::format("{}{:{}}{}", line.front(), "", deep, kRedacted);
    }
    leave_value();
    return key_line(line, text, deep);
  }

 private:
  void leave_value() { is_in_value_ = false; }
  std::string key_line(std::string_view line, std::string_view text, std::size_t deep) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      return std::string(line);
    }
    const std::string_view key = text.substr(deep, colon - deep);
    if (deep == 0) {
      is_in_data_ = key == "data" || key == "stringData" || key == "binaryData";
      return std::string(line);
    }
    const bool is_copy = key.ends_with("last-applied-configuration");
    if (!is_copy && !(is_in_data_ && deep == 2 && (is_secret_ || is_credential(key)))) {
      return std::string(line);
    }
    is_in_value_ = true;
    hidden_from_ = deep;
    return fmt::format("{} {}", line.substr(0, colon + 2), kRedacted);
  }

  bool is_secret_ = false, may_hide_ = false, is_in_data_ = false, is_in_value_ = false;
  std::size_t hidden_from_ = 0;
};

}  // namespace

std::string readable_diff(std::string_view text) {
  std::string readable;
  ObjectDiff object;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.starts_with("diff -u")) {
      continue;
    }
    if (line.starts_with("--- ")) {
      object.begin(file_of(line));
      readable += fmt::format("--- live/{}\n", file_of(line));
    } else if (line.starts_with("+++ ")) {
      readable += fmt::format("+++ merged/{}\n", file_of(line));
    } else if (line.starts_with("@@ ")) {
      object.begin_hunk(line);
      readable += fmt::format("{}\n", line);
    } else {
      readable += object.line(line) + "\n";
    }
  }
  return readable;
}

}  // namespace runbook::kubectl
