#pragma once
// A project of devspace as a recipe asked for it: the options that all primitives share, and the
// command lines made of them, for devspace itself and for the kubectl of the same cluster.

#include <string>
#include <vector>

#include "engine/lua/module.h"
#include "modules/tool.h"

namespace runbook::devspace {

extern const Option kReadsOption, kIdempotentOption, kCheckOption;

const ToolProgram& program();

/// Those of the primitive itself, then those of every project.
std::vector<Option> project_options(std::vector<Option> own);

/// `own`, and what every call of devspace may end with.
std::vector<Code> project_errors(std::vector<Code> own);

/// Error(Code::option_missing), unless the cluster's context and the namespace are said: devspace
/// would take the ones that somebody used last.
void require_cluster(const Call& call);

/// `devspace --no-warn [--kube-context= --namespace= --profile= --var=] arguments…`; what
/// `call.options()` says of the environment is in it.
tool::Command project_command(Call& call, std::vector<std::string> arguments);
/// Errors are those of diagnosis.h.
tool::Tool project_tool(Call& call);
/// What every primitive does that runs devspace; the step's log has its lines.
Task<tool::Ran> run_devspace(Call& call, std::vector<std::string> arguments);
/// The same, not logged: it prints what may hold passwords.
Task<tool::Ran> ask_devspace(Call& call, std::vector<std::string> arguments);

/// `kubectl [--context=] arguments…`, which only looks; not logged.
Task<tool::Ran> ask_kubectl(Call& call, std::vector<std::string> arguments);
/// "kubectl --context x -n crib-a", for hints.
std::string typed_kubectl(const Call& call, const std::string& space);
std::string typed_helm(const Call& call, const std::string& space);

}  // namespace runbook::devspace
