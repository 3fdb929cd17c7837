// Effects: output commit before every one of them, intent first for those that must not happen
// twice (design §3.2, §4).

#include <fmt/core.h>

#include <utility>

#include "engine/base/references.h"
#include "engine/step/deadline.h"
#include "engine/step/fingerprint.h"
#include "engine/step/session_impl.h"

namespace runbook {
namespace {

constexpr std::size_t kInlineResult = std::size_t{256} << 10;  // larger call results become blobs

void refuse_wrong_place(const Scope& scope, const CallSpec& spec) {
  if (scope.mode == Mode::look && spec.effect != Effect::read) {
    throw Error(Code::not_read_only,
                fmt::format("{} has an effect ({}); here only reads are allowed", spec.primitive,
                            effect_name(spec.effect)))
        .with_effect(EffectDone::none);
  }
  if (scope.mode == Mode::act && !scope.in_step()) {
    throw Error(Code::effect_outside_step,
                fmt::format("{} is called outside any step", spec.primitive))
        .with_effect(EffectDone::none);
  }
}

/// A once call in flight when a sibling failed may finish within the grace time; a stop reaches it
/// at once.
class Shield {
 public:
  Shield(Loop& loop, const CancelPtr& outer, std::chrono::milliseconds grace)
      : node_(Cancel::root()) {
    registration_ = outer->on_change([this, &loop, outer, grace] {
      if (outer->reason() != CancelReason::sibling || outer->level() != StopLevel::none) {
        node_->request(outer->reason(), outer->level());
      } else if (!deadline_) {
        deadline_.emplace(loop, grace, node_);
      }
    });
  }
  const CancelPtr& node() const { return node_; }

 private:
  CancelPtr node_;
  std::optional<Deadline> deadline_;
  Cancel::Registration registration_;
};

}  // namespace

std::string CallSpec::fingerprint() const {
  return runbook::fingerprint(identity.is_null() ? arguments : identity);
}

Task<Json> Session::call(Scope& scope, CallSpec spec) {
  refuse_wrong_place(scope, spec);
  if (scope.cancel->requested()) {
    throw Cancelled(scope.cancel->reason());
  }
  if (impl_->settings.replay_only && scope.mode == Mode::act) {
    co_return co_await call_from_record(scope, std::move(spec));
  }
  if (spec.effect == Effect::once) {
    co_return co_await once(scope, std::move(spec));
  }
  if (spec.effect == Effect::idempotent) {
    co_await impl_->journal.durable();
  }
  Json result = co_await spec.run(scope.cancel, {}, {});
  co_return impl_->vault.conceal(result);
}

/// The recorded result of a call that the attempt makes again.
Task<Json> Session::claimed_result(Scope& scope, const CallState& call) {
  scope.attempt->claimed.insert(call.begun);
  Json result = call.result.parse();
  if (result.is_object() && result.contains("$blob")) {
    const std::string hash = result["$blob"];
    std::optional<std::string> blob;
    std::function<void(Store&)> read = [&](Store& store) { blob = store.get_blob(hash); };
    co_await impl_->journal.on_store(std::move(read));
    RB_CHECK(blob.has_value());
    result = parse_json(*blob, "the result of a call");
  }
  co_return impl_->vault.from_references(result);
}

Task<Json> Session::once(Scope& scope, CallSpec spec) {
  Attempt& attempt = *scope.attempt;
  const std::string print = spec.fingerprint();
  const std::uint32_t occurrence = attempt.occurrences[{spec.primitive, print}]++;
  const CallRequest request{.step = attempt.path,
                            .primitive = spec.primitive,
                            .fingerprint = print,
                            .occurrence = occurrence};
  CallAction action = next_call_action(state(), request, attempt.claimed);
  if (auto* claim = std::get_if<Claim>(&action)) {
    co_return co_await claimed_result(scope, *claim->call);
  }
  if (auto* stuck = std::get_if<Stuck>(&action)) {
    stop_unknown(attempt.path, attempt.number, Error(Code::outcome_unknown, stuck->evidence));
  }
  Intent intent;
  if (spec.prepare) {
    intent = co_await spec.prepare(scope.cancel);
  }
  if (scope.cancel->requested()) {
    throw Cancelled(scope.cancel->reason());
  }
  Json recorded = recordable(impl_->vault, intent.data);
  event::CallBegun begun{.primitive = spec.primitive,
                         .fingerprint = print,
                         .resource = intent.resource,
                         .occurrence = occurrence,
                         .arguments = spec.arguments,
                         .intent = std::move(recorded)};
  const Sequence sequence = impl_->journal.append(std::move(begun), attempt.path, attempt.number);
  attempt.claimed.insert(sequence);
  co_await impl_->journal.durable();
  if (scope.cancel->requested()) {
    const Error never =
        Error(Code::cancelled, "cancelled before it began").with_effect(EffectDone::none);
    event::CallEnded ended{.call = sequence, .result = {}, .error = never.to_json(), .settled = {}};
    impl_->journal.append(std::move(ended), attempt.path, attempt.number);
    throw Cancelled(scope.cancel->reason());
  }
  std::vector<Json> intents;
  intents.push_back(std::move(intent.data));
  co_return co_await act(scope, spec, sequence, std::move(intents));
}

// Runs the effect of a durable intent and records its end. No end is recorded when the outcome is
// not known.
Task<Json> Session::act(Scope& scope, const CallSpec& spec, Sequence sequence,
                        std::vector<Json> intents) {
  const std::string path = scope.attempt->path;
  const std::uint32_t number = scope.attempt->number;
  Shield shield(impl_->loop, scope.cancel, impl_->settings.grace);
  CallSpec::Amend amend = [this, sequence, path, number](Json intent) -> Task<void> {
    Json recorded = recordable(impl_->vault, intent);
    impl_->journal.append(event::CallAmended{.call = sequence, .intent = std::move(recorded)}, path,
                          number);
    co_await impl_->journal.durable();
  };
  Json result;
  try {
    result = co_await spec.run(shield.node(), std::move(intents), amend);
  } catch (const Error& error) {
    if (error.effect == EffectDone::unknown) {
      throw CutShort(error);
    }
    Json recorded = recordable(impl_->vault, error.to_json());
    impl_->journal.append(
        event::CallEnded{
            .call = sequence, .result = {}, .error = std::move(recorded), .settled = {}},
        path, number);
    throw;
  }
  result = impl_->vault.conceal(result);
  std::string text = dump_json(impl_->vault.to_references(result));
  if (text.size() > kInlineResult) {
    const std::string hash = impl_->journal.put_blob(std::move(text));
    text = Json{{"$blob", hash}}.dump();
  }
  impl_->journal.append(
      event::CallEnded{
          .call = sequence, .result = RawJson(std::move(text)), .error = nullptr, .settled = {}},
      path, number);
  if (scope.cancel->requested()) {
    throw Cancelled(scope.cancel->reason());
  }
  co_return result;
}

}  // namespace runbook
