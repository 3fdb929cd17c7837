#include "modules/eth/artifact_files.h"

#include <system_error>

namespace runbook {

std::shared_ptr<const Artifact> ArtifactFiles::read(const Json& artifact) {
  if (!artifact.is_string()) {
    return std::make_shared<const Artifact>(read_artifact(root, artifact));
  }
  const auto& path = artifact.get_ref<const std::string&>();
  std::error_code missing;  // read_artifact says so
  const std::filesystem::file_time_type written =
      std::filesystem::last_write_time(root / path, missing);
  const std::uintmax_t size = missing ? 0 : std::filesystem::file_size(root / path, missing);
  Kept& kept = kept_[path];
  if (missing || kept.artifact == nullptr || kept.written != written || kept.size != size) {
    kept = {.written = written,
            .size = size,
            .artifact = std::make_shared<const Artifact>(read_artifact(root, artifact))};
  }
  return kept.artifact;
}

ArtifactFiles& artifact_files(Call& call) {
  ArtifactFiles& files = call.host().of_session<ArtifactFiles>();
  files.root = call.host().root;
  return files;
}

}  // namespace runbook
