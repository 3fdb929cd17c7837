#include "modules/eth/key_file.h"

#include <fmt/format.h>

#include "engine/base/file.h"
#include "modules/eth/address.h"

namespace runbook {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostBytes = 64U << 10U;

[[noreturn]] void refuse_file(const fs::path& path) {
  refuse(Code::key_file_exists,
         fmt::format("{} exists, and may be the only copy of a key", path.string()));
}

bool is_there(const fs::path& path) {
  std::error_code failed;
  return fs::symlink_status(path, failed).type() != fs::file_type::not_found;
}

}  // namespace

void refuse_existing_key_file(const fs::path& path) {
  if (is_there(path)) {
    refuse_file(path);
  }
}

void write_key_file(const fs::path& path, std::string_view content) {
  make_private_directory(path.parent_path());
  if (!write_new_file(path, content)) {
    refuse_file(path);
  }
}

Json described_key_file(std::string_view address, const fs::path& path) {
  return {{"address", checksum_address(address)}, {"path", path.string()}};
}

Outcome examine_key_file(const fs::path& path, KeyFileAddress address_in,
                         const std::string& expected) {
  if (!is_there(path)) {
    return Outcome::not_done();
  }
  std::string found;
  try {
    found = address_in(read_file(path, kMostBytes));
  } catch (const Error& error) {
    return Outcome::cannot_tell(
        fmt::format("{} is not what would have been written: {}", path.string(), error.message));
  }
  Json described = described_key_file(found, path);
  if (!expected.empty() && described["address"] != expected) {
    return Outcome::cannot_tell(fmt::format("{} is the key of {}, not of {}", path.string(),
                                            described["address"].get<std::string>(), expected));
  }
  return Outcome::done(std::move(described));
}

}  // namespace runbook
