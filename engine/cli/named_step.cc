#include "engine/cli/named_step.h"

#include <fmt/format.h>

#include "engine/base/error.h"

namespace runbook {

const StepState& get_step(const RunState& state, const std::string& path) {
  if (const StepState* step = state.find_step(path)) {
    return *step;
  }
  std::vector<std::string_view> paths;
  for (const StepState& step : state.steps) {
    paths.emplace_back(step.path);
  }
  const std::string_view near = closest_match(path, paths);
  throw Error(Code::step_not_found,
              fmt::format("the run has no step \"{}\"{}", path,
                          near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
}

}  // namespace runbook
