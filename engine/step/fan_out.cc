// each and parallel: items are steps of their own; the first failure cancels the siblings unless
// keep_going.

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "engine/base/path.h"
#include "engine/step/session_impl.h"

namespace runbook {
namespace {

struct Failure {
  Error error;
  Sequence at;  ///< event of the item's end; after all others if there is none
};

struct Gathered {
  std::vector<RawJson> results;
  std::vector<Failure> failures;
  std::size_t next = 0;  ///< the next item nobody has taken
  std::size_t withheld = 0;
  std::size_t workers = 0;
  std::exception_ptr unwind;  ///< Cancelled or SessionStop: outranks errors
  bool record_ends = false;   ///< of one item: those whose record goes on are replayed all the same
  bool halted = false;
};

/// Of several unwinds the one that says most: a stop of the session over a cancellation.
void keep_unwind(Gathered& gathered, std::exception_ptr unwind, bool session_stop) {
  if (!gathered.unwind || session_stop) {
    gathered.unwind = std::move(unwind);
  }
}

/// The failures as they came in time, which a replay meets in the order of the items.
std::vector<Error> in_time(std::vector<Failure> failures) {
  std::ranges::stable_sort(failures, {}, &Failure::at);
  std::vector<Error> errors;
  for (Failure& failure : failures) {
    errors.push_back(std::move(failure.error));
  }
  return errors;
}

Error all_failures(const std::string& prefix, const std::vector<Error>& errors, std::size_t total) {
  Json failures = Json::array();
  std::string message = fmt::format("{} of {} items of {} failed:", errors.size(), total, prefix);
  for (const Error& error : errors) {
    failures.push_back(error.to_json());
    message += fmt::format("\n  {}: {} {}", error.path, code_text(error.code), error.message);
  }
  Error error(Code::items_failed, std::move(message), {}, Json{{"failures", std::move(failures)}});
  error.path = prefix;
  error.effect = EffectDone::none;
  return error;
}

}  // namespace

Task<std::vector<RawJson>> Session::fan_out(Scope& outer, FanOutSpec spec,
                                            std::vector<FanOutItem> items) {
  Scope scope = group(outer, spec.segment);
  const bool replay_only = impl_->settings.replay_only;
  if (!replay_only && !spec.keep_going && state().closed.contains(scope.path)) {
    throw closed_by(join_path(scope.path, "*"));
  }
  scope.cancel = outer.cancel->child();
  Gathered gathered;
  gathered.results.resize(items.size());
  Latch finished(impl_->loop);

  const auto worker = [](Session& self, Scope& inner, const FanOutSpec& fan,
                         std::vector<FanOutItem>& list, Gathered& all, Latch& done) -> Task<void> {
    while (all.next < list.size() && !all.halted) {
      const std::size_t index = all.next++;
      const std::string path = join_path(inner.path, list[index].step.segment);
      try {
        all.results[index] =
            co_await self.step(inner, std::move(list[index].step), std::move(list[index].body));
      } catch (const Error& error) {
        const StepState* step = self.state().find_step(path);
        const bool ended = step != nullptr && step->finished != 0;
        all.failures.push_back({error, ended ? step->finished : ~Sequence{0}});
        if (!fan.keep_going && !self.replays_only()) {
          all.halted = true;
          inner.cancel->request(CancelReason::sibling);
        }
      } catch (const Withheld&) {
        ++all.withheld;
      } catch (const RecordEnds&) {
        all.record_ends = true;
      } catch (const Cancelled&) {
        all.halted = true;
        keep_unwind(all, std::current_exception(), false);
      } catch (const SessionStop& stop) {
        keep_unwind(all, std::current_exception(), true);
        if (stop.phase != RunPhase::unknown) {
          all.halted = true;
          inner.cancel->request(CancelReason::sibling);
        }
      }
    }
    People& people = *self.impl_->people;
    --people.threads;
    if (--all.workers == 0) {
      ++people.threads;
      done.open();
    }
  };
  gathered.workers = std::min(items.size(), spec.jobs == 0 ? items.size() : spec.jobs);
  const std::size_t total = items.size();
  if (total > 0) {
    impl_->people->threads += gathered.workers - 1;  // this one only waits for them
  }
  for (std::size_t started = 0, count = gathered.workers; started < count; ++started) {
    impl_->loop.spawn(worker(*this, scope, spec, items, gathered, finished));
  }
  if (total > 0) {
    co_await finished.wait(nullptr);  // every item ends by itself once cancelled
  }

  if (gathered.unwind) {
    const bool own_failure = !gathered.failures.empty() && !outer.cancel->requested();
    try {
      std::rethrow_exception(gathered.unwind);
    } catch (const Cancelled&) {
      if (!own_failure) {
        throw;
      }
    }
  }
  if (gathered.record_ends) {
    throw RecordEnds();
  }
  if (!gathered.failures.empty()) {
    const std::vector<Error> errors = in_time(std::move(gathered.failures));
    throw spec.keep_going ? all_failures(scope.path, errors, total) : errors.front();
  }
  if (gathered.withheld > 0) {
    throw closed_by(join_path(scope.path, "*"));
  }
  co_return std::move(gathered.results);
}

}  // namespace runbook
