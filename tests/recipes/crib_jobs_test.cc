// recipes/crib/02_deploy_jobspecs and 04_delete_ocr3_jobs, as an operator runs them.
#include <signal.h>

#include <atomic>

#include "tests/catch.h"
#include "tests/recipes/crib_cluster.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kJobs = "02_deploy_jobspecs";
constexpr const char* kDelete = "04_delete_ocr3_jobs";

/// As a cluster is when its contracts are deployed and configured.
struct Configured {
  explicit Configured(const std::vector<Json>& settings = {}) : cluster(chain, settings) {
    const Ran first = cluster.run(kContracts);
    INFO(first.err);
    REQUIRE(first.exit == 0);
  }
  int written() {
    int sum = 0;
    for (std::size_t node = 0; node < 5; ++node) {
      sum += cluster.node(node).count("jobs_created") + cluster.node(node).count("jobs_replaced");
    }
    return sum;
  }
  int replays() {
    int sum = 0;
    for (std::size_t node = 0; node < 5; ++node) {
      sum += cluster.node(node).count("replays");
    }
    return sum;
  }
  std::string job_names(std::size_t node) {
    std::string names;
    const Json held = cluster.node(node).state();
    for (const Json& job : held.at("jobs")) {
      names += job.at("attributes").at("name").get<std::string>() + ";";
    }
    return names;
  }
  CribChain chain;
  CribCluster cluster;
};

}  // namespace

TEST_CASE("02 puts one job on each node and replays once, and a second run changes nothing",
          "[crib]") {
  Configured at;
  const Ran first = at.cluster.run(kJobs);
  INFO(first.err);
  REQUIRE(first.exit == 0);
  CHECK(at.written() == 5);
  CHECK(at.replays() == 5);
  CHECK(at.job_names(0) == "Keystone boot;");
  CHECK(at.job_names(4) == "Keystone;");
  const Ran second = at.cluster.run(kJobs);
  INFO(second.err);
  CHECK(second.exit == 0);
  CHECK(at.written() == 5);
  CHECK(at.replays() == 5);
  CHECK_THAT(second.err, ContainsSubstring("nothing was to be done"));
  CHECK(at.cluster.run(kJobs, {"only_replay=true"}).exit == 0);
  CHECK(at.written() == 5);
  CHECK(at.replays() == 10);
}

TEST_CASE("02 replaces the job of another contract, and what has its name", "[crib]") {
  Configured at;
  REQUIRE(at.cluster.run(kJobs).exit == 0);
  const Ran fresh = at.cluster.run(kContracts, {"fresh_contracts=true"});
  REQUIRE(fresh.exit == 0);
  const Ran ran = at.cluster.run(kJobs);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(at.written() == 10);
  CHECK(at.replays() == 10);
  CHECK(at.job_names(0) == "Keystone boot;");
  const std::string contract = created_address(kFirstAccount, 7);
  CHECK(at.cluster.node(2).state().at("jobs").at(0).dump().find(contract) != std::string::npos);
}

TEST_CASE("02 finds a job that exists although the node said 500", "[crib]") {
  Configured at;
  at.cluster.node(1).fault({{"kind", "fail_after"}, {"method", "POST"}, {"path", "/v2/jobs"}});
  at.cluster.node(2).fault({{"kind", "drop_after"}, {"method", "POST"}, {"path", "/v2/jobs"}});
  const Ran ran = at.cluster.run(kJobs);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(at.written() == 5);
  CHECK(at.job_names(1) == "Keystone;");
  CHECK(at.job_names(2) == "Keystone;");
}

TEST_CASE("02 gives the nodes that answer their jobs, names the one that is down, and resumes",
          "[crib]") {
  Configured at;
  at.cluster.stop_node(2);
  const Ran ran = at.cluster.run(kJobs);
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err,
             ContainsSubstring("does not answer") && ContainsSubstring("its job waits for it"));
  at.cluster.start_node(2);
  CHECK(at.cluster.node(2).count("jobs_created") == 0);
  CHECK(at.written() == 4);
  const Ran resumed = at.cluster.resume();
  INFO(resumed.err);
  CHECK(resumed.exit == 0);
  CHECK(at.written() == 5);
  CHECK(at.replays() == 5);
}

TEST_CASE("A run of 02 that was killed before a replay is no reason to leave it out of the next",
          "[crib]") {
  Configured at;
  at.cluster.node(3).fault({{"kind", "fail"}, {"path", "/v2/replay_from_block"}, {"times", -1}});
  CHECK(at.cluster.run(kJobs).exit == 1);
  CHECK(at.cluster.node(3).count("replays") == 0);
  CHECK(at.cluster.type({"cancel", "@last"}).exit == 0);
  at.cluster.node(3).fault({{"kind", "none"}});
  const Ran ran = at.cluster.run(kJobs);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(at.cluster.node(3).count("replays") == 1);
  CHECK(at.written() == 5);
  CHECK(at.replays() == 5);
}

