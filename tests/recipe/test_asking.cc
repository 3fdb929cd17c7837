// What a session asks of people: at the terminal, by flags, through the inbox.

#include <sys/stat.h>

#include "engine/base/secret.h"
#include "tests/catch.h"
#include "tests/recipe/asked_run.h"

namespace runbook {
namespace {

using Kind = Instruction::Kind;

const char* kAsk = R"(
local a = ask('where', {
  region = param.enum { 'eu', 'us', help = 'the data centre' },
  count = param.integer { default = 3 },
})
output(a)
)";

const char* kParallelGates = R"(
parallel('all', {
  asks = function() gate('go'); return 1 end,
  works = function() sleep('a while', '30ms'); return 2 end,
})
)";

Error error_of(const RunReport& report) {
  return report.error.value_or(Error(Code::internal, "no error"));
}

TEST_CASE("nobody to ask: exit 10, and the flags and commands that answer are named") {
  AskedRun run(kGate);
  const RunReport report = run.session();
  CHECK(report.exit == 10);
  CHECK(report.phase == RunPhase::waiting);
  CHECK(error_of(report).code == Code::input_needed);
  CHECK(error_of(report).message == "go live waits for an approval, and nobody can be asked");
  CHECK(error_of(report).hint == "runbook approve " + run.run + " 'go live', then runbook resume " +
                                     run.run + "; or at once: runbook resume " + run.run +
                                     " --approve 'go live'");
  CHECK(run.state().phase == RunPhase::waiting);
  CHECK(run.state_of("go live") == "waiting");
}

TEST_CASE("the flags of an ask are named field by field") {
  AskedRun run(kAsk);
  const Error error = error_of(run.session());
  CHECK(error.message == "where waits for an answer, and nobody can be asked");
  CHECK(error.hint.find("runbook answer " + run.run + " where count=VALUE region=VALUE") == 0);
  CHECK(error.hint.find("--answer where.count=VALUE --answer where.region=VALUE") !=
        std::string::npos);
}

TEST_CASE("a sibling of a gate goes on before the session ends waiting") {
  AskedRun run(kParallelGates);
  CHECK(run.session().exit == 10);
  CHECK(run.state_of("all/works") == "ok");
  CHECK(run.state_of("all/asks/go") == "waiting");
  run.steer_now(Kind::approve, "all/asks/go");
  CHECK(run.session().exit == 0);
}

TEST_CASE("the flag --approve answers a gate when it is reached") {
  AskedRun run(kGate);
  run.options.approve = {"go live", "go dead"};
  CHECK(run.session().exit == 0);
  CHECK(run.state().questions.at("go live").answer->verdict == "approved");
  CHECK(run.notices ==
        std::vector<std::string>{"--approve go dead: nothing of this name was asked"});
}

TEST_CASE("the flag --answer answers the fields, the rest have their defaults") {
  AskedRun run(kAsk);
  run.options.answers = {"where.region=eu"};
  CHECK(run.session().exit == 0);
  CHECK(run.result_of("where") == Json{{"region", "eu"}, {"count", 3}});
}

TEST_CASE("a wrong --answer ends the session, and no pcall of the recipe sees it") {
  AskedRun run("pcall(ask, 'where', { region = param.enum { 'eu', 'us' } })");
  run.options.answers = {"where.region=mars"};
  const RunReport report = run.session();
  CHECK(report.exit == 2);
  CHECK(error_of(report).code == Code::answer_invalid);
  run.options.answers = {"where.region=us"};
  CHECK(run.session().exit == 0);
}

TEST_CASE("a step's name with dots and equals signs is answered by flag as well") {
  AskedRun run("ask('a.b=c', { d = param.string {} }) ask('a', { b = param.string {} })");
  run.options.answers = {"a.b=c.d=e=f", "a.b=x"};
  CHECK(run.session().exit == 0);
  CHECK(run.result_of("a.b=c")["d"] == "e=f");
  CHECK(run.result_of("a")["b"] == "x");
}

TEST_CASE("at the terminal a gate shows what it is about and is approved by a key") {
  AskedRun run(kGate);
  run.typed = {{"a"}};
  CHECK(run.session().exit == 0);
  REQUIRE(run.prompts.size() == 1);
  CHECK(run.prompts[0].step == "go live");
  CHECK(run.prompts[0].lines == std::vector<std::string>{"go live waits for an approval",
                                                         "  Shall it?", "  plan: 12 to add"});
  CHECK(run.prompts[0].choices.size() == 3);
  CHECK(run.result_of("go live")["by"] == run.state().questions.at("go live").answer->actor);
}

TEST_CASE("a gate that is denied at the terminal says why, and the recipe may handle it") {
  AskedRun run(R"(
local ok, problem = pcall(gate, 'go live')
step('instead', function() return problem.message end)
)");
  run.typed = {{"d", "not today"}};
  CHECK(run.session().exit == 0);
  CHECK(run.result_of("instead").get<std::string>().ends_with(": not today"));
}

TEST_CASE("a question that is left open at the terminal ends the session waiting") {
  AskedRun run(kGate);
  run.typed = {{"x"}};
  const RunReport report = run.session();
  CHECK(report.exit == 10);
  CHECK(error_of(report).message == "go live waits for an approval");
}

