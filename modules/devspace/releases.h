#pragma once
// Helm's releases as helm keeps them, one Secret per revision, read with kubectl: helm itself may
// be one that devspace downloaded for its own use.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/lua/module.h"

namespace runbook::devspace {

struct HelmRelease {
  std::string space;  ///< namespace
  std::string name;
  std::int64_t revision = 0;
  std::string status;  ///< deployed, failed, pending-install, pending-upgrade, pending-rollback …

  bool is_pending() const { return status.starts_with("pending-"); }
  std::string secret() const;  ///< name of its Secret
};

/// The newest revision of each release of these namespaces. REQUIRES: option `context`.
Task<std::vector<HelmRelease>> newest_releases(Call& call, std::vector<std::string> spaces);

/// The lines `name TAB revision TAB status` that newest_releases() asks for.
std::vector<HelmRelease> releases_told(const std::string& out, const std::string& space);

/// Why helm says that it came to this status, as far as it can be read; else empty.
Task<std::string> description_of(Call& call, HelmRelease release);

/// pid of a helm that a process of this run left behind and that works on the release.
std::optional<int> helm_at_work(const std::string& run, const std::string& release);

/// A release that no deploy can pass: who may be at work on it, and the ways on.
Error pending_error(const Call& call, const HelmRelease& release);

}  // namespace runbook::devspace
