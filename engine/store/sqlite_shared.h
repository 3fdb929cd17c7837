#pragma once
// The part of the SQLite store that runs share: leases, inbox, open intents and project state.

#include "engine/store/sqlite.h"
#include "engine/store/store.h"

namespace runbook {

class SqliteShared : public Store {
 public:
  SqliteShared(std::string path, Database::Access access, const char* vfs);

  /// Checks the format and makes the tables if there are none. False: nothing was ever written and
  /// the store is only read.
  bool prepare(OpenMode mode);

  std::vector<OpenIntent> open_intents(std::string_view resource_prefix) override;

  void put_message(std::string_view inbox, std::string_view payload) override;
  std::vector<InboxMessage> list_messages(std::string_view inbox) override;
  void remove_message(std::int64_t id) override;

  std::optional<StateEntry> read_state(std::string_view key) override;
  std::vector<StateEntry> list_state(std::string_view prefix) override;
  std::vector<StateEntry> state_history(std::string_view key) override;

  std::optional<Lease> acquire_lease(std::string_view name, std::string_view holder, Timestamp now,
                                     std::int64_t milliseconds) override;
  std::optional<Lease> find_lease(std::string_view name) override;
  void release_lease(const Lease& lease) override;

 protected:
  /// What an append changes here, inside its transaction.
  void change_shared(const Append& append);

  Database database_;
};

}  // namespace runbook
