#pragma once
// One revision of a release as helm wrote it down: JSON, compressed, in base64; in a Secret, in
// base64 once more.

#include <string>

namespace runbook::devspace {

/// info.description of `data.release` of the Secret: "Upgrade "app" failed: context deadline
/// exceeded". Empty if the record is not understood. Nothing else of it, which holds all values and
/// manifests, is looked at.
std::string recorded_description(const std::string& data);

}  // namespace runbook::devspace
