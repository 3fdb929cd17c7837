#pragma once
// Runs the real program as a script would, with its streams in files (tests/terminal.h is for
// people).

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace runbook::test {

struct Ran {
  int exit = -1;  ///< 128 + signal if one ended it
  std::string out, err;
};

/// A folder of its own under the system's temporary one, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& content) const;
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

using Environment = std::map<std::string, std::string>;

/// RUNBOOK_BINARY with these arguments; stdin is empty. CI, RUNBOOK_STATE and the like are unset
/// unless given.
Ran run_runbook(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                const Environment& environment = {});
/// Any program, likewise.
Ran run_program(std::vector<std::string> argv, const std::filesystem::path& folder,
                const Environment& environment = {});
/// Starts it in the background with its streams in FOLDER/background.out; returns its pid.
int start_runbook(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                  const Environment& environment = {});
/// Any program, likewise.
int start_program(std::vector<std::string> argv, const std::filesystem::path& folder,
                  const Environment& environment = {});
/// Waits for it to end; the exit code, or 128 + signal.
int wait_for(int pid);
/// Waits until `holds()` is true; false after 30 s.
bool eventually(const std::function<bool()>& holds);

}  // namespace runbook::test
