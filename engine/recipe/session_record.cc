#include "engine/recipe/session_record.h"

#include <unistd.h>

#include <utility>

#include "engine/base/hash.h"
#include "engine/base/identity.h"
#include "engine/base/references.h"
#include "engine/io/process_table.h"

namespace runbook {

void record_start(EngineParts& parts, const OpenedRun& run, const RunOptions& options,
                  const Inputs& inputs) {
  Journal& journal = parts.journal;
  if (!run.resumed) {
    event::RunCreated created;
    created.recipe = recorded_recipe(options);
    created.name = run_name(options, run.file);
    created.root = options.root.string();
    created.parameters = parts.vault.to_references(inputs.values);
    created.secrets = inputs.fingerprints;
    created.user = user_name();
    created.host = host_name();
    journal.append(std::move(created));
  }
  event::SessionStarted started;
  started.resumed = run.resumed;
  started.pid = ::getpid();
  started.user = user_name();
  started.host = host_name();
  started.boot = boot_id();
  started.options = Json{{"accept_new", options.accept_new}, {"rerun", options.rerun}};
  if (options.purpose == Purpose::undo) {
    started.options["undo"] = parts.vault.conceal(options.reason);
  }
  journal.append(std::move(started));
}

void record_reruns(EngineParts& parts, const std::vector<std::string>& steps) {
  for (const std::string& step : steps) {
    const RunState& state = parts.journal.state();
    std::vector<std::string> forgotten = forgotten_by_rerun(state, step);
    for (const CallState* call : state.open_calls_of(step)) {
      if (call->resource.empty()) {
        event::CallEnded ended{.call = call->begun, .result = {}, .error = {}, .settled = "rerun"};
        ended.error = Error(Code::outcome_unknown, "given up by --rerun")
                          .with_effect(EffectDone::none)
                          .to_json();
        parts.journal.append(std::move(ended), call->step, call->attempt);
      }
    }
    parts.journal.append(event::RunRewound{.kind = "rerun",
                                           .to = step,
                                           .reason = "--rerun",
                                           .actor = user_name(),
                                           .forgotten = std::move(forgotten)});
  }
}

bool record_source(EngineParts& parts, const std::string& path, const std::string& content) {
  const std::string hash = to_hex(sha256(content));
  const RunState& state = parts.journal.state();
  const auto known = state.values.find(value_key("", "source", path));
  if (known != state.values.end() && known->second == hash) {
    return false;
  }
  const bool is_another = known != state.values.end();
  parts.journal.put_blob(content);  // not after the event: it would name what is not there
  parts.journal.append(event::ValueRecorded{.function = "source", .key = path, .value = hash});
  return is_another;
}

void record_end(EngineParts& parts, const SessionEnding& ending) {
  Json error;
  if (ending.error) {
    error = recordable(parts.vault, ending.error->to_json());
  }
  parts.journal.append(
      event::SessionEnded{.state = ending.phase, .exit = ending.exit, .error = std::move(error)});
  if (is_for_good(ending.phase)) {
    parts.journal.append(event::RunFinished{.state = ending.phase});
  }
}

}  // namespace runbook
