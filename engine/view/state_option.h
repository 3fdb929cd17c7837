#pragma once
// Suggested commands are written as for the folder that they find by themselves; where --state or
// RUNBOOK_STATE said another, whoever shows them puts it in here.

#include <string>
#include <string_view>
#include <vector>

namespace runbook {

class StateOption {
 public:
  /// Nothing needs to be put in.
  StateOption() = default;
  /// `commands` are those that take --state.
  StateOption(std::string_view folder, std::vector<std::string_view> commands);

  /// "runbook resume 7f3a" is "runbook resume --state FOLDER 7f3a", anywhere in `text`.
  std::string put_into(std::string_view text) const;

 private:
  std::string option_;  ///< " --state FOLDER"; empty: found without
  std::vector<std::string_view> commands_;
};

}  // namespace runbook
