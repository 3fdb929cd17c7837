#pragma once
// The revisions of what is rolled out, and which of them its pods are made of: what a rollout can
// be undone to, and how one sees afterwards whether it was. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"

namespace runbook::kubectl {

struct Revision {
  std::int64_t number = 0;
  std::string print;  ///< of its pods' template
};

/// The kind that keeps the revisions of an object: "replicasets.apps" of a deployment,
/// "controllerrevisions.apps" of the others.
std::string keeper_of(const Json& object);

/// Those of `found` that belong to `object`, the oldest first.
std::vector<Revision> revisions_of(const Json& object, const Json& found);

/// A print of a template of pods, without what the cluster adds to it.
std::string template_print(Json pod_template);

/// The newest but one, or the one with this number; nothing if there is none.
std::optional<Revision> revision_before(const std::vector<Revision>& all,
                                        std::optional<std::int64_t> number);

}  // namespace runbook::kubectl
