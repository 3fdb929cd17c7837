#pragma once
// A store whose n-th write fails, and everything after it: a disk that fills up or dies.

#include <cstddef>

#include "engine/base/error.h"
#include "engine/store/store.h"

namespace runbook {

class FaultyStore : public Store {
 public:
  /// `good` writes succeed. `store` must outlive it and keeps what was written.
  FaultyStore(Store& store, std::size_t good) : store_(store), good_(good) {}

  bool has_failed() const { return failed_; }

  void create_run(const RunRow& row) override {
    write();
    store_.create_run(row);
  }
  std::optional<RunRow> find_run(std::string_view id) override { return store_.find_run(id); }
  std::vector<RunRow> list_runs() override { return store_.list_runs(); }
  void set_run_info(std::string_view id, std::string_view name, std::string_view lock) override {
    write();
    store_.set_run_info(id, name, lock);
  }
  void append(const Append& append) override {
    write();
    store_.append(append);
  }
  void read_events(std::string_view run, Sequence after,
                   const std::function<void(StoredEvent&)>& visit) override {
    store_.read_events(run, after, visit);
  }
  std::vector<OpenIntent> open_intents(std::string_view resource_prefix) override {
    return store_.open_intents(resource_prefix);
  }
  std::string put_blob(std::string_view content) override {
    write();
    return store_.put_blob(content);
  }
  std::optional<std::string> get_blob(std::string_view hash) override {
    return store_.get_blob(hash);
  }
  void put_message(std::string_view run, std::string_view payload) override {
    write();
    store_.put_message(run, payload);
  }
  std::vector<InboxMessage> list_messages(std::string_view inbox) override {
    return store_.list_messages(inbox);
  }
  void remove_message(std::int64_t id) override {
    write();
    store_.remove_message(id);
  }
  std::optional<StateEntry> read_state(std::string_view key) override {
    return store_.read_state(key);
  }
  std::vector<StateEntry> list_state(std::string_view prefix) override {
    return store_.list_state(prefix);
  }
  std::vector<StateEntry> state_history(std::string_view key) override {
    return store_.state_history(key);
  }
  std::optional<Lease> acquire_lease(std::string_view name, std::string_view holder, Timestamp now,
                                     std::int64_t milliseconds) override {
    write();
    return store_.acquire_lease(name, holder, now, milliseconds);
  }
  std::optional<Lease> find_lease(std::string_view name) override {
    return store_.find_lease(name);
  }
  void release_lease(const Lease& lease) override {
    write();
    store_.release_lease(lease);
  }

 private:
  void write() {
    if (good_ == 0) {
      failed_ = true;
      throw Error(Code::journal_unwritable,
                  "cannot write the store: the disk of this test is full");
    }
    --good_;
  }

  Store& store_;
  std::size_t good_;
  bool failed_ = false;
};

}  // namespace runbook
