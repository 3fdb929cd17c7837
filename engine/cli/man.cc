// runbook man: the manual page, as roff, from the table of commands.

#include <fmt/format.h>

#include <algorithm>

#include "engine/cli/command.h"
#include "engine/cli/help.h"

namespace runbook {

namespace {

constexpr std::string_view kHead = R"(.TH RUNBOOK 1 "" "runbook {}" "User Commands"
.SH NAME
runbook \- resumable recipes for operators
.SH SYNOPSIS
.B runbook
.I COMMAND
.RI [ ARGUMENT ]...
.br
.B runbook
.IR RECIPE .lua
.SH DESCRIPTION
A recipe is a Lua script that reads top to bottom like the document it replaces.
Runbook runs it and keeps a journal: a finished step is never done twice, a failed run continues at the
step that failed, and a step that was cut off in the middle is examined, not guessed at.
Killing runbook, at any instant, is safe.
.PP
Results are written to standard output, progress and errors to standard error.
A run is named by its id, by a beginning of it that no other has, by @last or by @failed;
a step by its path, as
.B runbook status
prints it.
An argument that begins with \- goes behind
.BR \-\- .
)";

constexpr std::string_view kTail = R"(.SH ENVIRONMENT
.TP
.B RUNBOOK_STATE
the state folder; \fB\-\-state\fR wins over it
.TP
.B CI
if set, nothing is asked
.TP
.B GITHUB_ACTIONS
if set, a session is shown as GitHub's runner wants it, and nothing that a step prints is a command to the runner
.TP
.B GITHUB_STEP_SUMMARY
the file to which such a session appends how it ended
.SH FILES
.TP
.I .runbook/
the state of a project, found by walking up from the current folder: the journal of its runs
.RI ( state.db ),
their logs and files
.SH SEE ALSO
.B runbook explain
prints the page of an error number or of a function, offline.
)";

/// Text that roff takes as it stands.
std::string roff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else if ((c == '.' || c == '\'') && escaped.empty()) {
      escaped += std::string("\\&") + c;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

/// "\fB-p\fR, \fB--param\fR \fINAME=VALUE\fR", or "\fIrun\fR".
std::string parameter_heading(const CommandParameter& parameter) {
  if (!parameter.is_option()) {
    return fmt::format("\\fI{}\\fR", roff(parameter.name));
  }
  const std::size_t comma = parameter.name.find(',');
  std::string heading = fmt::format("\\fB{}\\fR", roff(parameter.name.substr(0, comma)));
  if (comma != std::string_view::npos) {
    heading += fmt::format(", \\fB{}\\fR", roff(parameter.name.substr(comma + 1)));
  }
  return heading +
         (parameter.value.empty() ? "" : fmt::format(" \\fI{}\\fR", roff(parameter.value)));
}

std::string synopsis(const Command& command) {
  std::string line = fmt::format("\\fBrunbook {}\\fR", roff(command.name));
  bool options = false;
  for (const CommandParameter& parameter : command.parameters) {
    options = options || parameter.is_option();
    if (!parameter.is_option()) {
      const std::string name = fmt::format("\\fI{}\\fR", roff(parameter.name));
      const bool required = parameter.count == CommandParameter::Count::required;
      line += required ? " " + name : fmt::format(" [{}]", name);
    }
  }
  return line + (options ? " [\\fIOPTION\\fR]..." : "");
}

std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  std::transform(capitals.begin(), capitals.end(), capitals.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return capitals;
}

std::string command_text(const Command& command) {
  std::string text = fmt::format(".SS {}\n{}\n.PP\n{}.\n", roff(command.name), synopsis(command),
                                 roff(command.summary));
  for (const CommandParameter& parameter : command.parameters) {
    text += fmt::format(".TP\n{}\n{}\n", parameter_heading(parameter), roff(parameter.help));
  }
  return text;
}

int man(Context& context) {
  std::string page = fmt::format(kHead, RUNBOOK_VERSION);
  for (const std::string_view group : command_groups()) {
    page += fmt::format(".SH {} COMMANDS\n", in_capitals(group));
    for (const Command& command : all_commands()) {
      page += command.group == group ? command_text(command) : "";
    }
  }
  page += ".SH EXIT STATUS\n";
  for (const ExitCode& row : exit_codes()) {
    page += fmt::format(".TP\n.B {}\n{}\n", row.code, roff(row.meaning));
  }
  context.out.write(page.append(kTail));
  return 0;
}

}  // namespace

Command man_command() {
  return {"Housekeeping", "man", "the manual page: runbook man | man -l -", {}, man};
}

}  // namespace runbook
