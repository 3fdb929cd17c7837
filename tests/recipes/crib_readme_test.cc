// The commands of recipes/crib/README.md, as they are written, on anvil, ten stand-in nodes and
// tools that answer as recorded.
#include <map>

#include "tests/catch.h"
#include "tests/cli/markdown.h"
#include "tests/recipes/crib_dons.h"
#include "tests/recipes/crib_tools.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr int kWaitsForApproval = 10;

/// What this machine has instead of a cluster, by what the recipe takes.
std::string more_for(const std::string& recipe) {
  const std::string chain = " -p chain_id=31337";
  const std::string folder = " -p devspace_folder=crib";
  const std::string until = " -p at=2130-01-31T12:00:00Z";
  const std::map<std::string, std::string> pods = {{"deploy", chain + folder + until},
                                                   {"ttl", until},
                                                   {"purge", chain + folder},
                                                   {"fresh", chain + folder + until},
                                                   {"preprovision", ""}};
  if (pods.contains(recipe)) {
    return pods.at(recipe);
  }
  const std::string list = " -p node_list=nodes.txt";
  return recipe == "07_delete_workflows" ? list
         : recipe == "03_gen_crib"       ? list + chain + folder + " -p outpath=crib"
                                         : list + chain;
}

/// "runbook run recipes/crib/RECIPE …" with what this machine has.
std::string as_here(std::string command) {
  const std::string context = "main-stage-cluster-crib";
  if (const std::size_t at = command.find(context); at != std::string::npos) {
    command.replace(at, context.size(), "x");
  }
  const std::string begin = "runbook run recipes/crib/";
  const std::size_t end = command.find_first_of(" \\\n", begin.size());
  return command + more_for(command.substr(begin.size(), end - begin.size()));
}

void prepare(Tools& tools) {
  tools.deploys("crib-a");
  tools.devspace.play("deploy-tag", Tools::on("crib-a", {"deploy", "--override-image-tag=v2.14.0"}),
                      text_of("devspace", "deploy.out"));
  tools.kubectl.play(
      "delete-pods",
      {"--context=x", "--namespace=crib-a", "delete", "--wait=true", "--timeout=600s",
       "--ignore-not-found", "--output=name", "pods", "--selector=app=app"},
      "");
  tools.purges("crib-a", "crib-henry-2");
}

Ran shell(CribCluster& cluster, const std::string& command) {
  Environment environment = kSettings;
  environment["KEYSTONE_ACCOUNT_KEY"] = kFirstKey;
  environment["KEYSTONE_ETH_HTTP_URL"] = cluster.chain().url();
  environment["DEVSPACE_NAMESPACE"] = "crib-a";
  environment["PATH"] = std::filesystem::path(RUNBOOK_BINARY).parent_path().string() + ":" +
                        std::string(getenv("PATH"));
  return run_program({"/bin/sh", "-euc", command}, cluster.path(), environment);
}

}  // namespace

TEST_CASE("The commands of the README can be typed one after the other", "[crib]") {
  Tools tools;
  prepare(tools);
  int typed = 0;
  for (const Snippet& snippet : readme_snippets()) {
    if (snippet.language != "sh" || !snippet.place.starts_with("recipes/crib/README.md")) {
      continue;
    }
    CribChain chain;
    CribCluster cluster(chain, two_dons());
    std::filesystem::create_directory(cluster.path() / "crib");
    for (const char* contract : {"OCR3Capability", "KeystoneForwarder", "CapabilitiesRegistry",
                                 "VerifierProxy", "Verifier"}) {
      const std::string era = std::string(contract) == "OCR3Capability"      ? "Multichain"
                              : std::string(contract) == "KeystoneForwarder" ? "Versioned"
                                                                             : "";
      const bool late = snippet.text.find("recipes/crib/provision") != std::string::npos;
      const std::string name = std::string(contract) + ".bin";
      std::filesystem::create_symlink("bytecode/" + (late ? era : "") + name,
                                      cluster.path() / name);
    }
    for (const std::string& command : commands_of(snippet)) {
      if (command.starts_with("runbook run ")) {
        const Ran ran = shell(cluster, as_here(command));
        INFO(command << "\n" << ran.out << ran.err);
        const bool asks = command.find("/purge") != std::string::npos ||
                          command.find("/fresh") != std::string::npos;
        CHECK(ran.exit == (asks ? kWaitsForApproval : 0));
        if (asks) {
          CHECK(shell(cluster, "runbook cancel @last").exit == 0);
        }
        ++typed;
      }
    }
  }
  CHECK(typed >= 14);
}
