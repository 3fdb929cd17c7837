// A secret that is printed, logged, raised, encoded, cut in two and kept: its value is nowhere but
// where it was meant.

#include <sys/stat.h>

#include <csignal>

#include "engine/base/json.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/terminal.h"

using namespace runbook;
using namespace runbook::test;
namespace fs = std::filesystem;

namespace {

const std::string kKey = "violet lantern:garden-77";
const std::string kKeyBase64 = "dmlvbGV0IGxhbnRlcm46Z2FyZGVuLTc3";
const std::string kAuth = "dXNlcjp2aW9sZXQgbGFudGVybjpnYXJkZW4tNzc=";  // base64 of user:KEY
const std::string kToken = "made-3000000021-token";
const std::string kTokenBase64 = "bWFkZS0zMDAwMDAwMDIxLXRva2Vu";
const std::string kRoot = "root-5000000035";

// Fails until the file "go" exists; the made values stand in no file of it.
constexpr std::string_view kTalkative = R"lua(
local process = require 'process'
local crypto = require 'crypto'
local fs = require 'fs'
local p = recipe { params = { key = param.secret { env = 'KEY' } } }

-- What a child says: whole, in base64, in hex, and cut in two.
local kTalk = [[
printf '%s\n' "$K"; printf '%s' "$K" | base64 -w0; echo
printf 'user:%s' "$K" | base64 -w0; echo; printf '%s' "$K" | od -An -tx1 | tr -d ' \n'; echo
printf '%.9s' "$K"; sleep 0.02; printf '%s\n' "$K" | cut -c10-
printf '%.9s' "$K" >&2; sleep 0.02; printf '%s\n' "$K" | cut -c10- >&2]]

print('printed ' .. p.key)
log('logged ' .. p.key)
local auth = step('encode', function() return crypto.base64_encode('user:' .. p.key) end)
local known = step('refer', function()
  note('noted ' .. p.key)
  return { key = p.key, header = 'Basic ' .. auth, [p.key] = 'as a key' }
end)
local said = step('talk', function()
  local talk = process.run { 'sh', '-c', kTalk, env = { K = known.key } }
  print(talk.stdout)
  fs.write('said.txt', 'public\n')
  attach('said.txt', { caption = 'with ' .. p.key })
  return talk
end)
local token = step('make', function()
  local made = process.run { 'sh', '-c', 'printf made-$((1000000007 * 3))-token', keep = 'token' }
  local more = process.run { 'sh', '-c', [[printf '{"root":"root-%s"}' $((1000000007 * 5))]],
    decode = 'json', keep = { root = '/root' } }
  print(made.stdout, more.value.root)
  return { token = made.stdout, root = more.value.root }
end)
step('fails', function()
  local _, problem = pcall(process.run, { 'sh', '-c', kTalk .. '; exit 3', env = { K = p.key } })
  output { backwards = tostring(problem):reverse() .. table.concat(problem.detail.lines):reverse() }
end)
pcall(function()
  step('raises', function() fail { message = 'raised ' .. p.key, hint = 'hint ' .. auth } end)
end)
pcall(function()
  step('reads it', function() process.run { 'cat', p.key } end)
end)
step('use', function()
  process.run { 'sh', '-c', 'printf "%s|%s|%s|%s" "$A" "$H" "$T" "$R" > used', env = {
    A = auth, H = known.header, T = token.token, R = token.root } }
end)
output { key = p.key, auth = auth, said = said.stdout, token = token }
step('last', { retry = { attempts = 2, initial = '1ms', on = { 'RB0612' } } }, function()
  process.run { 'sh', '-c', 'test -e go || { printf "%s\n" "$K" >&2; exit 3; }', env = { K = p.key },
    idempotent = true }
  return p.key
end)
)lua";

/// The names of the values that stand in `text`; "" if none does.
std::string found_in(const std::string& text) {
  std::string found;
  for (const auto& [name, value] : {std::pair{"key", kKey},
                                    {"half a key", kKey.substr(0, 9)},
                                    {"the other half", kKey.substr(9)},
                                    {"base64 of the key", kKeyBase64},
                                    {"user and key", kAuth},
                                    {"token", kToken},
                                    {"base64 of the token", kTokenBase64},
                                    {"the key backwards", {kKey.rbegin(), kKey.rend()}},
                                    {"root", kRoot}}) {
    found += text.find(value) == std::string::npos ? "" : std::string(name) + "; ";
  }
  return found;
}

