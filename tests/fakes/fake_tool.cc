#include "tests/fakes/fake_tool.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>

#include "engine/base/file.h"
#include "tests/catch.h"

namespace runbook::test {

namespace {

std::filesystem::path script() {
  return std::filesystem::path(__FILE__).parent_path() / "fake_tool.sh";
}

std::string content(const std::filesystem::path& file, const std::string& otherwise = {}) {
  return std::filesystem::exists(file) ? read_file(file) : otherwise;
}

void put(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace

FakeTool::FakeTool(std::string name, std::filesystem::path recorded)
    : name_(std::move(name)), recorded_(std::move(recorded)), path_before_(getenv("PATH")) {
  std::filesystem::copy_file(script(), folder_.path() / name_);
  std::filesystem::permissions(folder_.path() / name_, std::filesystem::perms::owner_all);
  std::filesystem::create_directory(folder_.path() / (name_ + ".cases"));
  setenv("PATH", path_variable().c_str(), 1);
}

FakeTool::~FakeTool() {
  setenv("PATH", path_before_.c_str(), 1);
  CHECK(take_unrecorded() == "");
}

void FakeTool::play(const std::vector<std::string>& cases) {
  for (const std::string& name : cases) {
    const std::filesystem::path from = recorded_ / name;
    REQUIRE(std::filesystem::exists(from.string() + ".argv"));
    const std::filesystem::path folder =
        folder_.path() / (name_ + ".cases") / fmt::format("{:03}-{}", cases_++, name);
    std::filesystem::create_directory(folder);
    for (const char* part : {"argv", "out", "err"}) {
      put(folder / part, content(from.string() + "." + part));
    }
    put(folder / "rc", content(from.string() + ".rc", "0\n"));
    if (std::filesystem::exists(from.string() + ".in")) {
      put(folder / "in", content(from.string() + ".in"));
    }
  }
}

void FakeTool::play(const std::string& name, const std::vector<std::string>& arguments,
                    const std::string& out, const std::string& err, int exit) {
  const std::filesystem::path folder =
      folder_.path() / (name_ + ".cases") / fmt::format("{:03}-{}", cases_++, name);
  std::filesystem::create_directory(folder);
  put(folder / "argv", fmt::format("{}\n", fmt::join(arguments, "\n")));
  put(folder / "out", out);
  put(folder / "err", err);
  put(folder / "rc", fmt::format("{}\n", exit));
}

void FakeTool::before(const std::string& name, const std::string& shell) const {
  put(case_of(name) / "before", shell + "\n");
}

std::vector<std::string> FakeTool::played() const {
  std::istringstream lines(content(folder_.path() / (name_ + ".played")));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    names.push_back(line.substr(line.find('-') + 1));
  }
  return names;
}

std::string FakeTool::take_unrecorded() {
  const std::filesystem::path file = folder_.path() / (name_ + ".unrecorded");
  const std::string asked = content(file);
  std::filesystem::remove(file);
  return asked;
}

std::string FakeTool::path_variable() const {
  return folder_.path().string() + ":" + path_before_;
}

std::filesystem::path FakeTool::case_of(const std::string& name) const {
  for (const auto& entry :
       std::filesystem::directory_iterator(folder_.path() / (name_ + ".cases"))) {
    const std::string found = entry.path().filename().string();
    if (found.substr(found.find('-') + 1) == name) {
      return entry.path();
    }
  }
  throw std::runtime_error("no case " + name + " is played");
}

}  // namespace runbook::test
