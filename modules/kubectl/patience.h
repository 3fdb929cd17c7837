#pragma once
// Why pods are not ready yet, and how long that is worth waiting for. A fold over what a wait sees:
// pods, events and the time go in, nothing is asked.

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/json.h"

namespace runbook::kubectl {

/// What will not heal: an image that cannot be pulled for so long, so many restarts in a crash
/// loop since the wait began, no node for so long while nothing makes one.
struct Limits {
  std::chrono::milliseconds image_pull{std::chrono::minutes{2}};
  std::int64_t restarts = 5;
  std::chrono::milliseconds unschedulable{std::chrono::minutes{5}};
};

/// What keeps one pod from being ready.
struct Trouble {
  std::string pod, container;
  std::string text;           ///< "cannot pull image \"web:2\" (ImagePullBackOff)"
  std::string event;          ///< its last: "FailedScheduling: 0/1 nodes are available"
  std::int64_t restarts = 0;  ///< in all
  bool has_crashed = false;   ///< the container that ended has a log
  Timestamp gives_up = 0;     ///< 0: not because of this
  bool will_not_heal = false;

  std::string sentence() const;  ///< "pod web-1: …; its last event: …"
};

class Patience {
 public:
  explicit Patience(Limits limits) : limits_(limits) {}

  /// Of the pods that are neither ready nor going away, the worst first. `events` of pods.
  std::vector<Trouble> judge(const Json& pods, const Json& events, Timestamp now);

 private:
  Trouble of_pod(const Json& pod, const Json& events, Timestamp now);
  void judge_container(const std::string& uid, const Json& status, Timestamp now, Trouble& trouble);
  void judge_image(const std::string& key, const Json& status, Timestamp now, Trouble& trouble);
  void judge_crash(std::int64_t before, const Json& status, Trouble& trouble);
  void judge_node(const Json& pod, const Json& events, Timestamp now, Trouble& trouble);

  Limits limits_;
  bool has_looked_ = false;
  std::map<std::string, Timestamp> since_;        ///< of troubles, by pod and container
  std::map<std::string, std::int64_t> restarts_;  ///< before the wait, by pod and container
};

}  // namespace runbook::kubectl
