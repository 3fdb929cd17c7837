#include "engine/cli/chosen_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/suggestion.h"
#include "engine/recipe/opening.h"

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

std::vector<std::string> ids_of(const std::vector<RunRow>& runs) {
  std::vector<std::string> ids;
  ids.reserve(runs.size());
  for (const RunRow& row : runs) {
    ids.push_back(row.id);
  }
  return ids;
}

[[noreturn]] void refuse_run(const std::vector<RunRow>& runs, const std::string& text) {
  if (text.starts_with('@')) {
    throw Error(Code::run_not_found,
                fmt::format("there is no {}{}", text,
                            did_you_mean(text, std::vector<std::string_view>{"@last", "@failed"})));
  }
  throw Error(Code::run_not_found,
              fmt::format("no run begins with \"{}\"{}", text, did_you_mean(text, ids_of(runs))));
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
    refuse_run(runs, text);
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

bool names_a_run(Store& store, const std::string& text) {
  const std::vector<RunRow> rows = store.list_runs();
  return text.starts_with('@') || std::any_of(rows.begin(), rows.end(), [&](const RunRow& row) {
           return row.id.starts_with(text);
         });
}

bool is_unfinished(const RunRow& row) {
  return !is_for_good(static_cast<RunPhase>(row.state));
}

std::optional<RunRow> newest_unfinished(Store& store) {
  const std::vector<RunRow> runs = store.list_runs();
  const auto found = std::find_if(runs.begin(), runs.end(), is_unfinished);
  return found == runs.end() ? std::nullopt : std::optional<RunRow>(*found);
}

}  // namespace runbook
