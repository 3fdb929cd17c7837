#include "tests/cli/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace runbook::test {

namespace fs = std::filesystem;

namespace {

std::string read_whole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The environment without what would change behaviour, plus what the test wants.
std::vector<std::string> environment_list(const Environment& wanted) {
  std::vector<std::string> list;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    if (name != "CI" && name != "TZ" && !name.starts_with("RUNBOOK_") && !wanted.contains(name)) {
      list.push_back(text);
    }
  }
  list.emplace_back("TZ=UTC");
  for (const auto& [name, value] : wanted) {
    list.push_back(name + "=" + value);
  }
  return list;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) {
    list.push_back(text.data());
  }
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> with_binary(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv = {RUNBOOK_BINARY};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

void redirect(const fs::path& path, int to) {
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  dup2(file, to);
}

int start(std::vector<std::string> argv, const fs::path& folder, const Environment& environment,
          const fs::path& out, const fs::path& err) {
  std::vector<std::string> variables = environment_list(environment);
  const std::vector<char*> argument_list = pointers(argv);
  const std::vector<char*> variable_list = pointers(variables);
  const int pid = fork();
  if (pid != 0) {
    return pid;
  }
  dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  redirect(out, STDOUT_FILENO);
  redirect(err, STDERR_FILENO);
  if (chdir(folder.c_str()) == 0) {
    execvpe(argument_list[0], argument_list.data(), variable_list.data());
  }
  _exit(127);
}

}  // namespace

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "runbook-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("mkdtemp " + name);
  }
  path_ = fs::canonical(name);
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path Folder::write(const std::string& name, const std::string& content) const {
  const fs::path path = path_ / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string Folder::read(const std::string& name) const {
  return read_whole(path_ / name);
}

int wait_for(int pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Ran run_program(std::vector<std::string> argv, const fs::path& folder,
                const Environment& environment) {
  const Folder streams;
  const fs::path out = streams.path() / "out";
  const fs::path err = streams.path() / "err";
  const int exit = wait_for(start(std::move(argv), folder, environment, out, err));
  return {exit, read_whole(out), read_whole(err)};
}

Ran run_runbook(const std::vector<std::string>& arguments, const fs::path& folder,
                const Environment& environment) {
  return run_program(with_binary(arguments), folder, environment);
}

int start_runbook(const std::vector<std::string>& arguments, const fs::path& folder,
                  const Environment& environment) {
  return start_program(with_binary(arguments), folder, environment);
}

int start_program(std::vector<std::string> argv, const fs::path& folder,
                  const Environment& environment) {
  const fs::path out = folder / "background.out";
  return start(std::move(argv), folder, environment, out, out);
}

bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace runbook::test
