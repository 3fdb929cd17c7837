#pragma once
// From a store to the fold: reads a run's events, checks their chain, applies them.

#include <string>
#include <string_view>

#include "engine/journal/run_state.h"
#include "engine/store/store.h"

namespace runbook {

struct LoadedRun {
  RunState state;
  Sequence head = 0;
  Digest head_hash{};
};

/// `driving`: nobody else may append, so events after the head are damage; a reader leaves them
/// alone. Error(Code::run_not_found), Error(Code::journal_corrupt) naming the sequence.
LoadedRun load_run(Store& store, std::string_view run, bool driving);

/// Whether collect_effects() has anything to say of such an event.
bool has_effects(const Payload& payload);
/// What an event changes in the store besides itself. `before` is the state before it.
void collect_effects(Append& append, const Event& event, const RunState& before);
/// Numbers the append's place in the chain: its events' links and its head hash.
void link_events(Append& append, Sequence head, const Digest& head_hash);

}  // namespace runbook
