#pragma once
// Calls a primitive as the adapter would, without Lua and without a run: options are taken as
// checked, but for their defaults.

#include <filesystem>
#include <string>

#include "engine/base/json.h"
#include "tests/base/temporary_folder.h"

namespace runbook {

struct Module;
struct Function;

/// The project of one test: relative paths of a primitive start at `root`.
class PrimitiveTest {
 public:
  const std::filesystem::path& root() const { return folder_.path(); }
  /// An absolute path below root.
  std::string path(const std::string& relative) const { return (root() / relative).string(); }
  Json call(const Module& module, const std::string& function, Json options) const;
  /// A part of the URLs that no call may be led to, as if recipe{ allow = } had not listed them.
  std::string refused_url;

 private:
  TemporaryFolder folder_;
};

}  // namespace runbook
