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

/// One of the two texts that are compared, of one object. Only what hides values is known of YAML:
/// a key with its value behind it, or below it and further in.
class Side {
 public:
  explicit Side(std::string_view file)
      : is_secret_(file.find(".Secret.") != std::string_view::npos),
        may_hide_(is_secret_ || file.find(".ConfigMap.") != std::string_view::npos) {}
  /// A hunk that is not the first lines may begin in the midst of the data, and of a value.
  void begin_hunk(bool at_top) {
    is_in_data_ = is_in_value_ = !at_top;
    hidden_from_ = 2;
  }
  /// How much of the line is shown.
  std::size_t shown(std::string_view text) {
    const std::size_t deep = indentation(text);
    if (!may_hide_) {
      return text.size();
    }
    if (is_in_value_ && deep > hidden_from_) {
      return deep;
    }
    is_in_value_ = false;
    return shown_of_key(text, deep);
  }

 private:
  std::size_t shown_of_key(std::string_view text, std::size_t deep) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      return text.size();
    }
    const std::string_view key = text.substr(deep, colon - deep);
    if (deep == 0) {
      is_in_data_ = key == "data" || key == "stringData" || key == "binaryData";
      return text.size();
    }
    const bool is_copy = key.ends_with("last-applied-configuration");
    if (!is_copy && !(is_in_data_ && deep == 2 && (is_secret_ || is_credential(key)))) {
      return text.size();
    }
    is_in_value_ = true;
    hidden_from_ = deep;
    return colon + 1;
  }

  bool is_secret_, may_hide_;
  bool is_in_data_ = false, is_in_value_ = false;
  std::size_t hidden_from_ = 0;
};

class ObjectDiff {
 public:
  explicit ObjectDiff(std::string_view file) : live_(file), merged_(file) {}
  void begin_hunk(std::string_view header) {
    const bool at_top = header.starts_with("@@ -1,") || header.starts_with("@@ -0,");
    live_.begin_hunk(at_top);
    merged_.begin_hunk(at_top);
  }
  std::string line(std::string_view line) {
    const std::string_view text = line.substr(std::min<std::size_t>(1, line.size()));
    std::size_t shown = text.size();
    if (!line.starts_with('+')) {
      shown = std::min(shown, live_.shown(text));
    }
    if (!line.starts_with('-')) {
      shown = std::min(shown, merged_.shown(text));
    }
    if (shown == text.size()) {
      return std::string(line);
    }
    const std::string_view kept = line.substr(0, shown + 1);
    return fmt::format("{}{}{}", kept, kept.ends_with(':') ? " " : "", kRedacted);
  }

 private:
  Side live_, merged_;
};

}  // namespace

std::string readable_diff(std::string_view text) {
  std::string readable;
  ObjectDiff object({});
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.starts_with("diff -u")) {
      continue;
    }
    if (line.starts_with("--- ")) {
      object = ObjectDiff(file_of(line));
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
