// runbook meta: definitions for editors, to stdout or as one file per module.

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "engine/base/file.h"
#include "engine/cli/command.h"
#include "engine/cli/definitions.h"
#include "engine/lua/module.h"

namespace runbook {

namespace {

/// Without a name it is about globals; with one it is what `require` of the name gives.
std::string meta_file(std::string_view name, const std::string& definitions) {
  return name.empty() ? "--- @meta _\n\n" + definitions
                      : fmt::format("--- @meta {}\n\n{}return {}\n", name, definitions, name);
}

void write_folder(const std::filesystem::path& folder, const std::vector<Module>& modules) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    refuse(Code::file_unwritable, fmt::format("{}: {}", folder.string(), failed.message()));
  }
  const auto write = [&](std::string_view file, const std::string& content) {
    constexpr int kForAll = 0644;
    write_file_atomically(folder / fmt::format("{}.lua", file), content, kForAll);
  };
  write("globals", meta_file("", global_definitions()));
  write("data", meta_file("data", data_definitions()));
  for (const Module& module : modules) {
    write(module.name, meta_file(module.name, module_definitions(module)));
  }
}

int meta(Context& context) {
  const std::vector<Module> modules = context.modules();
  if (context.arguments.has("write")) {
    const std::filesystem::path folder = std::filesystem::absolute(context.arguments.text("write"));
    write_folder(folder, modules);
    context.err.write(
        fmt::format("{} files for editors in {}; name the folder in .luarc.json: "
                    "\"workspace.library\"\n",
                    modules.size() + 2, folder.string()));
    return 0;
  }
  std::string all = global_definitions() + "\n" + data_definitions();
  for (const Module& module : modules) {
    all += module_definitions(module);
  }
  context.out.write(meta_file("", all));
  return 0;
}

}  // namespace

Command meta_command() {
  using enum CommandParameter::Count;
  return {"Housekeeping",
          "meta",
          "definitions that let editors complete and check recipes (LuaCATS)",
          {{"--write", "FOLDER", "as files there, one per module, as editors want it", optional}},
          meta};
}

}  // namespace runbook
