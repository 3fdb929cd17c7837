// recipes/crib/lib, through the real program: every case is a recipe of tests/recipes/crib that
// asserts.
#include "tests/catch.h"
#include "tests/cli/program.h"

using namespace runbook::test;

namespace {

/// A project with copies of the library, its templates and the data of the tests.
class CribProject {
 public:
  CribProject() {
    const std::filesystem::path source = SOURCE_FOLDER;
    copy(source / "recipes/crib/lib", "lib");
    copy(source / "recipes/crib/templates", "templates");
    copy(source / "tests/recipes/crib/data", "data");
  }

  Ran run(const std::string& recipe, const Environment& environment = {}) const {
    std::filesystem::copy_file(std::filesystem::path(SOURCE_FOLDER) / "tests/recipes/crib" / recipe,
                               folder_.path() / recipe);
    Ran ran = run_runbook({"run", recipe, "--output", "plain"}, folder_.path(), environment);
    INFO(ran.out << ran.err);
    CHECK(ran.exit == 0);
    return ran;
  }
  const Folder& folder() const { return folder_; }

 private:
  void copy(const std::filesystem::path& from, const std::string& name) {
    std::filesystem::copy(from, folder_.path() / name, std::filesystem::copy_options::recursive);
  }

  Folder folder_;
};

/// The one line of its output that is no secret.
std::string offchain_config(const Ran& ran) {
  const std::size_t begin = ran.out.find("offchain_config: 0x");
  REQUIRE(begin != std::string::npos);
  return ran.out.substr(begin, ran.out.find('\n', begin) - begin);
}

}  // namespace

TEST_CASE("OCR3 configs, calls and digests are those that others computed", "[crib]") {
  CHECK_THAT(CribProject().run("ocr3_vectors.lua").out,
             ContainsSubstring("vectors: 3") && ContainsSubstring("scenarios: 29"));
}

TEST_CASE("An OCR3 config that nodes would refuse is refused, and differences are named",
          "[crib]") {
  CribProject().run("ocr3_refusals.lua");
}

TEST_CASE("A seed makes the same OCR3 secrets again, and they stay secrets", "[crib]") {
  const CribProject project;
  const Ran ran = project.run("ocr3_secrets.lua", {{"OCR_SEED", "correct-horse-battery"}});
  CHECK_THAT(ran.out, ContainsSubstring("key: [secret ") && ContainsSubstring("secret: [secret "));
  const auto run_again = [&](const std::string& seed) {
    return run_runbook({"run", "ocr3_secrets.lua", "--fresh"}, project.folder().path(),
                       {{"OCR_SEED", seed}});
  };
  CHECK(offchain_config(run_again("correct-horse-battery")) == offchain_config(ran));
  CHECK(offchain_config(run_again("another-horse-battery")) != offchain_config(ran));
}

TEST_CASE("Job specs are those of the original tools, and have the same id every time", "[crib]") {
  CribProject().run("jobspecs.lua");
}

TEST_CASE("Overrides are those of the original tools", "[crib]") {
  CribProject().run("overrides.lua");
}

TEST_CASE("The capabilities registry is told what others computed", "[crib]") {
  CribProject().run("capabilities.lua");
}

TEST_CASE("Of a node's keys the right ones are chosen, or somebody is asked", "[crib]") {
  CribProject().run("keys.lua");
}
