// helm's Secrets on a real cluster, read by the real kubectl.
#include <stdlib.h>

#include "engine/base/hash.h"
#include "modules/modules.h"
#include "tests/modules/devspace/fake_tools.h"
#include "tests/modules/kubectl/control_plane.h"
#include "tests/modules/recorded_call.h"

using namespace runbook;
using namespace runbook::test;

namespace {

/// The release app of a namespace, as helm keeps it.
struct RealRelease : CallFixture {
  RealRelease() : CallFixture(devspace_module()) {
    setenv("PATH", space.plane().environment().at("PATH").c_str(), 1);
  }

  void set(int revision, const std::string& status) const {
    const std::string secret = "sh.helm.release.v1.app.v" + std::to_string(revision);
    const std::string record = from_base64(recorded_text("record-deadline.out"));
    space.kubectl({"delete", "secret", secret, "--ignore-not-found"});
    REQUIRE(space
                .kubectl({"create", "secret", "generic", secret, "--type=helm.sh/release.v1",
                          "--from-literal=release=" + record})
                .exit == 0);
    REQUIRE(space
                .kubectl({"label", "secret", secret, "owner=helm", "name=app", "status=" + status,
                          "version=" + std::to_string(revision)})
                .exit == 0);
  }
  Outcome outcome(const std::string& context = "admin") {
    const Json app{{"deployment", "app"}, {"namespace", space.name()}, {"name", "app"}};
    const Json before{{"namespace", space.name()}, {"name", "app"}, {"revision", 1}};
    Json intent{{"namespaces", Json::array({space.name()})},
                {"before", Json::array({before})},
                {"expected", Json::array({app})},
                {"ends_with_releases", true}};
    return probe("deploy",
                 {{"context", context},
                  {"namespace", space.name()},
                  {"kubeconfig", space.plane().kubeconfig().string()}},
                 {std::move(intent), {}});
  }

  const Namespace space;
};

}  // namespace

TEST_CASE("On a real cluster a cut-off deploy is judged by helm's Secrets", "[.kubernetes]") {
  RealRelease release;
  CHECK(release.outcome().kind == Outcome::Kind::not_done);
  release.set(1, "deployed");
  CHECK(release.outcome().kind == Outcome::Kind::not_done);
  release.set(2, "pending-upgrade");
  CHECK(release.outcome().error.at("code") == "RB3203");
  release.set(2, "failed");
  CHECK_THAT(release.outcome().error.at("message").get<std::string>(),
             ContainsSubstring("context deadline exceeded"));
  release.set(1, "superseded");
  release.set(2, "deployed");
  const Outcome done = release.outcome();
  REQUIRE(done.kind == Outcome::Kind::done);
  CHECK(done.value.at("deployments").at("app").at("revision") == 2);
}

TEST_CASE("A real cluster's refusals are told apart", "[.kubernetes]") {
  RealRelease release;
  for (const auto& [context, code] : {std::pair{"nobody", Code::kubernetes_forbidden},
                                      std::pair{"nowhere", Code::kubernetes_context}}) {
    try {
      release.outcome(context);
      FAIL(context);
    } catch (const Error& error) {
      CHECK(error.code == code);
    }
  }
}
