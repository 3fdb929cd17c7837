#pragma once
// Primitives of kubectl with the fake, which answers as recorded (recorded/README.md).

#include <string>
#include <utility>
#include <vector>

#include "modules/modules.h"
#include "tests/catch.h"
#include "tests/fakes/fake_tool.h"
#include "tests/modules/recorded_call.h"

namespace runbook::test {

inline std::filesystem::path recorded_kubectl() {
  return std::filesystem::path(__FILE__).parent_path() / "recorded";
}

/// With a context and a namespace, as they were when the cases were recorded.
inline Json in_web(Json options, const std::string& context = "admin") {
  options["context"] = context;
  options["namespace"] = "web";
  return options;
}

struct KubectlCalls : CallFixture {
  explicit KubectlCalls(const std::vector<std::string>& cases) : CallFixture(kubectl_module()) {
    kubectl.play(cases);
  }
  FakeTool kubectl{"kubectl", recorded_kubectl()};
};

}  // namespace runbook::test
