// How far an object is, as it says itself.
#include "modules/kubectl/workload.h"

#include "modules/kubectl/progress.h"
#include "modules/kubectl/revisions.h"
#include "tests/catch.h"

namespace runbook::kubectl {
namespace {

Json object_of_kind(const std::string& kind, Json spec, Json status) {
  return {{"kind", kind},
          {"apiVersion", "apps/v1"},
          {"metadata", {{"name", "web"}, {"namespace", "web"}, {"uid", "u1"}, {"generation", 3}}},
          {"spec", std::move(spec)},
          {"status", std::move(status)}};
}

Json deployment_in(Json status) {
  status["observedGeneration"] = 3;
  return object_of_kind("Deployment", {{"replicas", 2}}, std::move(status));
}

Json condition_as(const char* type, const char* status, const char* reason = "",
                  const char* message = "") {
  return {{"type", type}, {"status", status}, {"reason", reason}, {"message", message}};
}

Json with_conditions(Json list) {
  return {{"conditions", std::move(list)}};
}

}  // namespace

TEST_CASE("kubectl waits: a condition is met in the case and with the status that was asked for") {
  const Json pod =
      deployment_in(with_conditions(Json::array({condition_as("Available", "False", "Minimum")})));
  CHECK_FALSE(condition_of(pod, condition_from("available")).is_done);
  CHECK(condition_of(pod, condition_from("available")).why == "Available is False: Minimum");
  CHECK(condition_of(pod, condition_from("AVAILABLE=false")).is_done);
  CHECK(condition_of(pod, condition_from("Nope")).why == "it has no condition Nope yet");
}

TEST_CASE("kubectl waits: a condition from before the last change counts for nothing") {
  Json pod = deployment_in(with_conditions(Json::array({condition_as("Available", "True")})));
  CHECK(condition_of(pod, condition_from("Available")).is_done);
  pod["status"]["observedGeneration"] = 2;
  CHECK(condition_of(pod, condition_from("Available")).why ==
        "its last change is not observed yet");
}

TEST_CASE(
    "kubectl waits: a job that failed does not complete, a pod that ended is not ready again") {
  const Json job = object_of_kind("Job", Json::object(),
                                  with_conditions(Json::array({condition_as(
                                      "Failed", "True", "BackoffLimitExceeded", "too often")})));
  const Progress complete = condition_of(job, condition_from("complete"));
  CHECK(complete.is_over);
  CHECK(complete.why == "the job has failed: Failed: BackoffLimitExceeded: too often");
  CHECK(condition_of(job, condition_from("Failed")).is_done);
  const Json pod =
      object_of_kind("Pod", Json::object(), {{"phase", "Failed"}, {"reason", "Evicted"}});
  CHECK(condition_of(pod, condition_from("Ready")).why ==
        "the pod has ended: it is Failed, Evicted");
}

TEST_CASE("kubectl waits: a rollout is done when all replicas are new and available") {
  CHECK(rollout_of(deployment_in({{"updatedReplicas", 1}})).why ==
        "1 of 2 new replicas are updated");
  CHECK(rollout_of(deployment_in({{"updatedReplicas", 2}, {"replicas", 3}})).why ==
        "1 old replicas are still to end");
  CHECK(
      rollout_of(deployment_in({{"updatedReplicas", 2}, {"replicas", 2}, {"availableReplicas", 1}}))
          .why == "1 of 2 updated replicas are available");
  CHECK(
      rollout_of(deployment_in({{"updatedReplicas", 2}, {"replicas", 2}, {"availableReplicas", 2}}))
          .is_done);
  Json late = deployment_in(
      with_conditions({condition_as("Progressing", "False", "ProgressDeadlineExceeded"),
                       condition_as("ReplicaFailure", "True", "FailedCreate", "exceeded quota")}));
  CHECK(rollout_of(late).is_over);
  CHECK(rollout_of(late).why ==
        "it has exceeded its progress deadline; ReplicaFailure: FailedCreate: exceeded quota");
  late["metadata"]["generation"] = 4;
  CHECK_FALSE(rollout_of(late).is_over);
}

TEST_CASE("kubectl waits: stateful and daemon sets roll out in their own ways") {
  Json set = object_of_kind("StatefulSet", {{"replicas", 3}},
                            {{"observedGeneration", 3},
                             {"readyReplicas", 3},
                             {"updatedReplicas", 1},
                             {"currentRevision", "web-1"},
                             {"updateRevision", "web-2"}});
  CHECK(rollout_of(set).why == "1 of 3 pods are updated");
  set["spec"]["updateStrategy"] = {{"rollingUpdate", {{"partition", 2}}}};
  CHECK(rollout_of(set).is_done);
  set["spec"]["updateStrategy"] = {{"type", "OnDelete"}};
  CHECK_THROWS_AS(rollout_of(set), Error);
  const Json daemons = object_of_kind("DaemonSet", Json::object(),
                                      {{"observedGeneration", 3},
                                       {"desiredNumberScheduled", 3},
                                       {"updatedNumberScheduled", 3},
                                       {"numberAvailable", 2}});
  CHECK(rollout_of(daemons).why == "2 of 3 updated pods are available");
  CHECK_THROWS_AS(rollout_of(object_of_kind("Job", Json::object(), Json::object())), Error);
}

TEST_CASE(
    "kubectl waits: the pods of an object are found by its selector, of a deployment the new") {
  Json web = deployment_in(Json::object());
  web["spec"]["selector"] = {{"matchLabels", {{"app", "web"}, {"tier", "front"}}},
                             {"matchExpressions",
                              {{{"key", "zone"}, {"operator", "NotIn"}, {"values", {"a", "b"}}},
                               {{"key", "old"}, {"operator", "DoesNotExist"}}}}};
  CHECK(pod_selector_of(web) == "app=web,tier=front,zone notin (a,b),!old");
  CHECK(pod_selector_of(object_of_kind("PersistentVolumeClaim", web["spec"], Json::object()))
            .empty());
  web["metadata"]["annotations"] = {{"deployment.kubernetes.io/revision", "2"}};
  const auto set = [](const char* revision, const char* hash) {
    return Json{{"kind", "ReplicaSet"},
                {"metadata",
                 {{"ownerReferences", {{{"uid", "u1"}}}},
                  {"annotations", {{"deployment.kubernetes.io/revision", revision}}},
                  {"labels", {{"pod-template-hash", hash}}}}}};
  };
  const auto pod = [](const char* hash) {
    return Json{{"kind", "Pod"}, {"metadata", {{"labels", {{"pod-template-hash", hash}}}}}};
  };
  CHECK(newest_pods(web, {set("1", "old"), set("2", "new"), pod("old"), pod("new")}) ==
        Json::array({pod("new")}));
  CHECK(newest_pods(web, {pod("old"), pod("new")}).size() == 2);
}

TEST_CASE(
    "kubectl rollouts: revisions are told by their pods' template, not by what was added to it") {
  const Json pods{{"spec", {{"containers", {{{"image", "web:1"}}}}}}};
  Json of_set = pods;
  of_set["metadata"] = {{"creationTimestamp", nullptr}, {"labels", {{"pod-template-hash", "5f"}}}};
  Json of_object = pods;
  of_object["metadata"] = {{"labels", Json::object()}};
  CHECK(template_print(of_set) == template_print(of_object));
  Json of_revision = of_object;
  of_revision["$patch"] = "replace";
  CHECK(template_print(of_revision) == template_print(of_object));
  of_object["spec"]["containers"][0]["image"] = "web:2";
  CHECK(template_print(of_set) != template_print(of_object));
}

TEST_CASE("kubectl rollouts: the revision before is the newest but one, or the one that is named") {
  const std::vector<Revision> all{{1, "a"}, {4, "b"}, {9, "c"}};
  CHECK(revision_before(all, std::nullopt)->number == 4);
  CHECK(revision_before(all, 1)->print == "a");
  CHECK_FALSE(revision_before(all, 2).has_value());
  CHECK_FALSE(revision_before({{1, "a"}}, std::nullopt).has_value());
}

}  // namespace runbook::kubectl
