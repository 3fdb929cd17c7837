#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/lua/module.h"
#include "modules/modules.h"
#include "tests/base/expect_error.h"
#include "tests/modules/primitive.h"

using namespace runbook;
namespace fs = std::filesystem;

namespace {

class FsTest : public PrimitiveTest {
 public:
  Json operator()(const std::string& function, Json options) const {
    return call(fs_module(), function, std::move(options));
  }
  void put(const std::string& relative, const std::string& content) const {
    fs::create_directories((root() / relative).parent_path());
    write_file_atomically(root() / relative, content, 0644);
  }
  std::string mode(const std::string& relative) const {
    return (*this)("stat", {{"path", path(relative)}})["mode"];
  }
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(root()), fs::directory_iterator()));
  }
};

}  // namespace

TEST_CASE("fs.read returns text, and any bytes as base64", "[fs]") {
  const FsTest test;
  test.put("a", "text é\n");
  test.put("b", "\xff");
  CHECK(test("read", {{"path", test.path("a")}}) == "text é\n");
  CHECK(test("read", {{"path", test.path("b")}, {"bytes", true}}) == "/w==");
  expect_error(Code::encoding_invalid, [&] { test("read", {{"path", test.path("b")}}); });
  expect_error(Code::file_not_found, [&] { test("read", {{"path", test.path("absent")}}); });
}

TEST_CASE("fs.rows returns the words of each line that has any", "[fs]") {
  const FsTest test;
  test.put("a", "one  two\r\n\n \t\nthree");
  CHECK(test("rows", {{"path", test.path("a")}}) == Json{{"one", "two"}, {"three"}});
  test.put("b", "\xff");
  expect_error(Code::encoding_invalid, [&] { test("rows", {{"path", test.path("b")}}); });
  expect_error(Code::file_not_found, [&] { test("rows", {{"path", test.path("absent")}}); });
}

TEST_CASE("fs.write says whether it changed anything", "[fs]") {
  const FsTest test;
  const Json options = {{"path", test.path("a")}, {"content", "new"}};
  CHECK(test("write", options) == Json{{"path", test.path("a")}, {"size", 3}, {"changed", true}});
  CHECK(test("write", options)["changed"] == false);
  CHECK(read_file(test.path("a")) == "new");
  CHECK(test.count() == 1);
}

TEST_CASE("fs.write keeps the mode of a file, honours the umask for a new one", "[fs]") {
  const FsTest test;
  const mode_t before = ::umask(027);
  test("write", {{"path", test.path("new")}, {"content", "x"}});
  ::umask(before);
  CHECK(test.mode("new") == "0640");
  ::chmod(test.path("new").c_str(), 0755);
  test("write", {{"path", test.path("new")}, {"content", "y"}});
  CHECK(test.mode("new") == "0755");
  const Json changed =
      test("write", {{"path", test.path("new")}, {"content", "y"}, {"mode", "0600"}});
  CHECK(changed["changed"] == true);
  CHECK(test.mode("new") == "0600");
  for (const char* mode : {"0888", "", "rw", "100000", "-1"}) {
    INFO(mode);
    if (*mode != '\0') {
      expect_error(Code::option_invalid, [&] {
        test("write", {{"path", test.path("z")}, {"content", ""}, {"mode", mode}});
      });
    }
  }
}

TEST_CASE("fs.write makes missing folders only when asked to", "[fs]") {
  const FsTest test;
  const Json options = {{"path", test.path("a/b/c")}, {"content", "x"}};
  expect_error(Code::file_unwritable, [&] { test("write", options); });
  Json with_parents = options;
  with_parents["parents"] = true;
  test("write", with_parents);
  CHECK(read_file(test.path("a/b/c")) == "x");
  test("write", {{"path", test.path("bytes")}, {"content", "/w=="}, {"bytes", true}});
  CHECK(read_file(test.path("bytes")) == "\xff");
}

TEST_CASE("fs.stat and fs.exists see files, folders and links, and nothing", "[fs]") {
  const FsTest test;
  test.put("a", "12345");
  fs::create_symlink("absent", test.path("link"));
  const Json file = test("stat", {{"path", test.path("a")}});
  CHECK(file["type"] == "file");
  CHECK(file["size"] == 5);
  CHECK(file["modified"].get<double>() > 1.7e9);
  CHECK(test("stat", {{"path", test.path("link")}})["target"] == "absent");
  CHECK(test("stat", {{"path", test.root().string()}})["type"] == "folder");
  CHECK(test("stat", {{"path", "/dev/null"}})["type"] == "other");
  CHECK(test("stat", {{"path", test.path("gone")}}).is_null());
  CHECK(test("stat", {{"path", test.path("a/b")}}).is_null());
  CHECK(test("exists", {{"path", test.path("link")}}) == true);
  CHECK(test("exists", {{"path", test.path("gone")}}) == false);
}

