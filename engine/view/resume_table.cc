#include "engine/view/resume_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/view/text_width.h"

namespace runbook {

namespace {

constexpr std::size_t kNamed = 8;
constexpr std::string_view kKeptAnyway = " (done and kept; --rerun STEP runs it again)";

using Rows = std::vector<std::pair<std::string, std::string>>;

void add_names(Rows& rows, std::string_view what, const std::vector<std::string>& names,
               std::string_view remark = {}) {
  if (names.empty()) {
    return;
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamed); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kNamed) {
    text += fmt::format(" and {} more", names.size() - kNamed);
  }
  rows.emplace_back(what, text.append(remark));
}

}  // namespace

Rows resume_rows(const KeptSteps& kept) {
  Rows rows;
  add_names(rows, "keep", kept.kept);
  add_names(rows, "changed", kept.changed_steps, kKeptAnyway);
  add_names(rows, "changed inputs", kept.changed_inputs, kKeptAnyway);
  add_names(rows, "changed files", kept.changed_files);
  for (std::size_t i = 0; i < std::min(kept.open.size(), kNamed); ++i) {
    rows.emplace_back(i == 0 ? "open" : "", kept.open[i]);
  }
  if (kept.open.size() > kNamed) {
    rows.emplace_back("", fmt::format("and {} more", kept.open.size() - kNamed));
  }
  if (!kept.next.empty()) {
    rows.emplace_back("next", kept.next);
  }
  add_names(rows, "then", kept.expected, " (as in the last finished run of this recipe)");
  return rows;
}

std::string resume_table(const KeptSteps& kept, const Style& style) {
  constexpr std::size_t kIndent = 18;
  const std::size_t room = style.width > 2 * kIndent ? style.width - kIndent : style.width;
  std::string table;
  for (const auto& [what, text] : resume_rows(kept)) {
    std::string_view name = what;
    for (const std::string& line : wrapped(text, room)) {
      StyledLine row;
      row.add("  ").add(name, Color::strong).to_column(kIndent);
      row.add(screen_text(line, style.unicode));
      table += row.render(style, 0) + "\n";
      name = {};
    }
  }
  return table;
}

}  // namespace runbook
