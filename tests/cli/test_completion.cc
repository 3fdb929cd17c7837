// What the shells complete, asked through the scripts that people source; and the manual page.

#include "engine/cli/command.h"
#include "engine/cli/completion_values.h"
#include "engine/view/wording.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"

using namespace runbook;
using namespace runbook::test;

namespace {

Ran shell(const Folder& folder, const std::string& script) {
  return run_program({"/bin/bash", "-c", script}, folder.path());
}

/// What bash offers once `line` is typed and Tab pressed, one a line.
std::string bash_offers(const Folder& folder, const std::string& line) {
  const Ran ran =
      shell(folder, "source <(" RUNBOOK_BINARY
                    " completion bash)\n"
                    "COMP_LINE=" +
                        shell_word(line) +
                        "\n"
                        "COMP_POINT=${#COMP_LINE}\n"
                        "_runbook " RUNBOOK_BINARY
                        "\n"
                        "[[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\\n' \"${COMPREPLY[@]}\"");
  CHECK(ran.exit == 0);
  CHECK(ran.err.empty());
  return ran.out;
}

bool is_installed(const std::string& program) {
  return run_program({"/bin/sh", "-c", "command -v " + program}, "/").exit == 0;
}

}  // namespace

TEST_CASE("bash completes commands and options", "[cli][completion]") {
  const Folder folder;
  CHECK(bash_offers(folder, "runbook re") == "resume\nrewind\nreference\n");
  CHECK(bash_offers(folder, "runbook help versi") == "version\n");
  CHECK(bash_offers(folder, "runbook runs --f") == "--failed\n");
  CHECK(bash_offers(folder, "runbook completion ") == "bash\nzsh\nfish\n");
  CHECK(bash_offers(folder, "runbook version ").empty());
}

TEST_CASE("bash completes runs by any of their names", "[cli][completion]") {
  const Folder folder;
  write_project(folder.path());
  CHECK(bash_offers(folder, "runbook status ") ==
        "@last\n@failed\n9b22-calm-otter\n7f3a-lucky-heron\n");
  CHECK(bash_offers(folder, "runbook status 7") == "7f3a-lucky-heron\n");
  CHECK(bash_offers(folder, "runbook status @l") == "@last\n");
}

TEST_CASE("bash completes the steps of the run that was named, quoted", "[cli][completion]") {
  const Folder folder;
  write_project(folder.path());
  CHECK(bash_offers(folder, "runbook mark 7f3a ") ==
        "prepare\nroll\\ out/eu\nroll\\ out/us\nit\\'s\\ late\n");
  CHECK(bash_offers(folder, "runbook mark 7f3a roll\\ out/e") == "roll\\ out/eu\n");
  CHECK(bash_offers(folder, "runbook mark 7f3a 'roll out/e") == "roll out/eu\n");
  CHECK(bash_offers(folder, "runbook mark 9b22 ") == "prepare\n");
  CHECK(bash_offers(folder, "runbook mark 7f3a prepare d") == "done\n");
  CHECK(bash_offers(folder, "runbook resume 7f3a --rerun it") == "it\\'s\\ late\n");
}

TEST_CASE("bash completes steps that begin with a dash behind the mark", "[cli][completion]") {
  const Folder folder;
  Script script;
  script.session().begin("prepare").ok("prepare").begin("-x").begin("--all");
  record_run(folder.path(), "7f3a-lucky-heron", script);
  CHECK(bash_offers(folder, "runbook show 7f3a ") == "prepare\n--\n");
  CHECK(bash_offers(folder, "runbook show 7f3a -- -") == "-x\n--all\n");
  CHECK(bash_offers(folder, "runbook show -- 7f3a --") == "--all\n");
  CHECK(bash_offers(folder, "runbook mark --reason r -- 7f3a -x d") == "done\n");
  CHECK(bash_offers(folder, "runbook resume 7f3a --rerun -") == "-x\n--all\n");
}

TEST_CASE("bash completes recipes and their parameters", "[cli][completion]") {
  const Folder folder;
  write_project(folder.path());
  CHECK(bash_offers(folder, "runbook show rec") == "recipes/deploy.lua\n");
  CHECK(bash_offers(folder, "runbook run rec") == "recipes/deploy.lua\n");
  CHECK(bash_offers(folder, "runbook run deploy -p ") == "region=\nyes=\n");
  CHECK(bash_offers(folder, "runbook recipes/deploy.lua -p re") == "region=\n");
  CHECK(bash_offers(folder, "runbook run deploy -p region=") == "eu\nus\n");
  CHECK(bash_offers(folder, "runbook run deploy --param yes=t") == "true\n");
  CHECK(bash_offers(folder, "runbook runs --recipe=rec") == "recipes/deploy.lua\n");
}