/// Every byte of the state folder but the secret file, whose place this is: the files with a value.
std::string found_below(const Folder& folder, std::size_t& files) {
  std::string found;
  files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path() / ".runbook")) {
    if (!entry.is_regular_file() || entry.path().filename() == "secrets.json") {
      continue;
    }
    const std::string name = fs::relative(entry.path(), folder.path()).string();
    const std::string values = found_in(name + folder.read(name));
    found += values.empty() ? "" : name + " has " + values;
    ++files;
  }
  return found;
}

void check_silent(const Folder& folder, const Ran& ran) {
  INFO(ran.out << ran.err);
  CHECK(found_in(ran.out + ran.err).empty());
  std::size_t files = 0;
  CHECK(found_below(folder, files).empty());
  CHECK(files >= 5);  // the database, its journal, the locks, two logs
}

Ran run_with_key(const Folder& folder, const std::vector<std::string>& arguments) {
  return run_runbook(arguments, folder.path(), {{"KEY", kKey}});
}

}  // namespace

TEST_CASE("A secret is nowhere in what is shown and stored, whatever a run does with it",
          "[cli][secrets]") {
  const std::string format = GENERATE("plain", "json", "quiet");
  const Folder folder;
  folder.write("talk.lua", std::string(kTalkative));
  const Ran failed = run_with_key(folder, {"run", "talk.lua", "--output", format});
  CHECK(failed.exit == 1);
  check_silent(folder, failed);
  CHECK(folder.read("used") == kAuth + "|Basic " + kAuth + "|" + kToken + "|" + kRoot);
  for (const char* command : {"status", "logs", "show", "runs"}) {
    check_silent(folder, run_with_key(folder, {command}));
  }
  check_silent(folder, run_with_key(folder, {"status", "--output", "json"}));
  check_silent(folder, run_with_key(folder, {"show", "@last", "make"}));
  folder.write("go", "");
  const Ran done = run_with_key(folder, {"resume", "--output", format});
  CHECK(done.exit == 0);
  check_silent(folder, done);
}

TEST_CASE("A terminal shows no secret either", "[cli][secrets]") {
  const Folder folder;
  const std::string recipe = folder.write("talk.lua", std::string(kTalkative)).string();
  TerminalProgram terminal(
      {RUNBOOK_BINARY, "run", recipe, "--state", (folder.path() / ".runbook").string()},
      {{"KEY", kKey}, {"CI", ""}});
  CHECK(terminal.wait() == 1 << 8);
  check_silent(folder, {.exit = 1, .out = terminal.screen(), .err = {}});
}

TEST_CASE("A run that is killed leaves no secret in the database's own journal", "[cli][secrets]") {
  const Folder folder;
  folder.write("go", "");
  folder.write("talk.lua", std::string(kTalkative) + "sleep('long', '1m')\n");
  const int pid = start_runbook({"run", "talk.lua"}, folder.path(), {{"KEY", kKey}});
  CHECK(eventually(
      [&] { return folder.read("background.out").find("  long") != std::string::npos; }));
  kill(pid, SIGKILL);
  CHECK(wait_for(pid) == 128 + SIGKILL);
  CHECK(fs::file_size(folder.path() / ".runbook/state.db-wal") > 0);
  check_silent(folder, {.exit = 0, .out = folder.read("background.out"), .err = {}});
}

TEST_CASE("A secret in a recorded result is the same secret for a resumed run", "[cli][secrets]") {
  const Folder folder;
  folder.write("talk.lua", std::string(kTalkative));
  CHECK(run_with_key(folder, {"run", "talk.lua"}).exit == 1);
  const std::string used = folder.read("used");
  CHECK(found_in(used) == "user and key; token; root; ");  // so the search finds what is there
  fs::remove(folder.path() / "used");
  folder.write("go", "");
  CHECK(run_with_key(folder, {"resume", "--rerun", "use"}).exit == 0);
  CHECK(folder.read("used") == used);
  const Ran status = run_with_key(folder, {"status", "--output", "json"});
  const Json outputs = parse_json(status.out, "status").at("outputs");
  CHECK(outputs.at("key") == Json{{"$secret", "key"}});
  CHECK(outputs.at("token").at("token") == Json{{"$secret", "token"}});
}

