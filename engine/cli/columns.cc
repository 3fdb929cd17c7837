#include "engine/cli/columns.h"

#include "engine/view/style.h"
#include "engine/view/text_stream.h"

namespace runbook {

std::size_t columns_of(const TextStream& stream) {
  return stream.is_terminal() ? stream.size().columns : 0;
}

std::string beside(const std::string& first, std::string_view text, std::size_t columns) {
  constexpr std::size_t kLeast = 16;
  const bool fits = columns == 0 || first.size() + kLeast <= columns;
  const std::size_t indent = fits ? first.size() : 4;
  std::string page = fits ? first : first + "\n" + std::string(indent, ' ');
  std::string_view gap;
  const std::string margin = "\n" + std::string(indent, ' ');
  for (const std::string& line : wrapped(text, columns == 0 ? 0 : columns - indent)) {
    page.append(gap).append(line);
    gap = margin;
  }
  return page + "\n";
}

}  // namespace runbook