TEST_CASE("bash completes the fields of a question", "[cli][completion]") {
  const Folder folder;
  event::GateOpened asked;
  asked.digest = "8e1f";
  asked.fields = {{"region", {{"type", "enum"}, {"values", {"eu", "us"}}}},
                  {"size", {{"type", "integer"}}}};
  Script script;
  script.session().begin("where", 1, Kind::ask).add(asked, "where", 1);
  record_run(folder.path(), "7f3a-lucky-heron", script);
  CHECK(bash_offers(folder, "runbook answer @last where ") == "region=\nsize=\n");
  CHECK(bash_offers(folder, "runbook answer @last where size=3 region=u") == "us\n");
}

TEST_CASE("completion stays silent where it knows nothing or cannot look", "[cli][completion]") {
  const Folder folder;
  CHECK(bash_offers(folder, "runbook status ").empty());
  CHECK(bash_offers(folder, "runbook run missing.lua -p ").empty());
  folder.write(".runbook/state.db", "no database");
  CHECK(bash_offers(folder, "runbook status 7").empty());
}

TEST_CASE("zsh and fish get each word with what it means", "[cli][completion]") {
  const Folder folder;
  write_project(folder.path());
  for (const char* name : {"zsh", "fish"}) {
    const Ran runs = run_runbook({"__complete", name, "status", "9"}, folder.path());
    CHECK_THAT(runs.out, ContainsSubstring("9b22-calm-otter\tdeploy ok, "));
    CHECK(run_runbook({"__complete", name, "run", "recipes/"}, folder.path()).out ==
          "recipes/deploy.lua\tDeploy it\n:files\n");
    CHECK(run_runbook({"__complete", name, "run", "deploy", "-p", "region=e"}, folder.path()).out ==
          "region=eu\twhere\n");
  }
  CHECK(run_runbook({"__complete", "tcsh"}, folder.path()).exit == 2);
}

TEST_CASE("the scripts are valid in the shells that are here", "[cli][completion]") {
  const Folder folder;
  for (const std::string name : {"bash", "zsh", "fish"}) {
    const Ran script = run_runbook({"completion", name}, folder.path());
    CHECK(script.exit == 0);
    folder.write("script", script.out);
    if (is_installed(name)) {
      const Ran check = run_program({name, "-n", "script"}, folder.path());
      INFO(name << "\n" << check.err);
      CHECK(check.exit == 0);
    }
  }
  const Ran other = run_runbook({"completion", "zhs"}, folder.path());
  CHECK(other.exit == 2);
  CHECK_THAT(other.err,
             ContainsSubstring("shell is one of bash, zsh, fish, not \"zhs\"; did you mean zsh?"));
}

TEST_CASE("every parameter of every command has a kind of value, or is free text",
          "[cli][completion]") {
  const std::vector<std::string_view> free = {"TEXT", "N", "DURATION", "STEP.FIELD=VALUE"};
  for (const Command& command : all_commands()) {
    for (const CommandParameter& parameter : command.parameters) {
      INFO(command.name << " " << parameter.name << " " << parameter.value);
      CHECK((parameter.is_switch() || has_values(parameter) ||
             std::find(free.begin(), free.end(), parameter.value) != free.end()));
    }
  }
}

TEST_CASE("every command is in a group of the help and on the manual page", "[cli]") {
  const Folder folder;
  const std::string page = run_runbook({"man"}, folder.path()).out;
  const auto& groups = command_groups();
  for (const Command& command : all_commands()) {
    INFO(command.name);
    CHECK(std::find(groups.begin(), groups.end(), command.group) != groups.end());
    CHECK_THAT(page, ContainsSubstring(".SS " + std::string(command.name) + "\n"));
  }
  CHECK_THAT(page, ContainsSubstring("\\fB\\-p\\fR, \\fB\\-\\-param\\fR \\fINAME=VALUE\\fR\n"));
}

TEST_CASE("groff reads the manual page without a warning", "[cli]") {
  const Folder folder;
  folder.write("runbook.1", run_runbook({"man"}, folder.path()).out);
  if (!is_installed("groff")) {
    return;
  }
  const Ran ran =
      run_program({"groff", "-man", "-ww", "-Tascii", "-P-cbou", "runbook.1"}, folder.path());
  CHECK(ran.exit == 0);
  CHECK(ran.err.empty());
  CHECK_THAT(ran.out, ContainsSubstring("EVERYDAY COMMANDS"));
  CHECK_THAT(ran.out, ContainsSubstring("--params-file"));
}
