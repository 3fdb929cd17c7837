#include "engine/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"

using namespace runbook;
namespace fs = std::filesystem;

namespace {

int mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return static_cast<int>(status.st_mode & 07777U);
}

void touch(const fs::path& path) {
  fs::create_directories(path.parent_path());
  write_file_atomically(path, path.filename().string());
}

std::size_t count_entries(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("A file reads back byte for byte, with the mode asked for", "[file]") {
  const TemporaryFolder folder;
  const std::string content("zero \0 high \xff newline \n", 24);
  write_file_atomically(folder.path() / "a", content);
  CHECK(read_file(folder.path() / "a") == content);
  CHECK(mode_of(folder.path() / "a") == 0600);
  write_file_atomically(folder.path() / "a", "", 0755);
  CHECK(read_file(folder.path() / "a").empty());
  CHECK(mode_of(folder.path() / "a") == 0755);
  CHECK(count_entries(folder.path()) == 1);
}

TEST_CASE("A file that cannot be written stays as it was, and nothing is left behind", "[file]") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "taken");
  const Error error = expect_error(Code::file_unwritable,
                                   [&] { write_file_atomically(folder.path() / "taken", "x"); });
  CHECK_THAT(error.message, ContainsSubstring("taken"));
  CHECK(error.detail["errno"] == EISDIR);
  CHECK(error.effect == EffectDone::none);
  CHECK(count_entries(folder.path()) == 1);
  expect_error(Code::file_unwritable,
               [&] { write_file_atomically(folder.path() / "absent" / "a", "x"); });
}

TEST_CASE("A new file takes a name that nobody has, and nothing else", "[file]") {
  const TemporaryFolder folder;
  CHECK(write_new_file(folder.path() / "a", "first"));
  CHECK(mode_of(folder.path() / "a") == 0600);
  CHECK_FALSE(write_new_file(folder.path() / "a", "second"));
  CHECK(read_file(folder.path() / "a") == "first");
  fs::create_symlink("nowhere", folder.path() / "link");
  CHECK_FALSE(write_new_file(folder.path() / "link", "through"));
  CHECK(count_entries(folder.path()) == 2);
  expect_error(Code::file_unwritable, [&] { write_new_file(folder.path() / "absent" / "a", "x"); });
}

TEST_CASE("A link is written through", "[file]") {
  const TemporaryFolder folder;
  touch(folder.path() / "real" / "a");
  fs::create_symlink("real/a", folder.path() / "link");
  write_file_atomically(folder.path() / "link", "new");
  CHECK(fs::is_symlink(folder.path() / "link"));
  CHECK(read_file(folder.path() / "real" / "a") == "new");
}

TEST_CASE("Reading says whether a file is missing, unreadable or too large", "[file]") {
  const TemporaryFolder folder;
  const Error missing =
      expect_error(Code::file_not_found, [&] { read_file(folder.path() / "absent"); });
  CHECK_THAT(missing.message, ContainsSubstring("absent") && ContainsSubstring("No such file"));
  expect_error(Code::file_unreadable, [&] { read_file(folder.path()); });
  write_file_atomically(folder.path() / "a", "12345");
  CHECK(read_file(folder.path() / "a", 5) == "12345");
  expect_error(Code::file_too_large, [&] { read_file(folder.path() / "a", 4); });
  expect_error(Code::file_too_large, [&] { read_file("/dev/zero", 1'000'000); });
}

TEST_CASE("A private folder is made with all its parents, and only once", "[file]") {
  const TemporaryFolder folder;
  make_private_directory(folder.path() / "a" / "b" / "c");
  CHECK(mode_of(folder.path() / "a") == 0700);
  CHECK(mode_of(folder.path() / "a" / "b" / "c") == 0700);
  make_private_directory(folder.path() / "a" / "b" / "c");
  touch(folder.path() / "file");
  expect_error(Code::file_unwritable, [&] { make_private_directory(folder.path() / "file"); });
}

TEST_CASE("A descriptor is closed once, by its last owner", "[file]") {
  FileDescriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = first.get();
  FileDescriptor second(std::move(first));
  CHECK(second.get() == number);
  FileDescriptor third;
  third = std::move(second);
  CHECK(::fcntl(number, F_GETFD) == FD_CLOEXEC);
  third.reset();
  CHECK(::fcntl(number, F_GETFD) == -1);
  CHECK_FALSE(third.valid());
}

TEST_CASE("A pattern finds files as a shell would", "[file]") {
  const TemporaryFolder folder;
  for (const char* name : {"a.lua", "b.lua", "c.txt", ".hidden.lua", "lib/d.lua", "lib/deep/e.lua",
                           "lib/.git/f.lua", "other/deep/g.lua"}) {
    touch(folder.path() / name);
  }
  const auto glob = [&](std::string_view pattern) { return glob_files(folder.path(), pattern); };
  using Paths = std::vector<std::string>;
  CHECK(glob("*.lua") == Paths{"a.lua", "b.lua"});
  CHECK(glob("[bc].*") == Paths{"b.lua", "c.txt"});
  CHECK(glob("?.txt") == Paths{"c.txt"});
  CHECK(glob("**/*.lua") ==
        Paths{"a.lua", "b.lua", "lib/d.lua", "lib/deep/e.lua", "other/deep/g.lua"});
  CHECK(glob("lib/**") == Paths{"lib/d.lua", "lib/deep", "lib/deep/e.lua"});
  CHECK(glob("**/deep/*") == Paths{"lib/deep/e.lua", "other/deep/g.lua"});
  CHECK(glob("**/**/e.lua") == Paths{"lib/deep/e.lua"});
  CHECK(glob(".*.lua") == Paths{".hidden.lua"});
  CHECK(glob("./lib//d.lua") == Paths{"lib/d.lua"});
  CHECK(glob("lib/.git/*") == Paths{"lib/.git/f.lua"});
  CHECK(glob("absent/*").empty());
  CHECK(glob("a.lua/*").empty());
  CHECK(glob("").empty());
}

TEST_CASE("A pattern does not follow links in circles", "[file]") {
  const TemporaryFolder folder;
  touch(folder.path() / "a" / "file");
  fs::create_directory_symlink(folder.path(), folder.path() / "a" / "loop");
  CHECK(glob_files(folder.path(), "**/file") == std::vector<std::string>{"a/file"});
}

TEST_CASE("A local folder lies on no network filesystem, even before it exists", "[file]") {
  CHECK(network_filesystem("/proc").empty());
  CHECK(network_filesystem("/proc/absent/deeper").empty());
}
