// Instructions on their way: as a message in a run's inbox, and the reply to one.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/id.h"
#include "engine/recipe/steering.h"

namespace runbook {
namespace {

using Kind = Instruction::Kind;

constexpr std::array<std::string_view, 7> kKinds = {"approve",     "deny", "answer", "mark_done",
                                                    "mark_failed", "skip", "cancel"};  // as in Kind

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

Kind kind_of(const Json& value) {
  const auto kind = std::ranges::find(kKinds, text_of(value, "kind"));
  if (kind == kKinds.end()) {
    malformed("unknown kind");
  }
  return static_cast<Kind>(kind - kKinds.begin());
}

std::vector<std::string> groups_of(const Json& value) {
  const Json* groups = find(value, "groups");
  const auto is_text = [](const Json& group) { return group.is_string(); };
  if (groups == nullptr || !groups->is_array() || !std::ranges::all_of(*groups, is_text)) {
    malformed("groups is no list of texts");
  }
  return groups->get<std::vector<std::string>>();
}

std::filesystem::path folder_for_answers(const std::filesystem::path& run_folder) {
  return run_folder / "answers";
}

}  // namespace

Json Instruction::to_json() const {
  return {{"kind", kKinds.at(static_cast<std::size_t>(kind))},
          {"run", run},
          {"step", step},
          {"actor", actor},
          {"groups", groups},
          {"reason", reason},
          {"answers", answers},
          {"answers_file", answers_file},
          {"result", result},
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
  instruction.reason = text_of(value, "reason");
  instruction.answers_file = text_of(value, "answers_file");
  instruction.reply_to = text_of(value, "reply_to");
  const Json* answers = find(value, "answers");
  const Json* result = find(value, "result");
  if (answers == nullptr || result == nullptr) {
    malformed("answers or result is missing");
  }
  instruction.answers = *answers;
  instruction.result = *result;
  return instruction;
}

void hand_over_answers(Instruction& instruction, const std::filesystem::path& run_folder) {
  if (instruction.answers.is_null()) {
    return;
  }
  const std::filesystem::path folder = folder_for_answers(run_folder);
  make_private_directory(folder);
  instruction.answers_file = new_uuid();
  write_file_atomically(folder / instruction.answers_file, dump_json(instruction.answers));
  instruction.answers = nullptr;
}

void take_answers(Instruction& instruction, const std::filesystem::path& run_folder) {
  if (instruction.answers_file.empty()) {
    return;
  }
  const std::string name = std::exchange(instruction.answers_file, {});
  if (name.find('/') != std::string::npos) {
    malformed("answers_file is no name");
  }
  const std::filesystem::path file = folder_for_answers(run_folder) / name;
  instruction.answers = parse_json(read_file(file), "answers");
  std::error_code ignored;  // it holds nothing that is not kept by then
  std::filesystem::remove(file, ignored);
}

std::string reply_text(const std::string& sentence) {
  return dump_json({{"ok", true}, {"sentence", sentence}});
}

std::string reply_text(const Error& error) {
  return dump_json({{"error", error.to_json()}});
}

std::string read_reply(const std::string& text) {
  const Json reply = parse_json(text, "reply");
  if (!reply.is_object()) {
    malformed("the reply is no object");
  }
  if (const Json* error = find(reply, "error")) {
    throw Error::from_json(*error);
  }
  return text_of(reply, "sentence");
}

}  // namespace runbook
