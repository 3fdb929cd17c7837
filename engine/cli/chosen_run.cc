#include "engine/cli/chosen_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/journal/event.h"

namespace runbook {

namespace {

RunRow newest_failed(const std::vector<RunRow>& runs) {
  const auto found = std::find_if(runs.begin(), runs.end(), [](const RunRow& row) {
    return row.state == static_cast<int>(RunPhase::failed);
  });
  if (found == runs.end()) {
    throw Error(Code::run_not_found, "no run has failed");
  }
  return *found;
}

std::string closest_run(const std::vector<RunRow>& runs, const std::string& text) {
  std::vector<std::string_view> ids;
  for (const RunRow& row : runs) {
    ids.push_back(row.id);
  }
  return std::string(closest_match(text, ids));
}

}  // namespace

RunRow choose_run(Store& store, const std::string& text) {
  const std::vector<RunRow> runs = store.list_runs();
  if (runs.empty()) {
    throw Error(Code::run_not_found, "there are no runs yet", "start one: runbook run RECIPE");
  }
  if (text.empty() || text == "@last") {
    return runs.front();
  }
  if (text == "@failed") {
    return newest_failed(runs);
  }
  std::vector<const RunRow*> matches;
  for (const RunRow& row : runs) {
    if (row.id == text) {
      return row;
    }
    if (row.id.starts_with(text)) {
      matches.push_back(&row);
    }
  }
  if (matches.empty()) {
    const std::string near = closest_run(runs, text);
    throw Error(Code::run_not_found,
                fmt::format("no run begins with \"{}\"{}", text,
                            near.empty() ? "" : fmt::format("; did you mean {}?", near)));
  }
  if (matches.size() > 1) {
    std::string ids;
    for (const RunRow* row : matches) {
      ids += (ids.empty() ? "" : ", ") + row->id;
    }
    throw Error(Code::run_ambiguous, fmt::format("\"{}\" begins {}", text, ids));
  }
  return *matches.front();
}

bool is_unfinished(const RunRow& row) {
  const auto phase = static_cast<RunPhase>(row.state);
  return phase != RunPhase::ok && phase != RunPhase::cancelled && phase != RunPhase::undone;
}

std::optional<RunRow> newest_unfinished(Store& store) {
  const std::vector<RunRow> runs = store.list_runs();
  const auto found = std::find_if(runs.begin(), runs.end(), is_unfinished);
  return found == runs.end() ? std::nullopt : std::optional<RunRow>(*found);
}

}  // namespace runbook
