#include "modules/kubectl/revisions.h"

#include <algorithm>
#include <charconv>

#include "engine/base/hash.h"
#include "modules/kubectl/workload.h"

namespace runbook::kubectl {

namespace {

/// Empty values are written by some versions of the cluster, and left out by others.
void drop_nulls(Json& value) {
  for (auto member = value.begin(); value.is_object() && member != value.end();) {
    member = member->is_null() ? value.erase(member) : std::next(member);
  }
  if (value.is_structured()) {
    for (Json& member : value) {
      drop_nulls(member);
    }
  }
}

std::int64_t number_in(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Revision revision_from(const Json& keeper) {
  if (text_at(keeper, "/kind") == "ReplicaSet") {
    return {number_in(text_at(keeper, kRevisionAnnotation)),
            template_print(at_path(keeper, "/spec/template"))};
  }
  return {number_at(keeper, "/revision"), template_print(at_path(keeper, "/data/spec/template"))};
}

}  // namespace

std::string keeper_of(const Json& object) {
  return text_at(object, "/kind") == "Deployment" ? "replicasets.apps" : "controllerrevisions.apps";
}

std::vector<Revision> revisions_of(const Json& object, const Json& found) {
  std::vector<Revision> all;
  for (const Json& keeper : found) {
    if (is_owned_by(keeper, text_at(object, "/metadata/uid"))) {
      all.push_back(revision_from(keeper));
    }
  }
  std::ranges::sort(all, {}, &Revision::number);
  return all;
}

std::string template_print(Json pod_template) {
  if (pod_template.is_object()) {
    pod_template.erase("$patch");
    const Json::json_pointer labels("/metadata/labels");
    if (pod_template.contains(labels)) {
      pod_template[labels].erase("pod-template-hash");
    }
  }
  drop_nulls(pod_template);
  return to_hex(sha256(pod_template.dump()));
}

std::optional<Revision> revision_before(const std::vector<Revision>& all,
                                        std::optional<std::int64_t> number) {
  if (!number) {
    return all.size() < 2 ? std::nullopt : std::optional(all[all.size() - 2]);
  }
  const auto found = std::ranges::find(all, *number, &Revision::number);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace runbook::kubectl
