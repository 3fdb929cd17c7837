// runbook skip RUN STEP: the step is left out, whether it began or not.

#include "engine/cli/steering_command.h"

namespace runbook {

namespace {

int skip(Context& context) {
  Json result = result_argument(context.arguments);
  SteeringCommand command = begin_steering(context, Instruction::Kind::skip);
  command.instruction.result = std::move(result);
  give_instruction(context, command);
  return 0;
}

}  // namespace

Command skip_command() {
  using enum CommandParameter::Count;
  return {"Repair",
          "skip",
          "leave a step out, also one that has not begun",
          {kRunParameter,
           kStepParameter,
           kReasonParameter,
           {"--result", "JSON|@FILE", "what the next lines will read (default: nil)", optional},
           kStateParameter},
          skip};
}

}  // namespace runbook
