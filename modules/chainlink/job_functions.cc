// jobs, job, runs: declared and called.

#include <fmt/format.h>

#include "modules/chainlink/functions.h"
#include "modules/chainlink/jobs.h"

namespace runbook::chainlink {

namespace {

constexpr std::int64_t kMostRuns = 1'000;

Task<Json> jobs(Call& call) {
  Node node(call);
  Json result = Json::array();
  const std::vector<Resource> found = co_await all_pages(node, kJobs);
  for (const Resource& job : found) {
    result.push_back(job_of(node, job));
  }
  co_return result;
}

Task<Json> job(Call& call) {
  Node node(call);
  const std::optional<Resource> found = co_await find_selected(node);
  co_return found ? whole_job_of(node, *found) : Json();
}

Json run_of(const Node& node, const Resource& run) {
  Json result = {{"id", run.id},
                 {"state", text_or_null(node, run.attributes, "state")},
                 {"created_at", text_or_null(node, run.attributes, "createdAt")},
                 {"finished_at", text_or_null(node, run.attributes, "finishedAt")}};
  for (const char* name : {"outputs", "errors"}) {
    result[name] = run.attributes.value(name, Json());
  }
  return result;
}

Task<Json> runs(Call& call) {
  const std::int64_t limit = call.integer_or("limit", 0);
  if (limit < 1 || limit > kMostRuns) {
    refuse(Code::option_invalid, fmt::format("limit must be from 1 to {}", kMostRuns));
  }
  Node node(call);
  std::string path =
      fmt::format("{}/runs?size={}&page=1", job_path(digits_option(call, "job")), limit);
  const Json document = co_await node.get(std::move(path));
  Json result = Json::array();
  for (const Resource& run : resources_of(node, document)) {
    result.push_back(run_of(node, run));
  }
  co_return result;
}

}  // namespace

std::vector<Function> job_functions() {
  return {{.name = "jobs",
           .effect = Effect::read,
           .summary = "Lists all jobs of the node, of all pages.",
           .options = with_connection({}),
           .returns = "list of { id, name, type, external_id, contract_id, workflow_id, "
                      "workflow_owner, workflow_name, errors = { { description, occurrences } } "
                      "}; what a job's type has not is nil",
           .errors = with_connection_errors({Code::chainlink_not_found}),
           .example = RB_CHAINLINK_NODE
           "local jobs = step(\"list the jobs\", function() return node:jobs() end)\n"
           "output { jobs = #jobs }",
           .run = jobs},
          {.name = "job",
           .effect = Effect::read,
           .summary = "Reads one job by id, externalJobID or name.",
           .options = with_connection(selecting_options()),
           .returns = "as jobs, with { schema_version, spec, pipeline } as the node writes them; "
                      "nil if there is no such job",
           .errors = with_connection_errors({}),
           .example = RB_CHAINLINK_NODE "local job = step(\"look for the job\", function()\n"
                                        "  return node:job { name = \"Keystone boot\" }\n"
                                        "end)\n"
                                        "output { found = job ~= nil }",
           .run = job},
          {.name = "runs",
           .effect = Effect::read,
           .summary = "Lists the latest runs of a job.",
           .options = with_connection({{.name = "job",
                                        .type = Type::data,
                                        .required = Required::yes,
                                        .help = "the node's own number of the job"},
                                       {.name = "limit",
                                        .type = Type::integer,
                                        .help = "how many, at most 1000",
                                        .fallback = 25}}),
           .returns = "list of { id, state, created_at, finished_at, outputs, errors }",
           .errors = with_connection_errors({Code::chainlink_not_found}),
           .example = RB_CHAINLINK_NODE "local runs = step(\"look at the last runs\", function()\n"
                                        "  local job = node:job { name = \"Keystone boot\" }\n"
                                        "  return job and node:runs { job = job.id, limit = 5 }\n"
                                        "end)\n"
                                        "output { runs = runs and #runs }",
           .run = runs}};
}

}  // namespace runbook::chainlink
