#pragma once
// kubectl as a recipe asked for it: the program, the cluster and the namespace.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lua/module.h"
#include "modules/tool.h"

namespace runbook::kubectl {

const tool::Tool& program();

/// context, kubeconfig and request_timeout, after the options that a primitive has of its own;
/// `namespaced` has namespace too.
std::vector<Option> with_cluster(std::vector<Option> own);
std::vector<Option> with_namespace(std::vector<Option> own);

/// What is asked of kubectl.
struct Request {
  std::string name;                ///< for people: "rollout status"
  std::vector<std::string> words;  ///< { "rollout", "status", "deployment/web" }
  bool is_namespaced = true;       ///< has --namespace
  bool lasts = false;              ///< it waits or follows: request_timeout does not cut it off
};

/// kubectl --context=… --namespace=… --request-timeout=… WORDS. Error(Code::option_missing) where
/// the recipe does not say which cluster or, for what is namespaced, which namespace.
tool::Command command_of(Call& call, Request request);
/// One that only reads the kubeconfig.
tool::Command configuration_command(Call& call, std::vector<std::string> words);

/// tool::run, logging what it says without the objects it repeats.
Task<tool::Ran> run(Call& call, tool::Command command);

/// What a command prints with --output=json; null if it printed nothing (--ignore-not-found).
Task<Json> read_json(Call& call, tool::Command command);

/// The option `object`: "deployment/web". Error(Code::option_invalid) unless it is KIND/NAME.
std::string object_of(const Call& call);
/// "deployment" of "deployment/web".
std::string kind_of(std::string_view object);
/// Nodes, namespaces, cluster roles …, or any with all_namespaces = true.
bool is_namespaced(const Call& call, std::string_view kind);
/// Refuses a word that kubectl would take for one of its own options.
void refuse_option_like(std::string_view option, std::string_view word);

/// As Go reads it, without days: "30s", "1500ms".
std::string go_duration(std::chrono::milliseconds duration);

extern const Option kObjectOption, kAllNamespacesOption, kSelectorOption, kKubeconfigOption;

/// `own` and the errors that every command may end with.
std::vector<Code> with_errors(std::vector<Code> own);

}  // namespace runbook::kubectl