TEST_CASE("an ask at the terminal asks field by field and again for what is wrong") {
  AskedRun run(kAsk);
  run.typed = {{"", "mars", "eu"}};
  CHECK(run.session().exit == 0);
  REQUIRE(run.prompts.size() == 3);
  CHECK(run.prompts[0].label == "count (integer) [3]");
  CHECK(run.prompts[1].label == "region (eu, us)");
  CHECK(run.prompts[1].lines == std::vector<std::string>{"  the data centre"});
  CHECK(run.notices == std::vector<std::string>{"region must be one of eu, us, not \"mars\""});
  CHECK(run.result_of("where") == Json{{"region", "eu"}, {"count", 3}});
}

TEST_CASE("two gates in a parallel are asked one after the other") {
  AskedRun run(R"(
parallel('all', { a = function() gate('one') end, b = function() gate('two') end })
)");
  int open = 0;
  int most = 0;
  run.person = [&](Loop& loop, Prompt, CancelPtr cancel) -> Task<std::optional<std::string>> {
    most = std::max(most, ++open);
    co_await loop.sleep(std::chrono::milliseconds(3), cancel);
    --open;
    co_return "a";
  };
  CHECK(run.session().exit == 0);
  CHECK(run.prompts.size() == 2);
  CHECK(most == 1);
}

TEST_CASE("the value of a secret answer is nowhere but in the run's secret file") {
  AskedRun run(R"(
local a = ask('creds', { token = param.secret { help = 'from the vault' } })
log('the token is ' .. a.token)
step('uses it', function() return a.token end)
output { token = a.token }
)");
  run.typed = {{"correct-horse-battery"}};
  CHECK(run.session().exit == 0);
  CHECK(run.prompts[0].secret);
  CHECK(run.journal().find("correct-horse") == std::string::npos);
  CHECK(run.result_of("creds") == Json{{"token", {{"$secret", "creds.token"}}}});
  CHECK(run.result_of("uses it") == Json{{"$secret", "creds.token"}});
  const std::string file = run.folder.path / ".runbook/runs" / run.run / "secrets.json";
  CHECK(read_secret_file(file).at("creds.token") == "correct-horse-battery");
  struct stat facts {};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777U) == 0600U);
}

TEST_CASE("a manual step is done when somebody says so, and hands back what it asks for") {
  AskedRun run(R"(
manual('create the organisation', { text = 'Open the console.' })
local a = manual('copy the id', { ask = { id = param.string {} } })
output(a)
)");
  run.typed = {{"a", "org-7"}};
  CHECK(run.session().exit == 0);
  CHECK(run.prompts[0].choices[0].word == "[a] it is done");
  CHECK(run.state().outputs.at("id") == "org-7");
}

TEST_CASE("a gate expires while nobody answers, and a resume asks again") {
  AskedRun run("gate('go live', { expires = '20ms' })");
  run.person = [](Loop& loop, Prompt, CancelPtr cancel) -> Task<std::optional<std::string>> {
    std::optional<std::string> nothing;
    try {
      co_await loop.sleep(std::chrono::hours(1), cancel);
    } catch (const Cancelled&) {
      co_return nothing;
    }
    co_return nothing;
  };
  const RunReport report = run.session();
  CHECK(report.exit == 1);
  CHECK(error_of(report).code == Code::gate_expired);
  run.person = {};
  run.options.approve = {"go live"};
  CHECK(run.session().exit == 0);
}

TEST_CASE("what a gate shows has changed when the run is resumed: it is asked again") {
  AskedRun run("gate('go', { show = { plan = 1 } }) fail 'not yet'");
  run.options.approve = {"go"};
  CHECK(run.session().exit == 1);
  run.options.approve.clear();
  run.write("gate('go', { show = { plan = 1 } }) fail 'not yet'");
  CHECK(run.session().exit == 1);
  run.write("gate('go', { show = { plan = 2 } }) step('s', function() fail 'no' end)");
  CHECK(run.session().exit == 10);
  run.steer_now(Kind::approve, "go");
  CHECK(run.session().exit == 1);
  run.write("gate('go', { show = { plan = 3 } }) step('s', function() return 1 end)");
  CHECK(run.session().exit == 0);
}

TEST_CASE("a wrong use of gate, ask and manual is said with its line") {
  struct Wrong {
    const char* recipe;
    const char* message;
  };
  const std::vector<Wrong> wrongs = {
      {"gate('g', { bye = 'x' })", "a step has no option \"bye\"; did you mean \"by\"?"},
      {"gate('g', { by = 7 })",
       "gate \"g\": by must be a user's name, \"@group\", or a list of them"},
      {"gate('g', { timeout = '4h' })",
       "gate \"g\": timeout means nothing for a question; it has expires ="},
      {"gate('g', { expires = 4 })", "gate \"g\": expires must be a duration such as \"4h\""},
      {"ask('a')", "ask \"a\": it asks for nothing: name at least one field"},
      {"ask('a', { region = 'eu' })", "region must be a table with named fields, not string"},
      {"ask('a', { n = param.integer { mx = 3 } })", ""},
      {"ask('a', { s = param.secret { env = 'S' } })",
       "s: a person answers it, so env and file mean nothing"},
      {"manual('m', { text = 7 })", "manual \"m\": text must be a string"}};
  for (const Wrong& wrong : wrongs) {
    AskedRun run(std::string("step('first', function() end)\n") + wrong.recipe);
    const RunReport report = run.session();
    INFO(wrong.recipe);
    CHECK(report.exit != 0);
    if (*wrong.message != '\0') {
      CHECK(error_of(report).message == wrong.message);
    }
    CHECK(error_of(report).detail.value("file", "") == "recipe.lua");
    CHECK(error_of(report).detail.value("line", 0) == 2);
  }
}

}  // namespace
}  // namespace runbook
