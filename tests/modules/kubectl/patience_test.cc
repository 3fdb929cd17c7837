// Why pods are not ready, and when that is no longer worth waiting for.
#include "modules/kubectl/patience.h"

#include "tests/catch.h"

namespace runbook::kubectl {
namespace {

constexpr Timestamp kBegin = 1'800'000'000'000;
constexpr Timestamp kMinute = 60'000;

Json pod_with(const Json& status, const std::string& name = "web-1") {
  return {{"kind", "Pod"},
          {"metadata", {{"name", name}, {"uid", "uid-" + name}}},
          {"spec", Json::object()},
          {"status", status}};
}

Json pod_in(const Json& state, std::int64_t restarts = 0, const Json& last = Json::object()) {
  return pod_with({{"phase", "Pending"},
                   {"containerStatuses",
                    {{{"name", "web"},
                      {"image", "web:2"},
                      {"ready", false},
                      {"restartCount", restarts},
                      {"state", state},
                      {"lastState", last}}}}});
}

const Json kNoImage{{"waiting", {{"reason", "ImagePullBackOff"}, {"message", "no such image"}}}};
const Json kCrashed{{"terminated", {{"exitCode", 1}, {"reason", "Error"}}}};
const Json kCrashLoop{{"waiting", {{"reason", "CrashLoopBackOff"}}}};
const Json kNoNode{{"phase", "Pending"},
                   {"conditions",
                    {{{"type", "PodScheduled"},
                      {"status", "False"},
                      {"reason", "Unschedulable"},
                      {"message", "0/3 nodes are available: 3 Insufficient cpu."}}}}};

Json event_of(const std::string& reason, const std::string& message, const std::string& time,
              const std::string& pod = "web-1") {
  return {{"involvedObject", {{"uid", "uid-" + pod}}},
          {"reason", reason},
          {"message", message},
          {"lastTimestamp", time}};
}

Json one_of(Json item) {
  return Json::array({std::move(item)});
}

Trouble worst(Patience& patience, const Json& pods, Timestamp now,
              const Json& events = Json::array()) {
  const std::vector<Trouble> troubles = patience.judge(pods, events, now);
  REQUIRE_FALSE(troubles.empty());
  return troubles.front();
}

}  // namespace

TEST_CASE("kubectl waits: an image that cannot be pulled is given up after its limit") {
  Patience patience({});
  const Json pods = Json::array({pod_in(kNoImage)});
  const Trouble first = worst(patience, pods, kBegin);
  CHECK(first.sentence() ==
        "pod web-1: cannot pull image \"web:2\" (ImagePullBackOff, which may last 2m00s): no such "
        "image");
  CHECK(first.gives_up == kBegin + 2 * kMinute);
  CHECK_FALSE(first.will_not_heal);
  CHECK_FALSE(worst(patience, pods, kBegin + 2 * kMinute - 1).will_not_heal);
  CHECK(worst(patience, pods, kBegin + 2 * kMinute).will_not_heal);
}

TEST_CASE(
    "kubectl waits: between two pulls the time of the image goes on, when it runs it is over") {
  Patience patience({});
  worst(patience, one_of(pod_in(kNoImage)), kBegin);
  worst(patience, one_of(pod_in({{"waiting", {{"reason", "ContainerCreating"}}}})), kBegin + 1);
  const Json error{{"waiting", {{"reason", "ErrImagePull"}}}};
  CHECK(worst(patience, one_of(pod_in(error)), kBegin + kMinute).gives_up == kBegin + 2 * kMinute);
  worst(patience, one_of(pod_in({{"running", Json::object()}})), kBegin + kMinute);
  CHECK(worst(patience, one_of(pod_in(error)), kBegin + kMinute).gives_up == kBegin + 3 * kMinute);
}

TEST_CASE("kubectl waits: restarts count from the beginning of the wait") {
  Patience patience({});
  CHECK(worst(patience, one_of(pod_in(kCrashLoop, 7, kCrashed)), kBegin).text ==
        "container web crashed (exit code 1, Error)");
  const Trouble second = worst(patience, one_of(pod_in(kCrashLoop, 11, kCrashed)), kBegin);
  CHECK(second.text ==
        "container web crashed (exit code 1, Error); restart 4 of 5 since the wait began");
  CHECK_FALSE(second.will_not_heal);
  CHECK(second.has_crashed);
  CHECK(worst(patience, one_of(pod_in(kCrashLoop, 12, kCrashed)), kBegin).will_not_heal);
}

TEST_CASE("kubectl waits: all restarts count of a pod that came while it waited") {
  Patience patience({.restarts = 2});
  patience.judge(Json::array(), Json::array(), kBegin);
  CHECK(worst(patience, one_of(pod_in(kCrashLoop, 2, kCrashed)), kBegin).will_not_heal);
}

TEST_CASE("kubectl waits: a pod without a node is given up unless the cluster grows for it") {
  Patience patience({});
  const Json pods = Json::array({pod_with(kNoNode)});
  const Json failed =
      event_of("FailedScheduling", "0/3 nodes are available", "2026-11-21T10:00:00Z");
  CHECK(worst(patience, pods, kBegin, one_of(failed)).sentence() ==
        "pod web-1: has no node (Unschedulable, which may last 5m00s): 0/3 nodes are available: 3 "
        "Insufficient cpu.");
  CHECK(worst(patience, pods, kBegin + 5 * kMinute, one_of(failed)).will_not_heal);
  const Json grows = event_of("TriggeredScaleUp", "pod triggered scale-up", "2026-11-21T10:01:00Z");
  const Trouble waits = worst(patience, pods, kBegin + 60 * kMinute, {grows, failed});
  CHECK_FALSE(waits.will_not_heal);
  CHECK(waits.gives_up == 0);
  CHECK_THAT(waits.sentence(), ContainsSubstring("a new one is coming"));
  CHECK_THAT(waits.sentence(),
             ContainsSubstring("its last event: TriggeredScaleUp: pod triggered scale-up"));
  const Json others = event_of("TriggeredScaleUp", "x", "2026-11-21T10:01:00Z", "web-2");
  CHECK(worst(patience, pods, kBegin, one_of(others)).gives_up != 0);
}

TEST_CASE("kubectl waits: what is ready, has ended well or goes away is no trouble") {
  Patience patience({});
  const Json ready{{"phase", "Running"}, {"conditions", {{{"type", "Ready"}, {"status", "True"}}}}};
  Json going = pod_in(kNoImage);
  going["metadata"]["deletionTimestamp"] = "2026-11-21T10:00:00Z";
  CHECK(patience
            .judge({pod_with(ready), pod_with({{"phase", "Succeeded"}}), going}, Json::array(),
                   kBegin)
            .empty());
}

TEST_CASE("kubectl waits: the worst pod comes first, with its newest event") {
  Patience patience({});
  const Json starting = pod_with({{"phase", "Pending"}}, "web-0");
  const std::vector<Trouble> troubles =
      patience.judge({starting, pod_in(kNoImage)},
                     {event_of("Pulling", "pulling", "2026-11-21T10:00:02Z"),
                      event_of("Scheduled", "assigned", "2026-11-21T10:00:01Z")},
                     kBegin);
  REQUIRE(troubles.size() == 2);
  CHECK(troubles[0].pod == "web-1");
  CHECK(troubles[0].event == "Pulling: pulling");
  CHECK(troubles[1].sentence() == "pod web-0: is Pending");
}

TEST_CASE("kubectl waits: a container that prepares the pod counts as the others do") {
  Patience patience({});
  const Json pod = pod_with(
      {{"phase", "Pending"},
       {"initContainerStatuses",
        {{{"name", "migrate"}, {"ready", false}, {"restartCount", 0}, {"state", kCrashed}}}},
       {"containerStatuses",
        {{{"name", "web"},
          {"ready", false},
          {"restartCount", 0},
          {"state", {{"waiting", {{"reason", "PodInitializing"}}}}}}}}});
  const Trouble trouble = worst(patience, one_of(pod), kBegin);
  CHECK(trouble.container == "migrate");
  CHECK(trouble.text == "container migrate crashed (exit code 1, Error)");
}

}  // namespace runbook::kubectl
