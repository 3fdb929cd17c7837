#include "engine/view/failure_card.h"
#include "engine/view/view.h"
#include "tests/catch.h"
#include "tests/view/told.h"

using namespace runbook;

TEST_CASE("the plain view prints one line per transition", "[view]") {
  Told told;
  told.tell(failing_script(), make_plain_view, {RunPhase::failed, 1, command_failure("roll out")});
  const std::string lines = told.err.text.substr(0, told.err.text.find("\n\n") + 1);
  CHECK(lines ==
        "14:13:21 start       deploy run=7f3a-lucky-heron\n"
        "14:13:22 running     prepare\n"
        "14:13:23 ok          prepare 1.0s\n"
        "14:13:24 running     roll out\n"
        "14:13:25 retry       roll out in 2.0s: RB0612 kubectl exited with 1\n"
        "14:13:26 running     roll out (attempt 2)\n"
        "14:13:27 FAIL        roll out 1.0s RB0612 kubectl exited with 1\n"
        "14:13:28 end         failed exit=1 resume=\"runbook resume 7f3a-lucky-heron\"\n");
  CHECK(told.out.text.empty());
}

TEST_CASE("the plain view tells why a call waits, and not that it goes on", "[view]") {
  Script script;
  script.session().begin("roll out");
  script.add(event::StepWaiting{"pod web-1: no image", Script::kStart + 60'000}, "roll out", 1);
  script.add(event::StepWaiting{}, "roll out", 1).ok("roll out");
  Told told;
  told.tell(script, make_plain_view, {RunPhase::ok, 0, std::nullopt});
  CHECK_THAT(told.err.text, ContainsSubstring("running     roll out\n"
                                              "14:13:23 waiting     roll out pod web-1: no image "
                                              "until 14:14:20\n"
                                              "14:13:25 ok          roll out 3.0s\n"));
}

TEST_CASE("the failure card says what, where, why, the command, its last lines and what to type",
          "[view]") {
  Told told;
  told.tell(failing_script(), make_quiet_view, {RunPhase::failed, 1, command_failure("roll out")});
  CHECK(
      told.err.text ==
      "\n"
      "RB0612  a command ended with an error\n"
      "  step     roll out    attempt 2\n"
      "  at       recipes/deploy.lua:3\n"
      "  why      kubectl exited with 1\n"
      "  command  kubectl rollout status 'deploy/my app'    exit 1\n"
      "  last     2 lines\n"
      "    waiting\n"
      "    error: timed out\n"
      "  hint     see its last lines above; runbook logs shows all of them\n"
      "  more     runbook explain RB0612\n"
      "\n"
      "1 step is done and kept. State saved.\n"
      "Next:  runbook resume 7f3a-lucky-heron                               # goes on at roll out\n"
      "       runbook logs 7f3a-lucky-heron 'roll out'                      # all that it printed\n"
      "       runbook show 7f3a-lucky-heron 'roll out'                      # its attempts, calls "
      "and error\n"
      "       runbook mark 7f3a-lucky-heron 'roll out' done --reason '...'  # it was done by "
      "hand\n"
      "       runbook skip 7f3a-lucky-heron 'roll out' --reason '...'       # goes on without "
      "it\n");
}

TEST_CASE("a session that ends well says nothing of how the one before it failed", "[view]") {
  Script script = failing_script();
  script.session(true).begin("roll out", 3).ok("roll out", nullptr, 3).end(RunPhase::ok, 0);
  for (const auto& make : {make_plain_view, make_quiet_view, make_github_view}) {
    Told told;
    told.tell(script, make, {RunPhase::ok, 0, std::nullopt});
    CHECK_THAT(told.err.text, !ContainsSubstring("State saved"));
  }
}

TEST_CASE("results go to stdout, whatever the view says on stderr", "[view]") {
  Told plain;
  plain.tell(good_script(), make_plain_view, {RunPhase::ok, 0, std::nullopt});
  CHECK(plain.out.text == "address: 0xabc\ncount: 6\n");
  Told quiet;
  quiet.tell(good_script(), make_quiet_view, {RunPhase::ok, 0, std::nullopt});
  CHECK(quiet.out.text == "address: 0xabc\ncount: 6\n");
  CHECK(quiet.err.text.empty());
}

TEST_CASE("the JSON view prints one event a line and nothing else on stdout", "[view]") {
  Told told;
  const Script script = failing_script();
  told.tell(script, make_jsonl_view, {RunPhase::failed, 1, command_failure("roll out")});
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < told.out.text.size(); ++count) {
    const std::size_t end = told.out.text.find('\n', begin);
    const Json line = parse_json(told.out.text.substr(begin, end - begin), "line");
    CHECK(line.at("v") == 1);
    CHECK(line.at("run") == "7f3a-lucky-heron");
    CHECK(line.at("seq") == count + 1);
    begin = end + 1;
  }
  CHECK(count == script.events().size());
  CHECK_THAT(told.err.text, ContainsSubstring("RB0612"));
}

TEST_CASE("a session that never began prints its error", "[view]") {
  Captured out;
  Captured err;
  const std::unique_ptr<View> view = make_plain_view({out, err, {}});
  view->end({RunPhase::running, 20, Error(Code::run_locked, "pid 7 drives it")});
  CHECK(err.text ==
        "error RB2001: pid 7 drives it\nhint: wait for it, or see it with runbook status\n");
}

TEST_CASE("a stop without an error says that nothing is lost", "[view]") {
  Script script;
  script.session().begin("one").end(RunPhase::interrupted, 130);
  Told told;
  told.tell(script, make_quiet_view, {RunPhase::interrupted, 130, std::nullopt});
  CHECK(told.err.text == "Stopped. State saved.\nNext:  runbook resume 7f3a-lucky-heron\n");
}

TEST_CASE("a resume shows what is kept and what changed", "[view]") {
  Captured out;
  Captured err;
  const std::unique_ptr<View> view = make_plain_view({out, err, {}});
  view->resume({{"one", "two"}, {"two"}, {}, {"lib/x.lua"}, "three", {"four"}});
  CHECK(err.text ==
        "--:--:-- keep        one, two\n"
        "--:--:-- changed     two (done and kept; --rerun STEP runs it again)\n"
        "--:--:-- changed files lib/x.lua\n"
        "--:--:-- next        three\n"
        "--:--:-- then        four (as in the last finished run of this recipe)\n");
}

TEST_CASE("a resume names what is open, eight at most", "[view]") {
  Captured out;
  Captured err;
  const std::unique_ptr<View> view = make_plain_view({out, err, {}});
  KeptSteps kept;
  for (int nonce = 0; nonce < 10; ++nonce) {
    kept.open.push_back("eth.send in pay: nonce " + std::to_string(nonce));
  }
  view->resume(kept);
  CHECK_THAT(err.text, ContainsSubstring("--:--:-- open        eth.send in pay: nonce 0\n") &&
                           ContainsSubstring("eth.send in pay: nonce 7\n") &&
                           !ContainsSubstring("nonce 8") && ContainsSubstring(" and 2 more\n"));
}

TEST_CASE("a card says what is open, in the words of its intent", "[view]") {
  event::CallBegun call;
  call.primitive = "eth.send";
  call.fingerprint = "f";
  call.intent = Json{{"nonce", 7}, {"text", "nonce 7, at most 2 gwei"}};
  Script script;
  script.session().begin("pay").add(call, "pay", 1).add(event::StepMarked{}, "pay");
  const Error error = command_failure("roll out");
  script.begin("roll out").fail("roll out", error).end(RunPhase::failed, 1, error.to_json());
  Told told;
  told.tell(script, make_quiet_view, {RunPhase::failed, 1, error});
  CHECK_THAT(told.err.text,
             ContainsSubstring("\n  open     eth.send in pay: nonce 7, at most 2 gwei\n"));
  Error unknown(Code::outcome_unknown, "the deadline passed");
  unknown.path = "pay";
  Script cut;
  cut.session().begin("pay").add(call, "pay", 1).fail("pay", unknown, 1, State::unknown);
  cut.end(RunPhase::unknown, 11, unknown.to_json());
  Told said;
  said.tell(cut, make_quiet_view, {RunPhase::unknown, 11, unknown});
  CHECK_THAT(said.err.text, ContainsSubstring("\n  prepared nonce 7, at most 2 gwei\n") &&
                                !ContainsSubstring("  open "));
}

TEST_CASE("an error of a recipe that never began says where it is", "[view]") {
  Error error(Code::recipe_syntax, "'end' expected");
  error.set_position("deploy.lua:12");
  CHECK(error_lines(error, StateOption()) ==
        "error RB0202: 'end' expected\nat: deploy.lua:12\nhint: correct the line the message "
        "names\n");
}

TEST_CASE("a question without a screen is written once, and what is typed after it, by every view",
          "[view]") {
  for (const auto make : {make_plain_view, make_quiet_view, make_jsonl_view, make_github_view}) {
    Captured out;
    Captured err;
    const std::unique_ptr<View> view = make({out, err, {}});
    ShownPrompt prompt{{"which region"}, "region: ", ""};
    view->prompt(&prompt);
    for (const char* typed : {"e", "eu", "e", "ew"}) {
      prompt.typed = typed;
      view->prompt(&prompt);
    }
    view->prompt(nullptr);
    view->prompt(nullptr);
    CHECK(err.text == "which region\nregion: eu\b \bw\n");
    CHECK(out.text.empty());
  }
}

TEST_CASE("the plain view is coloured where that is asked for", "[view]") {
  Captured out;
  Captured err;
  const std::unique_ptr<View> view = make_plain_view({out, err, {}, {.color = true}});
  const Script script = failing_script();
  RunState state;
  for (const Event& event : script.events()) {
    apply(state, event);
    view->event(event, state);
  }
  CHECK_THAT(err.text, ContainsSubstring(" \x1b[32mok         \x1b[0m prepare 1.0s\n"));
  CHECK_THAT(err.text, ContainsSubstring(" \x1b[31mFAIL       \x1b[0m roll out 1.0s RB0612"));
}

TEST_CASE("an answer that was refused is a card that says why, and what would fit", "[view]") {
  event::GateOpened asked;
  asked.text = "Where?";
  asked.fields =
      Json{{"count", {{"type", "integer"}, {"min", 1}, {"max", 5}, {"default", 2}}},
           {"note", {{"type", "string"}, {"required", false}}},
           {"region", {{"type", "enum"}, {"values", {"eu", "us"}}, {"help", "where it is to run"}}},
           {"team", {{"type", "list"}, {"of", "address"}}}};
  Script script;
  script.session().begin("where", 1, Kind::ask).add(asked, "where", 1);
  script.add(event::StepWaiting{"answers", 0}, "where", 1);
  const Error refused(Code::answer_invalid, "where: region is one of eu, us, not \"mars\"");
  script.end(RunPhase::waiting, 2, refused.to_json());
  Told told;
  told.tell(script, make_quiet_view, {RunPhase::waiting, 2, refused});
  for (const char* line : {"\nRB0116  an answer is missing, unknown or wrong\n",
                           "\n  why      where: region is one of eu, us, not \"mars\"\n",
                           "\n  answers  count  integer, at least 1, at most 5; default 2\n",
                           "\n           note  string; may be left out\n",
                           "\n           region  one of eu, us; where it is to run\n",
                           "\n           team  list of address\n"}) {
    CHECK_THAT(told.err.text, ContainsSubstring(line));
  }
}
