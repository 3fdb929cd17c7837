#include "tests/modules/kubectl/control_plane.h"

#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "tests/io_http/http_server.h"
#include "tests/modules/eth/node.h"

namespace runbook::test {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> followed_by(std::vector<std::string> first,
                                     const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

void must(const Ran& ran) {
  if (ran.exit != 0) {
    throw std::runtime_error("kubectl: " + ran.err);
  }
}

}  // namespace

ControlPlane& ControlPlane::of_this_executable() {
  static ControlPlane plane;
  return plane;
}

ControlPlane::ControlPlane() : port_(closed_port()) {
  const fs::path script = fs::path(SOURCE_FOLDER) / "tests/real/control_plane.sh";
  // The kernel tells the script when this process is killed.
  pid_ =
      start_program({"setpriv", "--pdeathsig", "TERM", "sh", script.string(),
                     folder_.path().string(), std::to_string(port_), std::to_string(closed_port())},
                    folder_.path(), {{"RUNBOOK_REAL_CACHE", real_cache().string()}});
  while (!fs::exists(folder_.path() / "ready")) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0) {
      pid_ = 0;
      throw std::runtime_error("no control plane: " + folder_.read("background.out"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

ControlPlane::~ControlPlane() {
  kill(pid_, SIGTERM);
  wait_for(pid_);
}

std::string ControlPlane::url() const {
  return "https://127.0.0.1:" + std::to_string(port_);
}

Environment ControlPlane::environment() const {
  const char* path = std::getenv("PATH");
  return {{"KUBECONFIG", kubeconfig().string()},
          {"HOME", folder_.path().string()},
          {"PATH", (real_cache() / "bin").string() + ":" + (path == nullptr ? "" : path)}};
}

Ran ControlPlane::kubectl(std::vector<std::string> arguments) const {
  return run_program(followed_by({(real_cache() / "bin/kubectl").string()}, arguments),
                     folder_.path(), environment());
}

Namespace::Namespace() : plane_(ControlPlane::of_this_executable()) {
  static int last = 0;
  name_ = "case-" + std::to_string(++last);
  must(plane_.kubectl({"create", "namespace", name_}));
}

Namespace::~Namespace() {
  plane_.kubectl({"delete", "namespace", name_, "--wait=false"});
}

Ran Namespace::kubectl(std::vector<std::string> arguments) const {
  return plane_.kubectl(followed_by({"--namespace", name_}, arguments));
}

void Namespace::add_still_pod(const std::string& pod, const std::string& status) const {
  must(kubectl({"run", pod, "--image", "x", "--overrides", R"({"spec": {"nodeName": "still"}})"}));
  must(kubectl({"patch", "pod", pod, "--subresource", "status", "--type", "merge", "--patch",
                R"({"status": )" + status + "}"}));
}

}  // namespace runbook::test
