#include "tests/cli/recorded.h"

#include "engine/base/file.h"
#include "engine/journal/journal.h"
#include "engine/store/store.h"

namespace runbook::test {

void record_run(const std::filesystem::path& folder, const std::string& id, const Script& script) {
  const std::filesystem::path state = folder / ".runbook";
  make_private_directory(state / "runs" / id);
  const std::unique_ptr<Store> store = open_sqlite_store(state, OpenMode::create);
  RunRow row;
  row.id = id;
  row.recipe = "recipes/deploy.lua";
  row.name = "deploy";
  row.created = row.updated = Script::kStart;
  row.state = static_cast<int>(RunPhase::running);
  store->create_run(row);
  FakeClock clock(Script::kStart);
  for (const Event& event : script.events()) {
    append_directly(*store, id, clock, {event});
    clock.advance(std::chrono::seconds(1));
  }
}

void write_project(const std::filesystem::path& folder) {
  Script script;
  script.session().begin("prepare").ok("prepare");
  script.begin("roll out/eu").begin("roll out/us").begin("it's late");
  record_run(folder, "7f3a-lucky-heron", script);
  Script good;
  good.session().begin("prepare").ok("prepare").end(RunPhase::ok, 0);
  record_run(folder, "9b22-calm-otter", good.add(event::RunFinished{RunPhase::ok}));
  std::filesystem::create_directories(folder / "recipes");
  write_file_atomically(folder / "recipes/deploy.lua",
                        "recipe { summary = 'Deploy it', params = {\n"
                        "  region = param.enum { values = { 'eu', 'us' }, help = 'where' },\n"
                        "  yes = param.boolean { default = false } } }\n");
}

}  // namespace runbook::test
