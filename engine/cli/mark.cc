// runbook mark RUN STEP done|failed: says by hand what happened to a step.

#include "engine/base/error.h"
#include "engine/cli/steering_command.h"

namespace runbook {

namespace {

int mark(Context& context) {
  const Arguments& arguments = context.arguments;
  const Instruction::Kind kind = arguments.text("as") == "done" ? Instruction::Kind::mark_done
                                                                : Instruction::Kind::mark_failed;
  Json result = result_argument(arguments);
  if (kind == Instruction::Kind::mark_failed && arguments.has("result")) {
    throw Error(Code::usage, "mark: a failed step has no --result");
  }
  SteeringCommand command = begin_steering(context, kind);
  command.instruction.result = std::move(result);
  give_instruction(context, command);
  return 0;
}

}  // namespace

Command mark_command() {
  using enum CommandParameter::Count;
  return {"Repair",
          "mark",
          "say by hand that a step is done or failed",
          {kRunParameter,
           kStepParameter,
           {"as", "", "done or failed", required, "done failed"},
           kReasonParameter,
           {"--result", "JSON|@FILE", "done: the result that the next lines will read", optional},
           kStateParameter},
          mark};
}

}  // namespace runbook
