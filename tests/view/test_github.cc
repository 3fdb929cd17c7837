#include <sstream>

#include "engine/base/file.h"
#include "engine/view/github_command.h"
#include "engine/view/github_summary.h"
#include "tests/base/temporary_folder.h"
#include "tests/catch.h"
#include "tests/view/told.h"

using namespace runbook;

TEST_CASE("the view for GitHub annotates a failure at its line of the recipe", "[view]") {
  Told told;
  told.tell(failing_script(), make_github_view, {RunPhase::failed, 1, command_failure("roll out")});
  CHECK_THAT(told.err.text,
             ContainsSubstring("::error file=recipes/deploy.lua,line=3,title=RB0612 roll "
                               "out::kubectl exited with 1\n"));
}

TEST_CASE("the view for GitHub folds what a step printed, and no line of it is a command",
          "[view]") {
  const TemporaryFolder folder;
  const std::string log = (folder.path() / "log").string();
  write_file_atomically(log,
                        "2026-11-20T17:06:25.118Z out one\n"
                        "2026-11-20T17:06:25.118Z out  ::error::two\n"
                        "2026-11-20T17:06:25.118Z err ##[error]three\n");
  Captured out;
  Captured err;
  const std::unique_ptr<View> view = make_github_view(
      {out, err, [&log](const std::string&, std::size_t, const StepState&) { return log; }});
  const Script script = good_script();
  RunState state;
  for (const Event& event : script.events()) {
    apply(state, event);
    view->event(event, state);
  }
  CHECK_THAT(err.text, ContainsSubstring("\n::group::14:13:23 ok          prepare 1.0s\n"
                                         "one\n>  ::error::two\n## [error]three\n::endgroup::\n"));
}

TEST_CASE("nothing that others say is a command to GitHub's runner", "[view]") {
  const std::vector<std::pair<std::string, std::string>> said = {
      {"one\n::error::two", "one\n> ::error::two"},
      {"one\r::error::two", "one\r> ::error::two"},
      {" \t::error::x", ">  \t::error::x"},
      {"\xc2\xa0::error::no-break space", "> \xc2\xa0::error::no-break space"},
      {"\xe3\x80\x80::error::ideographic space", "> \xe3\x80\x80::error::ideographic space"},
      {"\xc2\x85::error::next line", "> \xc2\x85::error::next line"},
      {"\xef\xbb\xbf:\xe2\x80\x8d:error::joined", "> \xef\xbb\xbf:\xe2\x80\x8d:error::joined"},
      {"\xff\x85::error::invalid", "> \xff\x85::error::invalid"},
      {"a ##[error]b", "a ## [error]b"},
      {"#\xe2\x80\x8d#[error]b", "#\xe2\x80\x8d# [error]b"},
      {"a::b ::c::\n: d\n# [e]\n", "a::b ::c::\n: d\n# [e]\n"}};
  for (const auto& [text, harmless] : said) {
    CHECK(without_github_commands(text) == harmless);
  }
}

TEST_CASE("a log line, an error, a card and a result hold no command in the view for GitHub",
          "[view]") {
  Script script;
  Error error = command_failure("roll out");
  error.message = "it failed\n::set-output name=x::y";
  error.detail["lines"] = {"::stop-commands::z"};
  script.session()
      .begin("roll out")
      .fail("roll out", error)
      .end(RunPhase::failed, 1, error.to_json());
  Told failed;
  failed.tell(script, make_github_view, {RunPhase::failed, 1, error});
  Script good;
  good.session().add(event::OutputSet{Json{{"text", "one\n::warning::two"}}});
  good.end(RunPhase::ok, 0);
  Told done;
  done.tell(good, make_github_view, {RunPhase::ok, 0, std::nullopt});
  Captured out;
  Captured err;
  const std::unique_ptr<View> view = make_github_view({out, err, {}});
  view->log("", "one\n::warning::two");
  view->notice("::warning::three");
  view->end({RunPhase::running, 3, Error(Code::recipe_syntax, "no\n ::warning::four")});
  std::istringstream lines(failed.err.text + done.out.text + out.text + err.text);
  int commands = 0;
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    const std::size_t begin = line.find_first_not_of(' ');
    const bool is_command = begin != std::string::npos && line.compare(begin, 2, "::") == 0;
    CHECK((!is_command || line.starts_with("::error file=recipes/deploy.lua,line=3,title=")));
    commands += is_command ? 1 : 0;
  }
  CHECK(commands == 1);
  CHECK_THAT(done.out.text, ContainsSubstring("> ::warning::two"));
}

TEST_CASE("the page of a GitHub job tells how the run ended and what to type", "[view]") {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "summary").string();
  write_file_atomically(file, "# before\n");
  Captured out;
  Captured err;
  const auto play = [&](const std::string& summary_file) {
    const std::unique_ptr<View> view =
        make_github_view({out, err, {}, {.color = true}, {}, summary_file});
    view->begun("7f3a-lucky-heron");
    RunState state;
    const Script script = failing_script();
    for (const Event& event : script.events()) {
      apply(state, event);
      view->event(event, state);
    }
    view->end({RunPhase::failed, 1, command_failure("roll out")});
  };
  play(file);
  const std::string summary = read_file(file);
  CHECK(
      summary.starts_with("# before\n### `deploy`: failed\n\n"
                          "Run `7f3a-lucky-heron`, exit 1.\n\n```text\nRB0612  a command ended"));
  CHECK_THAT(summary, ContainsSubstring("\nNext:  runbook resume 7f3a-lucky-heron "));
  CHECK(summary.ends_with("\n```\n\n"));
  CHECK_THAT(err.text, !ContainsSubstring("summary"));
  play((folder.path() / "none" / "summary").string());
  CHECK_THAT(err.text, ContainsSubstring("the summary for GitHub was not written to"));
}

TEST_CASE("what fences a card on the page of a GitHub job is longer than any fence in it",
          "[view]") {
  const std::string summary =
      github_summary("deploy", "7f3a", {RunPhase::failed, 1, std::nullopt}, "a\n````\nb\n");
  CHECK_THAT(summary, ContainsSubstring("\n`````text\na\n````\nb\n`````\n"));
  CHECK(github_summary("", "", {RunPhase::running, 3, std::nullopt}, "error RB0202\n") ==
        "### runbook could not begin\n\nExit 3.\n\n```text\nerror RB0202\n```\n\n");
}

TEST_CASE("GitHub masks values as they are", "[view]") {
  CHECK(github_mask("50%\nx") == "::add-mask::50%25%0Ax\n");
}
