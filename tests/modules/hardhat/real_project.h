#pragma once
// The project of project/ in a folder of its own, with the real Hardhat of the second tier, driven
// by recipes of the real program.

#include <fmt/core.h>

#include "engine/base/file.h"
#include "tests/catch.h"
#include "tests/modules/eth/node.h"

namespace runbook::test {

class RealProject {
 public:
  explicit RealProject(const std::string& body) {
    namespace fs = std::filesystem;
    fs::copy(fs::path(__FILE__).parent_path() / "project", folder_.path(),
             fs::copy_options::recursive);
    fs::create_directory_symlink(real_cache() / "hardhat/node_modules",
                                 folder_.path() / "node_modules");
    write_recipe(body);
  }

  /// `hardhat` and `p.rpc`, `p.key` are there; `result` is what the run puts out.
  void write_recipe(const std::string& body) const {
    folder_.write("r.lua",
                  "local hardhat = require 'hardhat'\n"
                  "local p = recipe { params = {\n"
                  "  rpc = param.url { env = 'RPC', default = 'http://127.0.0.1:1' },\n"
                  "  key = param.secret { env = 'KEY' },\n"
                  "} }\n" +
                      body);
  }
  Ran type(const std::vector<std::string>& arguments) const {
    return run_runbook(arguments, folder_.path(), environment());
  }
  Ran run() const { return type({"run", "r.lua"}); }
  int start() const { return start_runbook({"run", "r.lua"}, folder_.path(), environment()); }
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  void write(const std::string& name, const std::string& text) const { folder_.write(name, text); }
  std::string read(const std::string& name) const { return folder_.read(name); }
  Json deployment(const std::string& name) const {
    return Json::parse(read("deployments/local/" + name + ".json"));
  }

  std::string url = "http://127.0.0.1:1";
  std::string key = kFirstKey;

 private:
  Environment environment() const {
    return {{"RPC", url}, {"KEY", key}, {"HOME", folder_.path().string()}};
  }

  Folder folder_;
};

/// A step that deploys to `local` with the key of the recipe, given these further options.
inline std::string deploys(const std::string& more = {}) {
  return fmt::format(
      "local r = step('deploy', function()\n"
      "  return hardhat.deploy {{ network = 'local', {}\n"
      "    env = {{ RPC_URL = p.rpc, DEPLOYER_KEY = p.key }} }}\n"
      "end)\n"
      "local new = 0\n"
      "for _, c in pairs(r.contracts) do if c.new then new = new + 1 end end\n"
      "output {{ counter = r.contracts.Counter.address, new = new }}\n",
      more);
}

}  // namespace runbook::test
