#pragma once
// Looks at the pods of an object while something waits for it, and says in a sentence what keeps
// them: patience.h judges, here the cluster is asked.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "modules/kubectl/connection.h"
#include "modules/kubectl/patience.h"

namespace runbook::kubectl {

/// kubectl … --output=json, of which nothing is logged.
Task<Json> read_quietly(Call& call, std::string name, std::vector<std::string> words,
                        bool is_in_namespace);

class PodWatch {
 public:
  /// With the limits of the call's options.
  explicit PodWatch(Call& call);
  /// Of a pod, or of what keeps pods, the worst first; of anything else none.
  Task<std::vector<Trouble>> troubles_of(Json object);
  /// With the last line of a container that crashed; without it where that cannot be read, which is
  /// no reason to give up.
  Task<std::string> sentence(Trouble trouble);

 private:
  Task<std::string> last_words(Trouble trouble);

  Call& call_;
  Patience patience_;
  std::map<std::pair<std::string, std::int64_t>, std::string> last_words_;  ///< by restart
};

/// The options of its limits, after those of a primitive.
void add_limits(std::vector<Option>& options);

}  // namespace runbook::kubectl
