// runbook completion bash|zsh|fish: the script that makes a shell ask `runbook __complete`. All it
// knows of commands comes from their table at the time of asking.

#include "engine/cli/command.h"

namespace runbook {

namespace {

constexpr std::string_view kBash =
    R"(# bash completion of runbook:   source <(runbook completion bash)
_runbook() {
  mapfile -t COMPREPLY < <("$1" __complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  local last=$((${#COMPREPLY[@]} - 1))
  if [[ $last -ge 0 && ${COMPREPLY[last]} == :files ]]; then
    unset "COMPREPLY[last]"
    compopt -o default 2>/dev/null
  elif [[ $last -eq 0 && ${COMPREPLY[0]} == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _runbook runbook
)";

constexpr std::string_view kZsh = R"(#compdef runbook
# zsh completion of runbook:   runbook completion zsh > a folder of $fpath/_runbook
_runbook() {
  local line word
  local -a found open
  for line in "${(@f)$("${words[1]}" __complete zsh "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == :files ]]; then
      _files
      continue
    fi
    word=${line%%$'\t'*}
    line=${word//:/\\:}:${line#*$'\t'}
    if [[ $word == *= ]]; then open+=("$line"); else found+=("$line"); fi
  done
  (( $#found )) && _describe runbook found
  (( $#open )) && _describe runbook open -S ''
  return 0
}
if [[ $funcstack[1] == _runbook ]]; then
  _runbook "$@"
else
  compdef _runbook runbook
fi
)";

constexpr std::string_view kFish =
    R"(# fish completion of runbook:   runbook completion fish | source
function __runbook_complete
    set -l typed (commandline -opc)
    for line in ($typed[1] __complete fish $typed[2..-1] (commandline -ct | string unescape) 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c runbook -f -a '(__runbook_complete)'
)";

int completion(Context& context) {
  const std::string& shell = context.arguments.text("shell");
  context.out.write(shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
  return 0;
}

}  // namespace

Command completion_command() {
  using enum CommandParameter::Count;
  return {"Housekeeping",
          "completion",
          "a script that lets the shell complete commands, runs and steps",
          {{"shell", "", "bash, zsh or fish", required, "bash zsh fish"}},
          completion};
}

}  // namespace runbook
