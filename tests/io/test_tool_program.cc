#include <filesystem>

#include "engine/base/file.h"
#include "engine/io/tool_program.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/catch.h"
#include "tests/io/process_fixture.h"

using namespace runbook;

namespace {

const ToolProgram kTool{.name = "cluster",
                        .version_arguments = {"version", "--client"},
                        .version_in = first_version,
                        .install = "https://example.com/install"};

Task<void> find_into(Processes& processes, std::string path_variable, CancelPtr cancel,
                     InstalledTool& found) {
  found = co_await find_tool(processes, kTool, path_variable, "/", cancel);
}

/// Looks for the tool where a shell script of this text stands for it.
class ToolFolder {
 public:
  explicit ToolFolder(const std::string& script) {
    const std::filesystem::path program = folder_.path() / "cluster";
    write_file_atomically(program, "#!/bin/sh\n" + script);
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  }
  std::string path() const { return (folder_.path() / "cluster").string(); }
  InstalledTool find(CancelPtr cancel = nullptr) {
    ProcessFixture fixture;
    InstalledTool found;
    fixture.loop.spawn(find_into(fixture.processes, folder_.path().string(), cancel, found));
    fixture.loop.run();
    return found;
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("The version of a tool is the first dotted number it prints", "[tool]") {
  CHECK(first_version("kubectl v1.32.4 (linux/amd64)") == "1.32.4");
  CHECK(first_version("Client Version: v1.30.0\nKustomize Version: v5.0.4") == "1.30.0");
  CHECK(first_version("jq-1.6") == "1.6");
  CHECK(first_version("build 7 of 2.1.") == "2.1");
  CHECK(first_version("build 7") == "");
  CHECK(first_version("7") == "");
  CHECK(first_version("") == "");
}

TEST_CASE("A tool is found on the given PATH and asked for its version", "[tool]") {
  ToolFolder tools("[ \"$*\" = 'version --client' ] && echo 'Client Version: v1.32.4'");
  const InstalledTool found = tools.find();
  CHECK(found.path == tools.path());
  CHECK(found.version == "1.32.4");
}

TEST_CASE("A tool that is not on PATH says how to get it", "[tool]") {
  ProcessFixture fixture;
  InstalledTool found;
  fixture.loop.spawn(find_into(fixture.processes, "/nonexistent", nullptr, found));
  const Error error = expect_error(Code::tool_missing, [&] { fixture.loop.run(); });
  CHECK(error.message == "cluster is not on PATH");
  CHECK_THAT(error.hint, ContainsSubstring("https://example.com/install"));
  CHECK(error.effect == EffectDone::none);
}

TEST_CASE("A tool that does not say its version is refused with what it said", "[tool]") {
  ToolFolder failing("echo 'cannot load libcluster' >&2; exit 127");
  CHECK_THAT(expect_error(Code::tool_version, [&] { failing.find(); }).message,
             ContainsSubstring("does not say its version: cannot load libcluster"));
  ToolFolder silent("echo unreleased");
  CHECK_THAT(expect_error(Code::tool_version, [&] { silent.find(); }).message,
             ContainsSubstring("does not say its version: unreleased"));
}

TEST_CASE("A tool that is cancelled while it says its version is no missing one", "[tool]") {
  ToolFolder tools("kill -INT $$; sleep 60");
  const CancelPtr cancel = Cancel::root();
  cancel->request(CancelReason::stop, StopLevel::terminate);
  CHECK_THROWS_AS(tools.find(cancel), Cancelled);
}

TEST_CASE("A version outside the range names the tool, its version and the range", "[tool]") {
  const InstalledTool installed{"/opt/cluster", "1.26.3"};
  require_version(kTool, installed, "*");
  require_version(kTool, installed, "<1.27");
  const Error error =
      expect_error(Code::tool_version, [&] { require_version(kTool, installed, ">=1.27, <2"); });
  CHECK(error.message == "/opt/cluster is 1.26.3, and >=1.27, <2 is needed");
  CHECK_THAT(error.hint, ContainsSubstring("https://example.com/install"));
}
