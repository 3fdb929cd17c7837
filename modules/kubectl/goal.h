#pragma once
// What is waited for, and how far all of it together is. Pure: what kubectl printed goes in.

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "modules/kubectl/progress.h"

namespace runbook::kubectl {

/// What all of them must have, by a jsonpath of kubectl's; without `value`: anything.
struct JsonPath {
  std::string expression;
  std::optional<std::string> value;
};

struct Goal {
  std::string aim;                 ///< after "waited 5m for": "deployment/web to be Available"
  std::string kind;                ///< "deployment"
  std::vector<std::string> words;  ///< of kubectl get: { "deployment/web" }
  bool is_absence = false;
  std::optional<JsonPath> path{};                      ///< then the objects have its `value`
  std::function<Progress(const Json& object)> look{};  ///< unless is_absence or path
};

/// How far they are, and the first that is not as wanted.
struct Together {
  Json objects = Json::array();
  Progress progress;
  Json missing;
};

class GoalSeeker {
 public:
  explicit GoalSeeker(const Goal& goal) : goal_(goal) {}
  /// Those on their way out do not count; where absence is wanted, only those that were there at
  /// first: what keeps pods makes others, of the same name too.
  Together judge(Json objects);

 private:
  Together judge_absence(Json objects);
  Progress of_object(const Json& object) const;

  const Goal& goal_;
  std::optional<std::set<std::string>> leaving_;  ///< uids
};

}  // namespace runbook::kubectl
