// runbook approve RUN STEP and runbook deny RUN STEP: the answer to a gate.

#include "engine/cli/steering_command.h"

namespace runbook {

namespace {

int approve(Context& context) {
  give_instruction(context, begin_steering(context, Instruction::Kind::approve));
  return 0;
}

int deny(Context& context) {
  give_instruction(context, begin_steering(context, Instruction::Kind::deny));
  return 0;
}

}  // namespace

Command approve_command() {
  return {"Everyday",
          "approve",
          "say yes to a gate",
          {kRunParameter, kStepParameter, kCommentParameter, kStateParameter},
          approve};
}

Command deny_command() {
  return {"Everyday",
          "deny",
          "say no to a gate: its step fails",
          {kRunParameter, kStepParameter, kCommentParameter, kStateParameter},
          deny};
}

}  // namespace runbook
