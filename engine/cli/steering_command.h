#pragma once
// What the commands share that tell a run something: approve, deny, answer, mark, skip, cancel.

#include <memory>

#include "engine/cli/command.h"
#include "engine/cli/instruct.h"
#include "engine/cli/state_folder.h"

namespace runbook {

/// The run that was named, and the instruction so far: who says it, to which run and step, why.
struct SteeringCommand {
  Project project;
  std::unique_ptr<Store> store;
  RunRow row;
  Instruction instruction;
};

SteeringCommand begin_steering(const Context& context, Instruction::Kind kind);
/// Gives the instruction and prints what was done; what to type next unless a driver goes on with
/// it.
Instructed give_instruction(const Context& context, const SteeringCommand& command);

/// --result JSON|@FILE; null without it. Error(Code::usage | result_too_large).
Json result_argument(const Arguments& arguments);

// Parameters that these commands share.
inline constexpr CommandParameter kRunParameter{"run", "", "id or its beginning, @last, @failed",
                                                CommandParameter::Count::required};
inline constexpr CommandParameter kStepParameter{"step", "", "path of the step",
                                                 CommandParameter::Count::required};
inline constexpr CommandParameter kReasonParameter{"--reason", "TEXT", "why: kept in the journal",
                                                   CommandParameter::Count::required};
inline constexpr CommandParameter kCommentParameter{"--comment", "TEXT", "kept with the answer",
                                                    CommandParameter::Count::optional};

}  // namespace runbook
