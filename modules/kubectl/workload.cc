#include "modules/kubectl/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace runbook::kubectl {

namespace {

std::string label_list(const Json& labels) {
  std::vector<std::string> terms;
  for (const auto& [key, value] : labels.items()) {
    terms.push_back(key + "=" + value.get<std::string>());
  }
  return fmt::format("{}", fmt::join(terms, ","));
}

std::string expression_term(const Json& expression) {
  const std::string key = text_at(expression, "/key");
  const std::string how = text_at(expression, "/operator");
  const auto values = expression.value("values", std::vector<std::string>());
  if (how == "In" || how == "NotIn") {
    return fmt::format("{} {} ({})", key, how == "In" ? "in" : "notin", fmt::join(values, ","));
  }
  return how == "Exists" ? key : "!" + key;
}

}  // namespace

std::string pod_selector_of(const Json& object) {
  static constexpr std::array<std::string_view, 6> kKeepers{
      "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController"};
  const Json selector = at_path(object, "/spec/selector");
  if (!selector.is_object() ||
      std::ranges::find(kKeepers, text_at(object, "/kind")) == kKeepers.end()) {
    return "";
  }
  if (text_at(object, "/kind") == "ReplicationController") {
    return label_list(selector);
  }
  std::string terms = label_list(selector.value("matchLabels", Json::object()));
  for (const Json& expression : selector.value("matchExpressions", Json::array())) {
    terms += (terms.empty() ? "" : ",") + expression_term(expression);
  }
  return terms;
}

Json newest_pods(const Json& object, const Json& found) {
  const std::string revision = text_at(object, kRevisionAnnotation);
  std::string hash;
  Json pods = Json::array();
  for (const Json& item : found) {
    const bool is_newest = text_at(item, "/kind") == "ReplicaSet" &&
                           text_at(item, kRevisionAnnotation) == revision &&
                           is_owned_by(item, text_at(object, "/metadata/uid"));
    if (is_newest) {
      hash = text_at(item, "/metadata/labels/pod-template-hash");
    }
  }
  for (const Json& item : found) {
    if (text_at(item, "/kind") == "Pod" &&
        (hash.empty() || text_at(item, "/metadata/labels/pod-template-hash") == hash)) {
      pods.push_back(item);
    }
  }
  return pods;
}

bool is_owned_by(const Json& object, const std::string& uid) {
  const Json owners = at_path(object, "/metadata/ownerReferences");
  return std::ranges::any_of(owners,
                             [&](const Json& owner) { return text_at(owner, "/uid") == uid; });
}

std::string kind_name_of(const Json& object) {
  std::string name = text_at(object, "/kind");
  std::ranges::transform(name, name.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  const std::string version = text_at(object, "/apiVersion");
  const std::size_t slash = version.find('/');
  return slash == std::string::npos ? name : name + "." + version.substr(0, slash);
}

Json identity_of(const Json& object) {
  Json identity{{"kind", kind_name_of(object)}, {"name", text_at(object, "/metadata/name")}};
  if (const std::string space = text_at(object, "/metadata/namespace"); !space.empty()) {
    identity["namespace"] = space;
  }
  return identity;
}

Json at_path(const Json& object, const char* pointer) {
  const Json::json_pointer where(pointer);
  return object.contains(where) ? object.at(where) : Json();
}

std::string text_at(const Json& object, const char* pointer) {
  const Json value = at_path(object, pointer);
  return value.is_string() ? value.get<std::string>() : "";
}

std::int64_t number_at(const Json& object, const char* pointer, std::int64_t fallback) {
  const Json value = at_path(object, pointer);
  return value.is_number_integer() ? value.get<std::int64_t>() : fallback;
}

}  // namespace runbook::kubectl
