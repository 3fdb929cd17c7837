// What tests/real/control_plane.sh promises to the cases that use it.
#include "tests/modules/kubectl/control_plane.h"

#include <sys/stat.h>

#include "tests/catch.h"

using namespace runbook::test;

TEST_CASE("On the control plane a deployment becomes available, and its pods answer",
          "[.kubernetes]") {
  const Namespace space;
  REQUIRE(space.kubectl({"create", "deployment", "web", "--image", "x", "--replicas", "2"}).exit ==
          0);
  const Ran waited =
      space.kubectl({"wait", "--for", "condition=Available", "deployment/web", "--timeout", "20s"});
  INFO(waited.err);
  CHECK(waited.exit == 0);
  CHECK(space.kubectl({"logs", "deployment/web"}).out == "hello from the pod\n");
  const Ran ran =
      space.kubectl({"exec", "deployment/web", "--", "sh", "-c", "echo out; echo err >&2; exit 7"});
  CHECK(ran.exit == 7);
  CHECK(ran.out == "out\n");
  CHECK_THAT(ran.err, ContainsSubstring("err\n"));
  const std::string pod =
      space.kubectl({"get", "pods", "--output", "jsonpath={.items[0].metadata.name}"}).out;
  const Ran copied = space.kubectl({"cp", space.plane().kubeconfig().string(), pod + ":copy"});
  INFO(copied.err);
  CHECK(copied.exit == 0);
  CHECK(std::filesystem::exists(space.plane().pod_files() / "copy"));
}

TEST_CASE("On the control plane a job completes, and a still pod is as the test says",
          "[.kubernetes]") {
  const Namespace space;
  REQUIRE(space.kubectl({"create", "job", "once", "--image", "x"}).exit == 0);
  CHECK(
      space.kubectl({"wait", "--for", "condition=Complete", "job/once", "--timeout", "20s"}).exit ==
      0);
  space.add_still_pod("stuck", R"({"phase": "Pending", "containerStatuses": [{
    "name": "stuck", "image": "x", "imageID": "", "ready": false, "restartCount": 0,
    "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}]})");
  CHECK_THAT(space.kubectl({"get", "pod", "stuck"}).out, ContainsSubstring("ImagePullBackOff"));
}

TEST_CASE("The control plane knows who may do nothing, and shows its tokens to nobody else",
          "[.kubernetes]") {
  const Namespace space;
  const Ran refused = space.kubectl({"--context", "nobody", "get", "pods"});
  CHECK(refused.exit == 1);
  CHECK_THAT(refused.err, ContainsSubstring("Forbidden"));
  struct stat found = {};
  REQUIRE(stat(space.plane().kubeconfig().c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600U);
}
