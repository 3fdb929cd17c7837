#include "tests/modules/kubectl/kubectl_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

const Json kWeb{{"object", "deployment/web"}};
const Intent kRestart{{{"restarted_at", "2026-01-01T00:00:00.000Z"}}, {}};

}  // namespace

TEST_CASE("kubectl.rollout_restart sets the time that it recorded, and sees it afterwards",
          "[kubectl]") {
  KubectlCalls calls({"rollout-before", "rollout-restart", "rollout-after"});
  const Json options = in_web(kWeb);
  CHECK(calls.prepare("rollout_restart", options).data.contains("restarted_at"));
  const Json restarted = calls.run_with("rollout_restart", options, kRestart);
  CHECK(restarted.at("restarted_at") == kRestart.data.at("restarted_at"));
  const Outcome seen = calls.probe("rollout_restart", options, kRestart);
  CHECK(seen.kind == Outcome::Kind::done);
  CHECK(seen.value.at("name") == "web");
}

TEST_CASE("kubectl.rollout_restart did not happen where the time is not there", "[kubectl]") {
  KubectlCalls calls({"rollout-before"});
  CHECK(calls.probe("rollout_restart", in_web(kWeb), kRestart).kind == Outcome::Kind::not_done);
}

TEST_CASE("kubectl.rollout_undo chooses the revision before it acts, and sees whether it did",
          "[kubectl]") {
  KubectlCalls calls({"rollout-after", "rollout-revisions", "rollout-undo", "rollout-undone"});
  const Json options = in_web(kWeb);
  const Intent intent = calls.prepare("rollout_undo", options);
  CHECK(intent.data.at("from") == 2);
  CHECK(intent.data.at("to") == 1);
  CHECK(intent.data.at("text") == "deployment/web from revision 2 back to 1");
  CHECK(calls.run_with("rollout_undo", options, intent) == Json{{"kind", "deployment.apps"},
                                                                {"name", "web"},
                                                                {"namespace", "web"},
                                                                {"from", 2},
                                                                {"to", 1}});
  CHECK(calls.probe("rollout_undo", options, intent).kind == Outcome::Kind::done);
}

TEST_CASE("kubectl.rollout_undo that did not happen, and one that somebody else was in the way of",
          "[kubectl]") {
  KubectlCalls calls({"rollout-after", "rollout-revisions", "rollout-after"});
  const Json options = in_web(kWeb);
  Intent intent = calls.prepare("rollout_undo", options);
  CHECK(calls.probe("rollout_undo", options, intent).kind == Outcome::Kind::not_done);
  intent.data["from_print"] = "another";
  const Outcome seen = calls.probe("rollout_undo", options, intent);
  CHECK(seen.kind == Outcome::Kind::cannot_tell);
  CHECK_THAT(seen.text, ContainsSubstring("somebody else has changed it"));
}

TEST_CASE("kubectl.rollout_undo refuses a revision that there is not", "[kubectl]") {
  KubectlCalls calls({"rollout-after", "rollout-revisions", "rollout-undo-again"});
  Json options = in_web(kWeb);
  options["revision"] = 9;
  try {
    calls.prepare("rollout_undo", options);
    FAIL("it was prepared");
  } catch (const Error& error) {
    CHECK(error.code == Code::kubernetes_not_found);
    CHECK(error.message == "kubectl rollout_undo: deployment/web has no revision 9");
    CHECK(error.hint == "kubectl rollout history deployment/web");
  }
  try {
    calls.run_with("rollout_undo", options, {{{"from", 3}, {"to", 1}}, {}});
    FAIL("it ran");
  } catch (const Error& error) {
    CHECK(error.code == Code::kubernetes_not_found);
  }
}

TEST_CASE("kubectl.rollout_restart refuses what is not rolled out, or not there", "[kubectl]") {
  KubectlCalls calls({"rollout-pod", "get-missing"});
  const auto code = [&](const char* object) {
    try {
      calls.prepare("rollout_restart", in_web({{"object", object}}));
    } catch (const Error& error) {
      return error.code;
    }
    return Code::internal;
  };
  CHECK(code("pod/lonely") == Code::option_invalid);
  CHECK(code("deployment/nope") == Code::kubernetes_not_found);
}
