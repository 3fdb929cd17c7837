#pragma once
// Which run a command means: a unique prefix of its id, @last, @failed, or nothing.

#include <optional>
#include <string>

#include "engine/store/store.h"

namespace runbook {

/// `text` empty: the newest run. Error(Code::run_not_found | run_ambiguous).
RunRow choose_run(Store& store, const std::string& text);
/// Whether `text` is meant to be a run: it begins with @, or is the beginning of an id.
bool names_a_run(Store& store, const std::string& text);
/// The newest run that has not ended for good.
std::optional<RunRow> newest_unfinished(Store& store);
/// True unless the run ended for good (ok, cancelled, undone).
bool is_unfinished(const RunRow& row);

}  // namespace runbook
