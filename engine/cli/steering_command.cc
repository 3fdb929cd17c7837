#include "engine/cli/steering_command.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/identity.h"
#include "engine/cli/chosen_run.h"

namespace runbook {

namespace {

constexpr std::size_t kResultLimit = std::size_t{1} << 20;

std::string text_of(const Arguments& arguments, std::string_view name) {
  return arguments.has(name) ? arguments.text(name) : std::string();
}

}  // namespace

SteeringCommand begin_steering(const Context& context, Instruction::Kind kind) {
  const Arguments& arguments = context.arguments;
  SteeringCommand command;
  command.project = existing_project(arguments);
  command.store = open_sqlite_store(command.project.state, OpenMode::read_write);
  command.row = choose_run(*command.store, text_of(arguments, "run"));
  make_private_directory(run_folder(command.project, command.row.id));
  Instruction& instruction = command.instruction;
  instruction.kind = kind;
  instruction.run = command.row.id;
  instruction.step = text_of(arguments, "step");
  instruction.actor = actor_name();
  instruction.groups = group_names();
  instruction.reason = text_of(arguments, arguments.has("comment") ? "comment" : "reason");
  return command;
}

Instructed give_instruction(const Context& context, const SteeringCommand& command) {
  const Instructing with{context.clock, *command.store, run_folder(command.project, command.row.id),
                         [&](const std::string& sentence) { context.err.write(sentence + "\n"); }};
  Instructed done = instruct(with, command.instruction);
  context.err.write(done.sentence + "\n");
  if (!done.by_driver && command.instruction.kind != Instruction::Kind::cancel) {
    context.err.write(
        context.state_option.put_into(fmt::format("Next:  runbook resume {}\n", command.row.id)));
  }
  return done;
}

Json result_argument(const Arguments& arguments) {
  if (!arguments.has("result")) {
    return nullptr;
  }
  std::string text = arguments.text("result");
  if (text.starts_with('@')) {
    text = read_file(text.substr(1), kResultLimit);
  }
  if (text.size() > kResultLimit) {
    throw Error(Code::result_too_large, fmt::format("--result has {} bytes", text.size()));
  }
  if (!Json::accept(text)) {
    throw Error(Code::usage, "--result is not JSON", "quote strings twice: --result '\"text\"'");
  }
  return parse_json(text, "--result");
}

}  // namespace runbook