TEST_CASE("fs.list and fs.glob are sorted", "[fs]") {
  const FsTest test;
  for (const char* name : {"b.yaml", "a.yaml", ".hidden", "sub/c.yaml"}) {
    test.put(name, "");
  }
  CHECK(test("list", {{"path", test.root().string()}}) ==
        Json::array({".hidden", "a.yaml", "b.yaml", "sub"}));
  CHECK(test("glob", {{"pattern", "**/*.yaml"}}) ==
        Json::array({"a.yaml", "b.yaml", "sub/c.yaml"}));
  CHECK(test("glob", {{"pattern", "*"}, {"root", test.path("sub")}}) == Json::array({"c.yaml"}));
  CHECK(test("glob", {{"pattern", "*.none"}}) == Json::array());
  expect_error(Code::option_invalid, [&] { test("glob", {{"pattern", "/etc/*"}}); });
  expect_error(Code::file_not_found, [&] { test("list", {{"path", test.path("gone")}}); });
}

TEST_CASE("fs.copy copies files and trees, again and again", "[fs]") {
  const FsTest test;
  test.put("tree/a", "one");
  test.put("tree/deep/b", "two");
  ::chmod(test.path("tree/a").c_str(), 0750);
  fs::create_symlink("a", test.path("tree/link"));
  for (int i = 0; i < 2; ++i) {
    test("copy", {{"from", test.path("tree")}, {"to", test.path("other")}});
    CHECK(read_file(test.path("other/deep/b")) == "two");
    CHECK(fs::read_symlink(test.path("other/link")) == "a");
    CHECK(test.mode("other/a") == "0750");
  }
  test.put("tree/a", "changed");
  test("copy", {{"from", test.path("tree/a")}, {"to", test.path("other/a")}});
  CHECK(read_file(test.path("other/a")) == "changed");
  test("copy", {{"from", test.path("tree/a")}, {"to", test.path("x/y/a")}, {"parents", true}});
  CHECK(read_file(test.path("x/y/a")) == "changed");
  CHECK(glob_files(test.root(), "**/.*.tmp").empty());
}

TEST_CASE("fs.copy refuses what it cannot do", "[fs]") {
  const FsTest test;
  test.put("tree/a", "one");
  fs::create_directory(test.path("folder"));
  expect_error(Code::file_not_found, [&] {
    test("copy", {{"from", test.path("gone")}, {"to", test.path("x")}});
  });
  expect_error(Code::option_invalid, [&] {
    test("copy", {{"from", test.path("tree")}, {"to", test.path("tree/inside")}});
  });
  expect_error(Code::file_unwritable, [&] {
    test("copy", {{"from", test.path("tree/a")}, {"to", test.path("folder")}});
  });
  CHECK(fs::is_empty(test.path("folder")));
  CHECK(test.count() == 2);
}

TEST_CASE("fs.remove removes once, and is content afterwards", "[fs]") {
  const FsTest test;
  test.put("a", "");
  test.put("tree/deep/b", "");
  fs::create_symlink("tree", test.path("link"));
  CHECK(test("remove", {{"path", test.path("a")}}) == Json{{"removed", true}});
  CHECK(test("remove", {{"path", test.path("a")}}) == Json{{"removed", false}});
  expect_error(Code::option_invalid, [&] { test("remove", {{"path", test.path("tree")}}); });
  test("remove", {{"path", test.path("link")}, {"recursive", true}});
  CHECK(fs::exists(test.path("tree/deep/b")));
  test("remove", {{"path", test.path("tree")}, {"recursive", true}});
  CHECK(test.count() == 0);
}

TEST_CASE("fs.remove never removes the project or what holds it", "[fs]") {
  const FsTest test;
  for (const std::string& path :
       {test.root().string(), test.root().string() + "/", test.path("a/.."),
        test.root().parent_path().string(), std::string("/")}) {
    INFO(path);
    expect_error(Code::option_invalid, [&] {
      test("remove", {{"path", path}, {"recursive", true}});
    });
  }
  CHECK(fs::is_directory(test.root()));
}

TEST_CASE("fs.make_directory and fs.temp make folders", "[fs]") {
  const FsTest test;
  for (int i = 0; i < 2; ++i) {
    test("make_directory", {{"path", test.path("a/b")}});
    CHECK(fs::is_directory(test.path("a/b")));
  }
  test.put("file", "");
  expect_error(Code::file_unwritable, [&] {
    test("make_directory", {{"path", test.path("file")}});
  });
  const std::string first = test("temp", Json::object());
  const std::string second = test("temp", Json::object());
  CHECK(first != second);
  CHECK(first.starts_with(test.path("run/files/tmp-")));
  CHECK(fs::is_directory(second));
}
