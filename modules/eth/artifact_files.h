#pragma once
// Artefacts of a session by path: a recipe names one in every call, and each is read once as long
// as the file stays as it is.

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "engine/lua/module.h"
#include "modules/eth/artifact.h"

namespace runbook {

class ArtifactFiles {
 public:
  /// As read_artifact, relative to the root of the project.
  std::shared_ptr<const Artifact> read(const Json& artifact);

  std::filesystem::path root;

 private:
  struct Kept {
    std::filesystem::file_time_type written;
    std::uintmax_t size = 0;
    std::shared_ptr<const Artifact> artifact;
  };
  std::map<std::string, Kept> kept_;  ///< by path
};

ArtifactFiles& artifact_files(Call& call);

}  // namespace runbook