TEST_CASE("A resumed run wants its secret again, and the same one", "[cli][secrets]") {
  const Folder folder;
  folder.write("talk.lua", std::string(kTalkative));
  CHECK(run_with_key(folder, {"run", "talk.lua"}).exit == 1);
  const Ran missing = run_runbook({"resume"}, folder.path());
  CHECK(missing.exit == 2);
  CHECK_THAT(missing.err, ContainsSubstring("RB0103"));
  const std::string other = "another lantern";
  const Ran changed = run_runbook({"resume"}, folder.path(), {{"KEY", other}});
  CHECK(changed.exit == 12);
  CHECK_THAT(changed.err, ContainsSubstring("RB1322"));
  CHECK_THAT(changed.err, !ContainsSubstring(other));
}

TEST_CASE("Values that calls produced are in the secret file, which is the owner's alone",
          "[cli][secrets]") {
  const Folder folder;
  folder.write("talk.lua", std::string(kTalkative));
  run_with_key(folder, {"run", "talk.lua"});
  std::size_t files = 0;
  for (const auto& run : fs::directory_iterator(folder.path() / ".runbook/runs")) {
    struct stat status {};
    REQUIRE(stat((run.path() / "secrets.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
    ++files;
  }
  CHECK(files == 1);
}

TEST_CASE("People read the names of secrets, programs get references", "[cli][secrets]") {
  const Folder folder;
  folder.write("talk.lua", std::string(kTalkative));
  const Ran failed = run_with_key(folder, {"run", "talk.lua"});
  CHECK_THAT(failed.err, ContainsSubstring("printed [secret key]") &&
                             ContainsSubstring("logged [secret key]") &&
                             ContainsSubstring("noted [secret key]") &&
                             ContainsSubstring("raised [secret key]"));
  std::string shown = failed.out + failed.err;
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"status"},
                                             {"logs"},
                                             {"show"},
                                             {"show", "@last", "refer"},
                                             {"show", "@last", "raises"}}) {
    const Ran ran = run_runbook(command, folder.path());  // without the key
    CHECK(ran.exit == 0);
    shown += ran.out + ran.err;
  }
  folder.write("go", "");
  const Ran done = run_with_key(folder, {"resume"});
  CHECK_THAT(done.out, ContainsSubstring("key: [secret key]"));
  shown += done.out + done.err + run_runbook({"resume", "@last"}, folder.path()).out;
  INFO(shown);
  CHECK(shown.find("rbsecret-") == std::string::npos);
  const Json step = parse_json(run_runbook({"status", "--output", "json"}, folder.path()).out, "");
  CHECK(step.at("outputs").at("key") == Json{{"$secret", "key"}});
  const std::string events = run_runbook({"show", "--output", "json"}, folder.path()).out;
  const Folder again;
  again.write("talk.lua", std::string(kTalkative));
  const Ran json = run_with_key(again, {"run", "talk.lua", "--output", "json"});
  for (const std::string& lines : {events, json.out}) {
    CHECK_THAT(lines, ContainsSubstring("Basic rbsecret-") && ContainsSubstring("noted rbsecret-"));
  }
}

namespace {

// Has a secret of each kind: a parameter, one from a file, an answer.
constexpr std::string_view kAsking = R"lua(
local p = recipe { params = { key = param.secret { env = 'KEY' } } }
local declared = secret('declared', { file = 'declared' })
parallel('all', {
  gated = function() gate('go') return 1 end,
  asked = function() return ask('creds', { token = param.secret {} }).token ~= nil end,
  done = function() manual('by hand') return 1 end,
  left = function() manual('never') return 1 end,
})
)lua";

const std::string kDeclared = "declared-9000-value";
const std::string kTyped = kKey + " and " + kToken + " and " + kDeclared;

/// Says all that can be said, each time with every secret; the last ends the run.
void say_everything(const Folder& folder) {
  const std::string result = Json{{"by", kKey}, {"with", {kToken, kDeclared}}}.dump();
  const std::vector<std::vector<std::string>> commands = {
      {"mark", "@last", "all/asked/creds", "done", "--reason", "first", "--result",
       Json{{"token", kToken}}.dump()},
      {"approve", "@last", "all/gated/go", "--comment", kTyped},
      {"mark", "@last", "all/done/by hand", "done", "--reason", kTyped, "--result", result},
      {"skip", "@last", "not there yet", "--reason", kTyped, "--result", result},
      {"cancel", "@last", "--reason", kTyped}};
  for (const std::vector<std::string>& command : commands) {
    const bool needs_key = command.front() == "cancel";  // else nobody has it in the environment
    const Ran ran = run_runbook(command, folder.path(), {{needs_key ? "KEY" : "OTHER", kKey}});
    INFO(command.front() << ": " << ran.err);
    CHECK(ran.exit == 0);
    CHECK(found_in(ran.out + ran.err).empty());
  }
}

