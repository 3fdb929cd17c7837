#pragma once
// Gathers what went wrong in many trials; says the first few.

#include "tests/catch.h"
#include "tests/crash/rehearsal.h"

namespace runbook {

class Report {
 public:
  void add(const Trial& trial) {
    ++trials_;
    if (!trial.wrong.empty() && ++failures_ <= kSaid) {
      UNSCOPED_INFO(trial.wrong);
    }
  }
  bool is_full() const { return failures_ >= kSaid; }
  void close() const {
    CHECK(failures_ == 0);
    CHECK(trials_ > 0);
  }

 private:
  static constexpr std::size_t kSaid = 3;
  std::size_t trials_ = 0;
  std::size_t failures_ = 0;
};

/// Cuts the session that follows those of `before` at 1, 2 … until it is not reached any more.
inline void cut_everywhere(const Recipe& recipe, const std::vector<Cut>& before, Cut::Point point,
                           Rehearsal::Disk disk = Rehearsal::Disk::memory) {
  const Reference reference = make_reference(recipe);
  if (before.size() >= static_cast<std::size_t>(reference.state.sessions)) {
    return;  // it has no such session
  }
  Report report;
  for (std::uint64_t at = point == Cut::Point::failing_write ? 0 : 1; !report.is_full(); ++at) {
    std::vector<Cut> cuts = before;
    cuts.push_back({point, at});
    const Trial trial = try_cuts(recipe, reference, cuts, disk);
    if (!trial.reached && trial.wrong.empty()) {
      break;
    }
    report.add(trial);
  }
  report.close();
}

}  // namespace runbook
