// runbook cancel RUN: ends an unfinished run for good. Whoever drives it does so; without a driver
// its finally steps run here.

#include "engine/cli/session.h"
#include "engine/cli/steering_command.h"
#include "engine/recipe/runner.h"

namespace runbook {

namespace {

int cancel(Context& context) {
  const SteeringCommand command = begin_steering(context, Instruction::Kind::cancel);
  if (give_instruction(context, command).by_driver) {
    return 0;
  }
  RunOptions options = session_options(context.arguments, command.project);
  options.run = command.row.id;
  options.recipe = command.project.root / command.row.recipe;
  options.purpose = Purpose::cancel;
  options.reason = command.instruction.reason;
  return drive_session(context, command.project, *command.store, std::move(options));
}

}  // namespace

Command cancel_command() {
  using enum CommandParameter::Count;
  Command command{"Repair",
                  "cancel",
                  "end an unfinished run for good; its finally steps run",
                  {kRunParameter, {"--reason", "TEXT", "why: kept in the journal", optional}},
                  cancel};
  const std::vector<CommandParameter> shared = ending_parameters();
  command.parameters.insert(command.parameters.end(), shared.begin(), shared.end());
  return command;
}

}  // namespace runbook
