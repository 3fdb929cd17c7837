#pragma once
// A real Kubernetes control plane for the cases tagged [.kubernetes] (the second tier), as
// tests/real/control_plane.sh starts it and describes it: pods pretend to run, on the node `still`
// they do what a test says. One for all cases of an executable, which therefore make a namespace
// each:
//
//   const Namespace space;  // of the executable's control plane
//   space.kubectl({"apply", "-f", "web.yaml"});
//   run_runbook({"run", "r.lua"}, folder, space.plane().environment());
//
// Begun by the first that asks for it (4 s), it ends with the executable, however that ends.

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/program.h"

namespace runbook::test {

class ControlPlane {
 public:
  static ControlPlane& of_this_executable();
  ~ControlPlane();
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  /// Two contexts: "admin", the current one, and "nobody", who may do nothing.
  std::filesystem::path kubeconfig() const { return folder_.path() / "kubeconfig"; }
  std::string url() const;
  /// KUBECONFIG, and PATH with the kubectl that was built with the control plane first.
  Environment environment() const;
  /// As admin.
  Ran kubectl(std::vector<std::string> arguments) const;
  /// Where `exec` and `cp` run, and the file that all pods log.
  std::filesystem::path pod_files() const { return folder_.path() / "pod_files"; }
  std::filesystem::path pod_log() const { return folder_.path() / "pod_log"; }

 private:
  ControlPlane();

  const Folder folder_;
  int port_ = 0;
  int pid_ = 0;
};

/// One that no other case uses; deleted afterwards, without waiting for it.
class Namespace {
 public:
  Namespace();
  ~Namespace();
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;

  const std::string& name() const { return name_; }
  ControlPlane& plane() const { return plane_; }
  /// As admin, in this namespace.
  Ran kubectl(std::vector<std::string> arguments) const;
  /// A pod on the node `still`, with this status (JSON of a pod's `status`).
  void add_still_pod(const std::string& pod, const std::string& status) const;

 private:
  ControlPlane& plane_;
  std::string name_;
};

}  // namespace runbook::test
