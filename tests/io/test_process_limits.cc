// What must hold for very many children and very much output.

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <filesystem>

#include "tests/catch.h"
#include "tests/io/process_fixture.h"

using namespace runbook;
using namespace std::chrono_literals;

namespace {

long open_descriptors() {
  const std::filesystem::directory_iterator folder("/proc/self/fd");
  return std::distance(begin(folder), end(folder));
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// Not inside a co_await: g++ 12 cannot compile an initialiser list there.
ProcessSpec quick_program() {
  return ProcessFixture::spec({"/bin/true"});
}

ProcessSpec descriptor_program() {
  return ProcessFixture::spec({PROCESS_PROGRAM, "descriptors"});
}

Task<void> run_many(Processes& processes, int& remaining, int& succeeded) {
  while (remaining > 0) {
    --remaining;
    ProcessSpec spec = quick_program();
    const ProcessResult result = co_await processes.run(std::move(spec), nullptr);
    succeeded += result.exit == 0 ? 1 : 0;
  }
}

Task<void> show_descriptors(Processes& processes, std::vector<std::string>& seen) {
  const ProcessResult result = co_await processes.run(descriptor_program(), nullptr);
  seen.push_back(result.out);
}

}  // namespace

TEST_CASE_METHOD(ProcessFixture, "10,000 children leave neither descriptors nor zombies",
                 "[process]") {
  constexpr int kChildren = 10'000;
  run(quick_program());  // the loop opens its own descriptors on first use
  const long before = open_descriptors();
  int remaining = kChildren;
  int succeeded = 0;
  for (int i = 0; i < 32; ++i) {
    loop.spawn(run_many(processes, remaining, succeeded));
  }
  loop.run();
  CHECK(succeeded == kChildren);
  CHECK(open_descriptors() == before);
  errno = 0;
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
  CHECK(processes.alive().empty());
}

TEST_CASE_METHOD(ProcessFixture, "A child sees its three streams and nothing of its siblings",
                 "[process]") {
  std::vector<std::string> seen;
  for (int i = 0; i < 16; ++i) {
    loop.spawn(show_descriptors(processes, seen));
  }
  loop.run();
  CHECK(seen == std::vector<std::string>(16, "0\n1\n2\n"));
}

TEST_CASE_METHOD(ProcessFixture, "A gigabyte of output does not grow our memory", "[process]") {
  constexpr std::size_t kBytes = std::size_t{1} << 30;
  constexpr std::size_t kCapture = std::size_t{1} << 20;
  std::size_t bytes = 0;
  ProcessSpec loud = shell(
      "yes 0123456789012345678901234567890123456789012345678901234567890 | "
      "head -c 1073741824");
  loud.capture = kCapture;
  loud.on_line = [&bytes](Stream, std::string_view line) { bytes += line.size() + 1; };
  const long before = peak_kilobytes();
  const ProcessResult result = run(std::move(loud));
  CHECK(bytes - kBytes <= 1);  // head may have cut the last line
  CHECK(result.truncated);
  CHECK(result.out.size() == kCapture);
  CHECK(result.out.starts_with("0123"));
  CHECK(peak_kilobytes() - before < 16 * 1024);
}
