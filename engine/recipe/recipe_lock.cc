#include "engine/recipe/recipe_lock.h"

#include <fmt/core.h>

#include "engine/recipe/opening.h"

namespace runbook {
namespace {

constexpr std::int64_t kLeaseMilliseconds = 10'000;

bool is_unfinished(const RunRow& row) {
  return !is_for_good(static_cast<RunPhase>(row.state));
}

}  // namespace

Task<void> hold_recipe_lock(EngineParts& parts, std::filesystem::path state_folder,
                            std::string name) {
  std::optional<RunRow> other;
  const Timestamp now = parts.loop.clock().now();
  std::function<void(Store&)> take = [&](Store& store) {
    // The lease orders runs that start at the same moment; what holds the name is the row of an
    // unfinished run.
    const std::optional<Lease> lease =
        store.acquire_lease("lock/" + name, parts.run_id, now, kLeaseMilliseconds);
    for (const RunRow& row : store.list_runs()) {
      if (row.id != parts.run_id && row.lock == name && is_unfinished(row)) {
        other = row;
      }
    }
    if (!other && lease) {
      store.set_run_info(parts.run_id, parts.journal.state().created.name, name);
    }
    if (lease) {
      store.release_lease(*lease);
    }
  };
  co_await parts.journal.on_store(std::move(take));
  if (!other) {
    co_return;
  }
  if (FileLock::holder_pid(state_folder / "runs" / other->id / "lock") != 0) {
    throw SessionStop(
        RunPhase::interrupted,
        Error(Code::lock_held,
              fmt::format("\"{}\" is held by run {}, which is being driven", name, other->id)));
  }
  throw SessionStop(
      RunPhase::interrupted,
      Error(Code::unfinished_run,
            fmt::format("run {} holds the lock \"{}\" and is not finished", other->id, name),
            fmt::format("runbook resume {} continues it", other->id)));
}

}  // namespace runbook