TEST_CASE("A run of 02 killed between a job and its replay, then a new run: the replay happens",
          "[crib]") {
  Configured at;
  std::atomic<int> engine = 0;
  at.cluster.node(3).on_request(ChainlinkNode::Moment::before, "POST", "/v2/replay_from_block",
                                [&] {
                                  if (engine != 0) {
                                    ::kill(engine, SIGKILL);
                                  }
                                });
  at.cluster.node(3).fault({{"kind", "fail"}, {"path", "/v2/replay_from_block"}, {"times", 1}});
  engine = at.cluster.start(kJobs);
  CHECK(wait_for(engine) == 128 + SIGKILL);
  engine = 0;
  CHECK(at.cluster.node(3).count("jobs_created") == 1);
  CHECK(at.cluster.node(3).count("replays") == 0);
  CHECK(at.cluster.type({"cancel", "@last"}).exit == 0);
  const Ran ran = at.cluster.run(kJobs);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK(at.written() == 5);
  CHECK(at.cluster.node(3).count("replays") == 1);
}

TEST_CASE("02 says what errors the jobs on the nodes have had, and that they are there", "[crib]") {
  Configured at;
  REQUIRE(at.cluster.run(kJobs).exit == 0);
  Json job = at.cluster.node(4).state().at("jobs").at(0);
  job["type"] = "jobs";
  job["attributes"]["errors"] = {{{"description", "no such binary"}, {"occurrences", 3}}};
  const Json list = {{"data", Json::array({job})}};
  at.cluster.node(4).fault({{"kind", "status"},
                            {"status", 200},
                            {"method", "GET"},
                            {"path", "/v2/jobs"},
                            {"times", -1},
                            {"body", list.dump()}});
  const Ran ran = at.cluster.run(kJobs);
  INFO(ran.err << ran.out);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("Keystone: no such binary (3 times)"));
  CHECK_THAT(ran.out, ContainsSubstring("nodes_with_problems: 1"));
  CHECK(at.written() == 5);
}

TEST_CASE("02 refuses templates that make no job before it acts, and a resume reads them again",
          "[crib]") {
  Configured at;
  const std::filesystem::path source = SOURCE_FOLDER;
  std::filesystem::copy(source / "recipes/crib/templates/seed", at.cluster.path() / "own");
  at.cluster.edit("own/oracle.toml", "{{ chain_id }}", "{{ chain }}");
  const Ran ran = at.cluster.run(kJobs, {"templates=own"});
  INFO(ran.err);
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("the template has {{ chain }}"));
  CHECK(at.written() == 0);
  at.cluster.edit("own/oracle.toml", "{{ chain }}", "{{ chain_id }}");
  CHECK(at.cluster.resume().exit == 0);
  CHECK(at.written() == 5);
}

TEST_CASE("02 says what is missing before there are contracts or a configuration", "[crib]") {
  CribChain chain;
  CribCluster cluster(chain);
  const Ran ran = cluster.run(kJobs);
  INFO(ran.err);
  CHECK(ran.exit == 2);
  CHECK_THAT(ran.err, ContainsSubstring("crib-test has no OCR3 contract on this chain") &&
                          ContainsSubstring("01_deploy_contracts"));
}

TEST_CASE("04 deletes the jobs of the contract and of our names, and finds them gone the next time",
          "[crib]") {
  Configured at;
  REQUIRE(at.cluster.run(kJobs).exit == 0);
  const Ran ran = at.cluster.run(kDelete);
  INFO(ran.err << ran.out);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.err, ContainsSubstring("deleted job"));
  for (std::size_t node = 0; node < 5; ++node) {
    CHECK(at.job_names(node).empty());
  }
  const Ran again = at.cluster.run(kDelete);
  CHECK(again.exit == 0);
  CHECK_THAT(again.err, ContainsSubstring("nothing was to be done"));
  // What was replayed for the old jobs, the new ones have not seen.
  CHECK(at.cluster.run(kJobs).exit == 0);
  CHECK(at.written() == 10);
  CHECK(at.replays() == 10);
}

TEST_CASE("04 finds the jobs of our names once what was deployed is forgotten", "[crib]") {
  Configured at;
  REQUIRE(at.cluster.run(kJobs).exit == 0);
  at.cluster.folder().write("forget.lua",
                            "recipe { name = 'forget', summary = 'as a clean deployment does' }\n"
                            "local state = require 'state'\n"
                            "step('forget', function()\n"
                            "  for key in pairs(state.list 'crib/') do\n"
                            "    state.put(key, false)\n"
                            "  end\n"
                            "end)\n");
  REQUIRE(at.cluster.type({"run", "forget.lua"}).exit == 0);
  const Ran ran = at.cluster.run(kDelete);
  INFO(ran.err);
  CHECK(ran.exit == 0);
  CHECK_THAT(ran.out, ContainsSubstring("jobs_deleted: 5"));
}
