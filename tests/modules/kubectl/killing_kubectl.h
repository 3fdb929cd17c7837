#pragma once
// A kubectl on PATH that kills the engine once, before, while or after the real one does what is
// asked: so a call is cut off at a known moment of a real cluster's change.

#include <string>

#include "tests/modules/eth/node.h"
#include "tests/modules/kubectl/control_plane.h"

namespace runbook::test {

enum class Moment { before, during, after };

class KillingKubectl {
 public:
  /// The first command in whose arguments `words` stand: "--type=json", "rollout undo".
  KillingKubectl(const ControlPlane& plane, Moment moment, const std::string& words)
      : environment_(plane.environment()) {
    constexpr const char* kActs[] = {"kill -9 $PPID; sleep 60",
                                     "\"$real\" \"$@\" & kill -9 $PPID; wait",
                                     "\"$real\" \"$@\" >/dev/null; kill -9 $PPID; sleep 60"};
    const std::string real = (real_cache() / "bin/kubectl").string();
    folder_.write("kubectl", "#!/bin/sh\nreal=" + real + "\ncase \" $* \" in *\"" + words +
                                 "\"*) if mkdir \"$(dirname \"$0\")/killed\" 2>/dev/null; then " +
                                 kActs[static_cast<int>(moment)] +
                                 "; fi ;; esac\nexec \"$real\" \"$@\"\n");
    std::filesystem::permissions(folder_.path() / "kubectl", std::filesystem::perms::owner_all);
    environment_["PATH"] = folder_.path().string() + ":" + environment_.at("PATH");
  }

  const Environment& environment() const { return environment_; }
  bool has_killed() const { return std::filesystem::exists(folder_.path() / "killed"); }

 private:
  const Folder folder_;
  Environment environment_;
};

}  // namespace runbook::test
