// Secrets and what crosses runs: a name or a placeholder means another secret there, or none.

#include <cstdlib>

#include "modules/modules.h"
#include "modules/state/state.h"
#include "tests/base/expect_error.h"
#include "tests/recipe/asked_run.h"

namespace runbook {
namespace {

constexpr const char* kHeader = R"lua(
local state = require 'state'
local p = recipe { params = { key = param.secret { env = 'KEY' } } }
)lua";

/// Runs in one project, each with a KEY of its own.
struct Project : AskedRun {
  Project() : AskedRun("") { modules.push_back(state_module()); }
  ~Project() { unsetenv("KEY"); }

  RunReport another(const std::string& key, const std::string& lines) {
    setenv("KEY", key.c_str(), 1);
    write(kHeader + lines);
    run.clear();
    return session();
  }
};

TEST_CASE("A secret is not kept in the project's state, however it stands in what is put") {
  Project project;
  const RunReport report = project.another("hunter2secret", R"lua(
step('put', function()
  local said = {}
  local function try(key, value)
    local ok, problem = pcall(state.put, key, value)
    said[#said + 1] = ok and 'kept' or problem.code .. ' ' .. problem.hint
  end
  try('token', p.key)
  try('token', { { deep = { p.key } } })
  try('token', 'Bearer ' .. p.key)
  try('token', { [p.key] = 1 })
  try(p.key, 1)
  try('path', { file = 'key.txt', ['$secret'] = 'key' })
  return said
end)
local all = step('list', function() return state.list('') end)
local name = step('get', function() return state.get('path')['$secret'] end)
step('last', function() return { name = name, listed = all.path.value['$secret'] } end)
)lua");
  CHECK(report.exit == 0);
  const std::string refused = "RB1310 keep where it is found (a path, a name) instead";
  CHECK(project.result_of("put") == Json{refused, refused, refused, refused, refused, "kept"});
  CHECK(project.store->list_state("").size() == 1);
  CHECK(project.result_of("last") == Json{{"name", "key"}, {"listed", "key"}});
}

TEST_CASE("A put that is refused has had no effect, and names no secret's value") {
  Project project;
  const RunReport report = project.another(
      "hunter2secret", "step('put', function() state.put('to ' .. p.key, p.key) end)\n");
  CHECK(report.exit == 1);
  const std::string journal = project.journal();
  CHECK_THAT(journal, ContainsSubstring("a secret belongs to its run"));
  CHECK_THAT(journal, !ContainsSubstring("hunter2"));
  CHECK(project.state_of("put") == "failed");
}

TEST_CASE("A reference that stands in the project's state is no secret of the run that reads it") {
  Project project;
  CHECK(project.another("hunter2secret", "gate('go')\n").exit == 10);
  Event event;
  event.payload = event::StatePut{.key = "token", .value = {{"at", {{"$secret", "key"}}}}};
  append_directly(*project.store, project.run, project.clock, {event});
  REQUIRE(project.store->read_state("token"));
  project.another("othersecret99", R"lua(
step('read', function()
  local _, got = pcall(state.get, 'token')
  local _, listed = pcall(state.list, 'tok')
  return { got.code, listed.code }
end)
)lua");
  CHECK(project.result_of("read") == Json{"RB1321", "RB1321"});
}

TEST_CASE("What a call keeps of each line is a secret in every session, and never in the journal") {
  AskedRun asked(R"lua(
local fs = require 'fs'
local keep = { ['password of *'] = '/*/-' }
local rows = setup(function() return fs.rows { 'nodes.txt', keep = keep } end)
step('one', function() return { who = rows[1][2], secret = rows[1][3] ~= 'first-secret' } end)
gate('go')
step('two', function() return { url = rows[2][1], same = rows[2][3] == rows[2][4], with = rows[2][3] } end)
)lua");
  asked.modules.push_back(fs_module());
  asked.folder.write("nodes.txt", "http://a ann first-secret\n\n  http://b  bob other-secret \n");
  CHECK(asked.session().exit == 10);
  CHECK(asked.result_of("one") == Json{{"who", "ann"}, {"secret", true}});
  asked.folder.write("nodes.txt", "http://a ann first-secret\nhttp://c remote bob newer-secret\n");
  asked.steer_now(Instruction::Kind::approve, "go");
  CHECK(asked.session().exit == 0);
  CHECK(asked.result_of("two")["url"] == "http://c");
  CHECK(asked.journal().find("-secret") == std::string::npos);
}

TEST_CASE("A part that is not there, or is no text, is not kept in silence") {
  AskedRun asked(R"lua(
local fs = require 'fs'
local function refused(pointer)
  local ok, problem = pcall(fs.rows, { 'nodes.txt', keep = { token = pointer } })
  return not ok and problem.code
end
step('try', function() return { refused '/5/0', refused '/*/2', refused '/0', refused '0', refused '/x' } end)
step('none', function() return fs.rows { 'empty.txt', keep = { ['password of *'] = '/*/-' } } end)
)lua");
  asked.modules.push_back(fs_module());
  asked.folder.write("nodes.txt", "one two\n");
  asked.folder.write("empty.txt", "\n \n");
  CHECK(asked.session().exit == 0);
  CHECK(asked.result_of("try") == Json{"RB1321", "RB1321", "RB1321", "RB1321", "RB1321"});
  CHECK(asked.result_of("none") == Json::array());
}

TEST_CASE("A lock whose name holds a secret is refused: it would keep no other run out") {
  Project project;
  setenv("KEY", "hunter2secret", 1);
  project.write(R"lua(
recipe {
  params = { key = param.secret { env = 'KEY' } },
  lock = function(p) return 'deploy ' .. p.key end,
}
step('a', function() return 1 end)
)lua");
  CHECK(project.session().exit == 3);
  CHECK(project.state_of("a").empty());
}

}  // namespace
}  // namespace runbook
