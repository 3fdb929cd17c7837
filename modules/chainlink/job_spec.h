#pragma once
// The TOML of a job, as far as this module must know it: what the node will call the job.

#include <string>

#include "engine/lua/module.h"

namespace runbook::chainlink {

struct JobSpec {
  std::string toml;  ///< as it is posted, with its externalJobID
  std::string name;  ///< empty: the node gives it none
  std::string external_id;
};

/// Reads the options `toml` and `external_id`. A spec that names no externalJobID gets one after
/// its `name =` line (at its beginning, if it has none): the option's, else one made of the run and
/// the spec, so that every attempt asks for the same job. Error(Code::chainlink_refused) where it
/// is no TOML; Error(Code::option_invalid) where option and spec disagree.
JobSpec read_job_spec(Call& call);

/// 8-4-4-4-12 hex digits.
bool is_job_uuid(const std::string& text);

}  // namespace runbook::chainlink
