#pragma once
// What devspace prints, read. All texts are without the codes of a terminal.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"

namespace runbook::devspace {

/// Behind `fatal` on stderr: why devspace itself gave up. Empty if it did not.
std::string fatal_text(std::string_view err);
/// stderr before that: what the programs that it ran said.
std::string before_fatal(std::string_view err);
/// Its warning that it has no client for the cluster, after which it goes on without.
std::string client_warning(std::string_view err);

struct FailedDeployment {
  std::string name;    ///< of devspace.yaml
  std::string reason;  ///< helm's, in one line
};
/// A failed deployment is told on stdout, and on stderr only "exit status 1".
std::optional<FailedDeployment> failed_deployment(std::string_view out);

/// { app = { outcome = "deployed" | "skipped", with = "helm" | "kubectl", revision } } from the
/// lines "deploy:app …".
Json deployments_told(std::string_view out);
/// Names from the lines "purge:app Successfully deleted …".
std::vector<std::string> purged_told(std::string_view out);

/// The lines of a command, without what devspace said before it ran it.
std::string without_greeting(std::string_view out);

/// The rows of the one table in `out`: { name = …, status = … }, keys in lower case.
/// Error(Code::tool_output) if there is none.
Json table_rows(std::string_view out, std::string_view command);

/// What `devspace print` says: { path, config }. Error(Code::tool_output | yaml_invalid).
Json printed_config(std::string_view out);

}  // namespace runbook::devspace
