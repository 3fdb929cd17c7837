#include "modules/kubectl/words.h"

#include <algorithm>

#include "modules/kubectl/redaction.h"

namespace runbook::kubectl {

namespace {

constexpr std::size_t kMostLines = 40;

bool is_digit_of_klog(char letter) {
  return letter >= '0' && letter <= '9';
}

/// "E1121 01:50:08.509029 …": the same again and again.
bool is_chatter(std::string_view line) {
  const bool is_klog = line.size() > 6 && (line[0] == 'E' || line[0] == 'W' || line[0] == 'I') &&
                       std::all_of(line.begin() + 1, line.begin() + 5, is_digit_of_klog) &&
                       line[5] == ' ';
  return is_klog || line.starts_with("Warning: ");
}

/// Behind the closing quote of what is quoted from `begin` on.
std::size_t end_of_quoted(std::string_view line, std::size_t begin) {
  for (std::size_t i = begin + 1; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      return i + 1;
    }
  }
  return line.size();
}

/// error when applying patch: / {…} / to: / Resource: … / Name: … / for: "STDIN": why.
class RefusedPatch {
 public:
  /// The line to keep; empty for those in between.
  std::string line(std::string_view line) {
    constexpr std::string_view kBegin = "error when applying patch:";
    if (line.ends_with(kBegin)) {
      before_ = line.substr(0, line.size() - kBegin.size());
      is_within_ = true;
      return "";
    }
    if (is_within_ && line.starts_with("for: ")) {
      is_within_ = false;
      return before_ + std::string(line.substr(5));
    }
    return is_within_ ? "" : std::string(line);
  }

 private:
  std::string before_;
  bool is_within_ = false;
};

}  // namespace

std::string without_objects(std::string_view line) {
  if (line.starts_with('{')) {
    return std::string(kRedacted);
  }
  std::string shown(line);
  for (const std::string_view begin : {"\"{", "\"map["}) {
    for (std::size_t at = shown.find(begin); at != std::string::npos; at = shown.find(begin, at)) {
      shown.replace(at, end_of_quoted(shown, at) - at, kRedacted);
    }
  }
  return shown;
}

std::vector<std::string> telling_lines(std::string_view text) {
  std::vector<std::string> lines;
  std::vector<std::string> chatter;
  RefusedPatch patch;
  while (!text.empty() && lines.size() < kMostLines) {
    const std::string_view all = text.substr(0, text.find('\n'));
    const std::string line = without_objects(patch.line(all));
    if (line.find_first_not_of(" \t") != std::string::npos) {
      (is_chatter(line) ? chatter : lines).push_back(line);
    }
    text.remove_prefix(std::min(all.size() + 1, text.size()));
  }
  return lines.empty() ? chatter : lines;
}

}  // namespace runbook::kubectl
