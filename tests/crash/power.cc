#include "tests/crash/power.h"

#include <fmt/core.h>

#include <string>

#include "engine/base/error.h"

namespace runbook {
namespace {

class PoweredStore final : public Store {
 public:
  PoweredStore(Store& store, const Power& power) : store_(store), power_(power) {}

  void create_run(const RunRow& row) override { use().create_run(row); }
  std::optional<RunRow> find_run(std::string_view id) override { return use().find_run(id); }
  std::vector<RunRow> list_runs() override { return use().list_runs(); }
  void set_run_info(std::string_view id, std::string_view name, std::string_view lock) override {
    use().set_run_info(id, name, lock);
  }
  void append(const Append& append) override { use().append(append); }
  void read_events(std::string_view run, Sequence after,
                   const std::function<void(StoredEvent&)>& visit) override {
    use().read_events(run, after, visit);
  }
  std::vector<OpenIntent> open_intents(std::string_view prefix) override {
    return use().open_intents(prefix);
  }
  std::string put_blob(std::string_view content) override { return use().put_blob(content); }
  std::optional<std::string> get_blob(std::string_view hash) override {
    return use().get_blob(hash);
  }
  void put_message(std::string_view run, std::string_view payload) override {
    use().put_message(run, payload);
  }
  std::vector<InboxMessage> list_messages(std::string_view inbox) override {
    return use().list_messages(inbox);
  }
  void remove_message(std::int64_t id) override { use().remove_message(id); }
  std::optional<StateEntry> read_state(std::string_view key) override {
    return use().read_state(key);
  }
  std::vector<StateEntry> list_state(std::string_view prefix) override {
    return use().list_state(prefix);
  }
  std::vector<StateEntry> state_history(std::string_view key) override {
    return use().state_history(key);
  }
  std::optional<Lease> acquire_lease(std::string_view name, std::string_view holder, Timestamp now,
                                     std::int64_t milliseconds) override {
    return use().acquire_lease(name, holder, now, milliseconds);
  }
  std::optional<Lease> find_lease(std::string_view name) override { return use().find_lease(name); }
  void release_lease(const Lease& lease) override { use().release_lease(lease); }

 private:
  Store& use() {
    power_.require();
    return store_;
  }

  Store& store_;
  const Power& power_;
};

}  // namespace

void Power::require() const {
  if (!on_) {
    throw Error(Code::journal_unwritable, "the power is cut");
  }
}

std::string Cut::text() const {
  switch (point) {
    case Point::never:
      return "no cut";
    case Point::before_append:
      return fmt::format("cut before event {} is appended", at);
    case Point::after_append:
      return fmt::format("cut after event {} is appended", at);
    case Point::after_commit:
      return fmt::format("cut after event {} is durable", at);
    case Point::after_effect:
      return fmt::format("cut after effect {}", at);
    case Point::failing_write:
      return fmt::format("the store fails after {} writes", at);
    case Point::disk_operation:
      return fmt::format("cut before operation {} of the disk", at);
  }
  return {};
}

bool Cut::counts_events() const {
  return point == Point::before_append || point == Point::after_append ||
         point == Point::after_commit;
}

JournalHooks hooks_of(const Cut& cut, Power& power) {
  JournalHooks hooks;
  const auto at_event = [&power, at = cut.at](Sequence sequence) {
    if (sequence == at) {
      power.cut();
    }
  };
  switch (cut.point) {
    case Cut::Point::before_append:
      hooks.before_append = at_event;
      break;
    case Cut::Point::after_append:
      hooks.after_append = at_event;
      break;
    case Cut::Point::after_commit:
      hooks.commit_each = true;  // a batch may end at any event: here every one ends at each
      hooks.after_commit = [&power, at_event](Sequence sequence) {
        at_event(sequence);
        power.require();  // or the zombie would act once more, as nothing of its own is unwritten
      };
      break;
    default:
      break;
  }
  return hooks;
}

std::unique_ptr<Store> make_powered_store(Store& store, const Power& power) {
  return std::make_unique<PoweredStore>(store, power);
}

}  // namespace runbook
