#pragma once
// A command line tool that answers from recorded cases (README.md), on PATH while it lives.

#include <filesystem>
#include <string>
#include <vector>

#include "tests/base/temporary_folder.h"

namespace runbook::test {

class FakeTool {
 public:
  /// `recorded`: the folder of its cases.
  FakeTool(std::string name, std::filesystem::path recorded);
  /// The test fails if it was asked what nobody recorded.
  ~FakeTool();
  FakeTool(const FakeTool&) = delete;
  FakeTool& operator=(const FakeTool&) = delete;

  /// Answers from these too. Of cases with the same arguments each is played once, in order; the
  /// last again and again.
  void play(const std::vector<std::string>& cases);
  /// The same, of a case that is written here.
  void play(const std::string& name, const std::vector<std::string>& arguments,
            const std::string& out, const std::string& err = {}, int exit = 0);
  /// Shell, run before a case is answered: "kill -9 $PPID", "sleep 600".
  void before(const std::string& name, const std::string& shell) const;

  /// Names of the cases, in the order they were played.
  std::vector<std::string> played() const;
  /// What it was asked in vain; taken, so that the test does not fail for it.
  std::string take_unrecorded();
  /// PATH with the fake first, for a program that is given its environment.
  std::string path_variable() const;

 private:
  std::filesystem::path case_of(const std::string& name) const;

  std::string name_;
  std::filesystem::path recorded_;
  TemporaryFolder folder_;
  std::string path_before_;
  int cases_ = 0;
};

}  // namespace runbook::test
