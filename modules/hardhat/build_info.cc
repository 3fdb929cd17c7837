// Immutables: only build-info knows where they are, Hardhat's artefacts do not.
#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "modules/hardhat/deployments.h"

namespace runbook::hardhat {

namespace {

/// Build-infos hold every source of a compilation.
constexpr std::size_t kMostBytesOfBuildInfo = std::size_t{512} << 20;

std::vector<CodeSpan> spans_of(const Json& references) {
  std::vector<CodeSpan> spans;
  for (const Json& places : references) {
    for (const Json& place : places) {
      spans.push_back(
          {place.at("start").get<std::size_t>(), place.at("length").get<std::size_t>()});
    }
  }
  return spans;
}

/// The output for exactly this code, or null.
const Json* output_of(const Json& build_info, const std::string& code) {
  static const Json::json_pointer kContracts("/output/contracts");
  if (!build_info.contains(kContracts)) {
    return nullptr;
  }
  for (const Json& source : build_info.at(kContracts)) {
    for (const Json& contract : source) {
      const Json::json_pointer runtime("/evm/deployedBytecode");
      if (contract.contains(runtime) &&
          "0x" + contract.at(runtime).value("object", std::string()) == code) {
        return &contract.at(runtime);
      }
    }
  }
  return nullptr;
}

}  // namespace

std::vector<CodeSpan> immutables_of(const Deployment& deployment,
                                    const std::filesystem::path& artifacts) {
  const std::filesystem::path folder = artifacts / "build-info";
  const std::string code = deployment.code();
  if (std::filesystem::is_directory(folder)) {
    for (const std::string& file : glob_files(folder, "*.json")) {
      const Json build_info =
          parse_json(read_file(folder / file, kMostBytesOfBuildInfo), (folder / file).string());
      if (const Json* output = output_of(build_info, code)) {
        return spans_of(output->value("immutableReferences", Json::object()));
      }
    }
  }
  return guessed_immutables(code);
}

}  // namespace runbook::hardhat
