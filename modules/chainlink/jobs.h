#pragma once
// A node's jobs as recipes see them, and how one is found.

#include <optional>
#include <string>
#include <vector>

#include "modules/chainlink/document.h"

namespace runbook::chainlink {

inline constexpr const char* kJobs = "/v2/jobs";

/// { id, name, type, external_id, contract_id, workflow_id, workflow_owner, workflow_name, errors
/// }.
Json job_of(const Node& node, const Resource& job);
/// The same, with { schema_version, spec, pipeline }.
Json whole_job_of(const Node& node, const Resource& job);
/// Of all that a node says of a job but its errors: another for another job of the same id.
std::string digest_of(const Resource& job);

std::string job_path(const std::string& id);
/// By id or externalJobID.
Task<std::optional<Resource>> find_job(Node& node, std::string id);
Task<std::optional<Resource>> find_job_named(Node& node, std::string name);

/// Exactly one of id, external_id and name.
std::vector<Option> selecting_options();
/// The job that these options mean. Error(Code::option_invalid) where they mean none or several.
Task<std::optional<Resource>> find_selected(Node& node);
void check_selection(const Call& call);

}  // namespace runbook::chainlink
