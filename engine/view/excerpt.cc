#include "engine/view/excerpt.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "engine/view/wording.h"

namespace runbook {

namespace {

constexpr long kTailBytes = 64 * 1024;

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

/// The last kTailBytes of a file, from the beginning of a line.
std::string read_tail(const std::string& path) {
  const File file(std::fopen(path.c_str(), "re"));
  if (!file || std::fseek(file.get(), 0, SEEK_END) != 0) {
    return {};
  }
  const long size = std::ftell(file.get());
  const long begin = std::max(size - kTailBytes, 0L);
  if (size <= 0 || std::fseek(file.get(), begin, SEEK_SET) != 0) {
    return {};
  }
  std::string text(static_cast<std::size_t>(size - begin), '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (begin > 0) {
    text.erase(0, text.find('\n') + 1);
  }
  return text;
}

/// "2026-11-20T17:06:25.118Z err text" → "text".
std::string without_columns(std::string line) {
  for (int column = 0; column < 2; ++column) {
    const std::size_t space = line.find(' ');
    line.erase(0, space == std::string::npos ? 0 : space + 1);
  }
  return line;
}

}  // namespace

std::vector<std::string> last_log_lines(const std::string& path, std::size_t count) {
  const std::string text = plain_text(read_tail(path));
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(without_columns(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  if (lines.size() > count) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  }
  return lines;
}

std::string source_line(const std::string& path, std::size_t number) {
  const File file(std::fopen(path.c_str(), "re"));
  std::string line;
  std::size_t current = 1;
  for (int c = 0; file && current <= number && (c = std::fgetc(file.get())) != EOF;) {
    if (c == '\n') {
      ++current;
    } else if (current == number) {
      line.push_back(static_cast<char>(c));
    }
  }
  return line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

}  // namespace runbook
