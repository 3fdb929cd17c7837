#pragma once
// Files that hold a key: new ones, for their owner alone, and what one of them is of.

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/step/effect.h"

namespace runbook {

/// Throws Error(Code::key_file_exists) if anything has the name.
void refuse_existing_key_file(const std::filesystem::path& path);
/// 0600, synced with its folder, which is made (0700) where it is missing: the whole file, or none.
/// Throws Error(Code::key_file_exists), with what stands there as it was.
void write_key_file(const std::filesystem::path& path, std::string_view content);
/// What was written: 20 bytes of an address, as both key primitives return it.
Json described_key_file(std::string_view address, const std::filesystem::path& path);

/// The address that a file's content is of, 20 bytes. May throw Error, of which no message shows
/// any of the content.
using KeyFileAddress = std::string (*)(const std::string& content);
/// After a kill: nothing there is not_done, a whole file done. `expected` is the address, as it is
/// shown, if it was known before; another is not ours.
Outcome examine_key_file(const std::filesystem::path& path, KeyFileAddress address_in,
                         const std::string& expected);

}  // namespace runbook
