// The module as recipes meet it: by the real program.
#include <fstream>

#include "engine/lua/module.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/modules/chainlink/node_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

struct NodeProject {
  Ran run(const std::string& recipe) const {
    folder.write("r.lua", recipe);
    return run_runbook({"run", "r.lua"}, folder.path(),
                       {{"NODE_URL", node.url()}, {"NODE_PASSWORD", kPassword}});
  }

  ChainlinkNode node;
  Folder folder;
};

/// Whether any file below the folder holds the text.
bool is_kept(const std::filesystem::path& folder, const std::string& text) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) {
      continue;
    }
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(file)), {});
    if (whole.find(text) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("The example of each primitive of the module runs", "[chainlink]") {
  for (const Function& function : chainlink_module().functions) {
    const NodeProject project;
    const Ran ran = project.run(std::string(function.example));
    INFO(function.name << "\n" << ran.err);
    CHECK(ran.exit == 0);
  }
}

TEST_CASE("A handle's methods take what the primitives take", "[chainlink]") {
  const NodeProject project;
  const std::string handle = R"lua(
local node = require('chainlink').node {
  name = 'node-3', url = env 'NODE_URL', email = 'admin@chain.link',
  password = secret('node', { env = 'NODE_PASSWORD' }), timeout = '5s',
}
)lua";
  const Ran read = project.run(handle + R"lua(
local all = step('ask', function()
  return { keys = node:eth_keys { chain_id = '11155111' }, none = node:job { name = 'none' } }
end)
output { rich = all.keys[1].balance > bigint('0.5 ether'), none = all.none == nil, name = node.name }
)lua");
  INFO(read.err);
  CHECK(read.exit == 0);
  CHECK(read.out == "name: node-3\nnone: true\nrich: true\n");
  const Ran failed =
      project.run(handle + "step('fail', function() return node:runs { job = 7 } end)");
  CHECK(failed.exit == 1);
  CHECK_THAT(failed.err,
             ContainsSubstring("RB3405") && ContainsSubstring("node-3 (http://127.0.0.1"));
}

TEST_CASE("Neither the password nor the cookie of a session is kept or said", "[chainlink]") {
  const NodeProject project;
  HttpServer mirror([&](const SeenRequest& request) {
    if (request.target == "/sessions") {
      return reply(200, "{}", {{"Set-Cookie", "clsession=0123456789abcdef; Path=/"}});
    }
    return reply(422,
                 "{\"errors\":[{\"detail\":\"cookie " + request.headers.at("cookie") + "\"}]}");
  });
  const Ran ran = project.run(R"lua(
local node = require('chainlink').node {
  url = ')lua" + mirror.url("") +
                              R"lua(', email = 'admin@chain.link',
  password = secret('node', { env = 'NODE_PASSWORD' }),
}
step('create', function() return node:create_aptos_key() end)
)lua");
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, ContainsSubstring("RB3404"));
  for (const std::string text : {"0123456789abcdef", kPassword}) {
    CHECK((ran.out + ran.err).find(text) == std::string::npos);
    CHECK_FALSE(is_kept(project.folder.path(), text));
  }
}

TEST_CASE("A node that a recipe may not reach is not asked", "[chainlink]") {
  const NodeProject project;
  const Ran ran = project.run(R"lua(
recipe { name = 'r', allow = { net = { 'node.example' } } }
local chainlink = require 'chainlink'
step('ask', function() return chainlink.health { url = env 'NODE_URL' } end)
)lua");
  CHECK(ran.exit == 30);
  CHECK(project.node.count("requests") == 0);
}

TEST_CASE("A run says that it waits for a node that takes no more requests", "[chainlink]") {
  NodeProject project;
  project.node.fault({{"kind", "limit"}, {"path", "/v2/keys"}, {"times", 1}, {"retry_after", "1"}});
  project.folder.write("r.lua", R"lua(
local node = require('chainlink').node {
  name = 'node-3', url = env 'NODE_URL', email = 'admin@chain.link',
  password = secret('node', { env = 'NODE_PASSWORD' }),
}
step('ask', function() return #node:p2p_keys() end)
)lua");
  const Ran ran = run_runbook({"run", "r.lua", "--output", "json"}, project.folder.path(),
                              {{"NODE_URL", project.node.url()}, {"NODE_PASSWORD", kPassword}});
  INFO(ran.out);
  CHECK(ran.exit == 0);
  const std::size_t at = ran.out.find("step.waiting");
  REQUIRE(at != std::string::npos);
  CHECK_THAT(ran.out.substr(at), ContainsSubstring("takes no more requests for now"));
}
