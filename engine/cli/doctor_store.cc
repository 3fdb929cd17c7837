// The store: can it be read and written, are the journals whole, who holds locks?

#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/cli/chosen_run.h"
#include "engine/cli/doctor.h"
#include "engine/journal/journal.h"
#include "engine/view/wording.h"

namespace runbook {

namespace fs = std::filesystem;

namespace {

using Is = Finding::State;

/// Writes a message that nobody reads, and takes it away again.
Finding try_writing(const fs::path& folder, std::size_t runs) {
  const auto store = open_sqlite_store(folder, OpenMode::read_write);
  const std::string inbox = fmt::format("doctor/{}", getpid());
  store->put_message(inbox, "null");
  for (const InboxMessage& message : store->list_messages(inbox)) {
    store->remove_message(message.id);
  }
  return {Is::ok, "store",
          fmt::format("{} {}, can be read and written", runs, runs == 1 ? "run" : "runs"), ""};
}

/// Reads every journal: the chain of hashes shows what was changed or cut off.
void look_at_journals(Store& store, const std::vector<RunRow>& runs,
                      std::vector<Finding>& findings) {
  std::size_t whole = 0;
  Sequence events = 0;
  for (const RunRow& row : runs) {
    try {
      events += read_run_state(store, row.id).last;
      ++whole;
    } catch (const Error& error) {
      findings.push_back(wrong("journal", error));
    }
  }
  if (whole == runs.size()) {
    findings.push_back(
        {Is::ok, "journals", fmt::format("{} events, no chain is broken", events), ""});
  }
}

void look_at_lock(const fs::path& folder, const RunRow& row, std::vector<Finding>& findings) {
  const int driver = FileLock::holder_pid(folder / "lock");
  const int reaper = FileLock::holder_pid(folder / "children.lock");
  if (driver != 0) {
    findings.push_back({Is::remark, "lock",
                        fmt::format("run {} is driven by pid {} ({})", row.id, driver,
                                    one_line(read_file(folder / "lock"))),
                        ""});
  } else if (reaper != 0) {
    findings.push_back(
        {Is::remark, "lock",
         fmt::format("children of run {} still end (pid {} waits for them)", row.id, reaper),
         "a resume waits for them"});
  } else if (!row.lock.empty() && is_unfinished(row)) {
    findings.push_back(
        {Is::remark, "lock",
         fmt::format("\"{}\" is held by run {}, which nobody drives", row.lock, row.id),
         fmt::format("runbook resume {}", row.id)});
  }
}

void look_at_runs(const Project& project, std::vector<Finding>& findings) {
  const auto store = open_sqlite_store(project.state, OpenMode::read_only);
  const std::vector<RunRow> runs = store->list_runs();
  try {
    findings.push_back(try_writing(project.state, runs.size()));
  } catch (const Error& error) {
    findings.push_back(wrong("store", error));
  }
  look_at_journals(*store, runs, findings);
  for (const RunRow& row : runs) {
    try {
      look_at_lock(run_folder(project, row.id), row, findings);
    } catch (const Error& error) {
      findings.push_back(wrong("lock", error));
    }
  }
}

}  // namespace

void look_at_store(const Project& project, std::vector<Finding>& findings) {
  std::error_code hidden;  // then the folder's own finding says why
  const fs::file_status status = fs::status(project.state / "state.db", hidden);
  if (!fs::exists(status)) {
    if (fs::status_known(status)) {
      findings.push_back({Is::remark, "store", "there is none yet", ""});
    }
    return;
  }
  try {
    look_at_runs(project, findings);
  } catch (const Error& error) {
    findings.push_back(wrong("store", error));
  }
}

}  // namespace runbook