/// Every byte below the state folder but the secret file's.
void check_nothing_typed_is_stored(const Folder& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder.path() / ".runbook")) {
    if (entry.is_regular_file() && entry.path().filename() != "secrets.json") {
      const std::string bytes = folder.read(fs::relative(entry.path(), folder.path()).string());
      INFO(entry.path());
      CHECK(found_in(bytes).empty());
      CHECK(bytes.find(kDeclared) == std::string::npos);
    }
  }
  const std::string events = run_runbook({"show", "@last", "--output", "json"}, folder.path()).out;
  CHECK_THAT(events, ContainsSubstring(R"("token":{"$secret":"all/asked/creds.token"})"));
  CHECK_THAT(events, ContainsSubstring("answer.recorded") && ContainsSubstring("step.marked") &&
                         ContainsSubstring("step.skipped") &&
                         ContainsSubstring("cancel.requested"));
}

}  // namespace

TEST_CASE("A secret that is typed to a run is stored nowhere, if nobody drives it",
          "[cli][secrets]") {
  const Folder folder;
  folder.write("declared", kDeclared);
  folder.write("ask.lua", std::string(kAsking));
  CHECK(run_with_key(folder, {"run", "ask.lua"}).exit == 10);
  say_everything(folder);
  check_nothing_typed_is_stored(folder);
}

TEST_CASE("A secret that is typed to a run is stored nowhere, if somebody drives it",
          "[cli][secrets]") {
  const Folder folder;
  folder.write("declared", kDeclared);
  std::string recipe(kAsking);
  recipe.insert(recipe.find("left ="), "long = function() sleep('long', '10m') end,\n  ");
  folder.write("ask.lua", recipe);
  const int driver = start_runbook({"run", "ask.lua"}, folder.path(), {{"KEY", kKey}});
  CHECK(eventually([&] {
    return run_runbook({"status"}, folder.path()).out.find("all/left/never") != std::string::npos;
  }));
  say_everything(folder);
  CHECK(wait_for(driver) == 143);
  CHECK(found_in(folder.read("background.out")).empty());
  check_nothing_typed_is_stored(folder);
}

TEST_CASE("A secret in a URL, a form or a number is not stored of what is typed to a failed run",
          "[cli][secrets]") {
  const Folder folder;
  folder.write("fails.lua",
               "local p = recipe { params = { key = param.secret { env = 'KEY' },\n"
               "  pin = param.secret { env = 'PIN' }, long = param.secret { env = 'LONG' } } }\n"
               "step('s', function() fail('no') end)\n");
  const std::string digits = "123456789012345678901234";
  REQUIRE(run_runbook({"run", "fails.lua"}, folder.path(),
                      {{"KEY", "hunter2secret"}, {"PIN", "12345678"}, {"LONG", digits}})
              .exit == 1);
  const std::string result =
      R"({"h":"postgres://app:hunter2secret@db/x","t":12345678,"l":)" + digits + "}";
  const std::vector<std::vector<std::string>> commands = {
      {"mark", "@last", "s", "done", "--reason", "see https://u:hunter2secret@host/", "--result",
       result},
      {"rewind", "@last", "--to", "s", "--yes", "--reason", "user=a&pass=hunter2secret"},
      {"cancel", "@last", "--reason", "u:hunter2secret@host"}};
  for (const std::vector<std::string>& command : commands) {
    const Ran ran = run_runbook(command, folder.path());
    INFO(command.front() << ": " << ran.err);
    CHECK(ran.exit == (command.front() == "cancel" ? 2 : 0));  // it ends when it has its secrets
  }
  const std::string events = run_runbook({"show", "@last", "--output", "json"}, folder.path()).out;
  CHECK_THAT(events, ContainsSubstring("step.marked") && ContainsSubstring("run.rewound") &&
                         ContainsSubstring("cancel.requested"));
  CHECK_THAT(events, !ContainsSubstring("hunter2secret") && !ContainsSubstring("12345678"));
}
