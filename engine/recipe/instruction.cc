// Instructions on their way: a message in a run's inbox, and beside it the file with what was
// typed.

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/id.h"
#include "engine/recipe/reply.h"
#include "engine/recipe/steering.h"

namespace runbook {
namespace {

constexpr std::array<std::string_view, 7> kKinds = {
    "approve",     "deny", "answer", "mark_done",
    "mark_failed", "skip", "cancel"};  // as in Instruction::Kind

[[noreturn]] void malformed(std::string_view what) {
  throw Error(Code::journal_corrupt, fmt::format("a message in the inbox: {}", what));
}

const Json* find(const Json& value, const char* field) {
  const auto found = value.find(field);
  return found == value.end() ? nullptr : &*found;
}

std::string text_of(const Json& value, const char* field) {
  const Json* found = find(value, field);
  if (found == nullptr || !found->is_string()) {
    malformed(fmt::format("{} is no text", field));
  }
  return found->get<std::string>();
}

Instruction::Kind kind_of(const Json& value) {
  const auto kind = std::ranges::find(kKinds, text_of(value, "kind"));
  if (kind == kKinds.end()) {
    malformed("unknown kind");
  }
  return static_cast<Instruction::Kind>(kind - kKinds.begin());
}

std::vector<std::string> groups_of(const Json& value) {
  const Json* groups = find(value, "groups");
  const auto is_text = [](const Json& group) { return group.is_string(); };
  if (groups == nullptr || !groups->is_array() || !std::ranges::all_of(*groups, is_text)) {
    malformed("groups is no list of texts");
  }
  return groups->get<std::vector<std::string>>();
}

std::filesystem::path folder_for_typed(const std::filesystem::path& run_folder) {
  return run_folder / "answers";
}

}  // namespace

Json Instruction::to_json() const {
  return {{"kind", kKinds.at(static_cast<std::size_t>(kind))},
          {"run", run},
          {"step", step},
          {"actor", actor},
          {"groups", groups},
          {"typed_file", typed_file},
          {"reply_to", reply_to}};
}

Instruction Instruction::from_json(const Json& value) {
  if (!value.is_object()) {
    malformed("no object");
  }
  Instruction instruction;
  instruction.kind = kind_of(value);
  instruction.run = text_of(value, "run");
  instruction.step = text_of(value, "step");
  instruction.actor = text_of(value, "actor");
  instruction.groups = groups_of(value);
  instruction.typed_file = text_of(value, "typed_file");
  instruction.reply_to = text_of(value, "reply_to");
  return instruction;
}

void hand_over_typed(Instruction& instruction, const std::filesystem::path& run_folder) {
  const std::filesystem::path folder = folder_for_typed(run_folder);
  make_private_directory(folder);
  instruction.typed_file = new_uuid();
  const Json typed{{"answers", std::exchange(instruction.answers, nullptr)},
                   {"reason", std::exchange(instruction.reason, {})},
                   {"result", std::exchange(instruction.result, nullptr)}};
  write_file_atomically(folder / instruction.typed_file, dump_json(typed));
}

std::filesystem::path take_typed(Instruction& instruction,
                                 const std::filesystem::path& run_folder) {
  const std::string name = std::exchange(instruction.typed_file, {});
  if (name.empty() || name.find('/') != std::string::npos) {
    malformed("typed_file is no name");
  }
  std::filesystem::path file = folder_for_typed(run_folder) / name;
  const Json typed = parse_json(read_file(file), "what was typed");
  const Json* answers = find(typed, "answers");
  const Json* result = find(typed, "result");
  if (answers == nullptr || result == nullptr) {
    malformed("answers or result is missing");
  }
  instruction.answers = *answers;
  instruction.reason = text_of(typed, "reason");
  instruction.result = *result;
  return file;
}

void remove_typed_files(const std::filesystem::path& run_folder, Timestamp now, bool all) {
  const Timestamp before = now - std::chrono::milliseconds(kUnclaimed).count();
  std::error_code ignored;  // no folder: nothing was typed
  for (const auto& entry :
       std::filesystem::directory_iterator(folder_for_typed(run_folder), ignored)) {
    struct stat facts {};
    const bool is_old = ::stat(entry.path().c_str(), &facts) == 0 &&
                        Timestamp{facts.st_mtim.tv_sec} * 1000 < before;
    if (all || is_old) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

}  // namespace runbook
