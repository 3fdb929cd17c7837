#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "engine/base/file.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"

using namespace runbook;

namespace {

/// Runs `work` in a forked child and returns its exit status.
int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int status = 99;
    try {
      status = work();
    } catch (const std::exception&) {
      status = 98;
    }
    ::_exit(status);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("A lock is held by one process, and the other learns by whom", "[file_lock]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  const FileLock lock = FileLock::try_acquire(path, "run 7f3a, pid 12");
  REQUIRE(lock.held());
  const int self = ::getpid();
  CHECK(in_child([&] {
          const FileLock other = FileLock::try_acquire(path, "another");
          return !other.held() && other.holder() == "run 7f3a, pid 12" &&
                         FileLock::holder_pid(path) == self
                     ? 0
                     : 1;
        }) == 0);
  CHECK(read_file(path) == "run 7f3a, pid 12");
}

TEST_CASE("A lock is refused a second time in the same process, and stays held", "[file_lock]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  const FileLock lock = FileLock::try_acquire(path, "first");
  const FileLock again = FileLock::try_acquire(folder.path() / "." / "lock", "second");
  CHECK_FALSE(again.held());
  CHECK(again.holder() == "first");
  CHECK(FileLock::holder_pid(path) == ::getpid());
  // Looking must not have dropped it: closing any descriptor of the file would.
  CHECK(in_child([&] { return FileLock::try_acquire(path, "other").held() ? 1 : 0; }) == 0);
}

TEST_CASE("A lock is free once it is let go, also by a process that was killed", "[file_lock]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  CHECK(FileLock::holder_pid(path) == 0);
  {
    FileLock lock = FileLock::try_acquire(path, "a much longer text than the next");
    FileLock moved = std::move(lock);
    CHECK_FALSE(lock.held());
    CHECK(moved.held());
  }
  CHECK(FileLock::holder_pid(path) == 0);
  in_child([&]() -> int {
    const FileLock lock = FileLock::try_acquire(path, "a process that dies");
    ::_exit(lock.held() ? 0 : 1);
  });
  FileLock lock = FileLock::try_acquire(path, "short");
  CHECK(lock.held());
  CHECK(read_file(path) == "short");
  lock.release();
  CHECK(FileLock::try_acquire(path, "again").held());
}

TEST_CASE("A lock in a folder that is not there is an error", "[file_lock]") {
  const TemporaryFolder folder;
  expect_error(Code::file_unwritable,
               [&] { FileLock::try_acquire(folder.path() / "absent" / "lock", "x"); });
}
