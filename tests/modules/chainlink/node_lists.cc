// The jobs, replays and bridges of the stand-in.
#include <fmt/format.h>

#include <algorithm>

#include "tests/modules/chainlink/node_api.h"
#include "tests/modules/chainlink/node_jobs.h"

namespace runbook::test {

namespace {

constexpr int kJobsAPage = 1000;
constexpr int kOthersAPage = 25;

/// As a node says it: the TOML and the runs are what the stand-in alone knows.
Json shown_job(Json job) {
  job.erase("toml");
  job.erase("runs");
  return job;
}

}  // namespace

NodeAnswer NodeState::page(const SeenRequest& request, Json list, int otherwise) const {
  const std::string wanted = query_of(request.target, "size");
  const std::string number = query_of(request.target, "page");
  const auto size = static_cast<std::size_t>(is_number(wanted) ? std::stoi(wanted) : otherwise);
  const auto page = static_cast<std::size_t>(is_number(number) ? std::stoi(number) : 1);
  if (size == 0 || page == 0) {
    return node_error(422, "invalid page or size");
  }
  Json shown = Json::array();
  for (std::size_t at = (page - 1) * size; at < std::min(page * size, list.size()); ++at) {
    shown.push_back(list[at]);
  }
  NodeAnswer answer = node_document(shown.empty() ? Json() : shown);
  answer.body["meta"] = {{"count", list.size()}};
  answer.body["links"] = Json::object();
  if (page * size < list.size()) {
    answer.body["links"]["next"] =
        fmt::format("{}?page={}&size={}", path_of(request.target), page + 1, size);
  }
  return answer;
}

Json::iterator NodeState::find_job(const std::string& id) {
  return std::ranges::find_if(held_["jobs"], [&](const Json& job) {
    return job.at("id") == id || job.at("attributes").at("externalJobID") == id;
  });
}

NodeAnswer NodeState::jobs(const SeenRequest& request, const std::string& path) {
  if (path == "/v2/jobs") {
    if (request.method == "POST") {
      return create_job(request.body, "");
    }
    Json all = Json::array();
    for (const Json& job : held_.at("jobs")) {
      all.push_back(shown_job(job));
    }
    return page(request, std::move(all), kJobsAPage);
  }
  std::string id = part_after(path, "/v2/jobs/");
  const bool wants_runs = id.ends_with("/runs");
  id = id.substr(0, id.find('/'));
  if (!is_number(id) && (id.size() != 36 || request.method != "GET")) {
    return node_error(422, fmt::format("strconv.ParseInt: parsing \"{}\": invalid syntax", id));
  }
  const auto job = find_job(id);
  if (job == held_["jobs"].end()) {
    return node_error(404, request.method == "GET" ? "job not found" : "JobSpec not found");
  }
  if (wants_runs) {
    return page(request, job->value("runs", Json::array()), kOthersAPage);
  }
  if (request.method == "DELETE") {
    held_["jobs"].erase(job);
    count_one("jobs_deleted");
    return {204, nullptr};
  }
  return request.method == "PUT" ? create_job(request.body, id) : node_document(shown_job(*job));
}

NodeAnswer NodeState::half_replace(const SeenRequest& request) {
  const auto job = find_job(part_after(path_of(request.target), "/v2/jobs/"));
  if (job != held_["jobs"].end()) {
    held_["jobs"].erase(job);
  }
  save();
  return node_error(500, "CreateJobFailed: context deadline exceeded");
}

NodeAnswer NodeState::create_job(const std::string& body, const std::string& id) {
  const Json asked = Json::parse(body, nullptr, false);
  if (!asked.is_object() || !asked.value("toml", Json()).is_string()) {
    return node_error(422, "invalid character 'x' looking for beginning of value");
  }
  const int next = held_.at("next_job");
  const std::string toml = asked.at("toml");
  const std::string own = id.empty() ? std::to_string(next) : id;
  const SpecCheck checked = check_spec(toml, own, settings_, held_, id);
  if (!checked.ok) {
    return checked.refusal;
  }
  Json job = resource("jobs", own, checked.attributes);
  job["attributes"]["pipelineSpec"] = {{"id", next}, {"jobID", 0}, {"dotDagSource", ""}};
  held_["next_job"] = next + 1;
  Json answer = job;
  job["toml"] = toml;
  if (!id.empty()) {
    *find_job(id) = job;
    count_one("jobs_replaced");
    return node_document(answer);
  }
  held_["jobs"].push_back(job);
  count_one("jobs_created");
  return node_document(answer);
}

NodeAnswer NodeState::replay(const SeenRequest& request, const std::string& path) {
  const std::string block = part_after(path, "/v2/replay_from_block/");
  const std::string chain = query_of(request.target, "evmChainID");
  if (!is_number(block)) {
    return node_error(422, fmt::format("strconv.ParseInt: parsing \"{}\": invalid syntax", block));
  }
  const Json& known = settings_.at("chain_ids");
  if (std::ranges::count(known, Json(chain)) == 0) {
    return node_error(422, "chain id does not match any local chains: " + chain);
  }
  held_["replays"].push_back({{"block", std::stoi(block)},
                              {"chain_id", chain},
                              {"force", query_of(request.target, "force") == "true"}});
  count_one("replays");
  return node_document(
      resource("replay", "replayID", {{"message", "Replay started"}, {"evmChainID", chain}}));
}

NodeAnswer NodeState::bridges(const SeenRequest& request, const std::string& path) {
  Json& held = held_["bridges"];
  const std::string name = part_after(path, "/v2/bridge_types/");
  const Json given = Json::parse(request.body, nullptr, false);
  const auto bridge =
      std::ranges::find_if(held, [&](const Json& one) { return one.at("id") == name; });
  if (path == "/v2/bridge_types" && request.method == "GET") {
    return page(request, held, kOthersAPage);
  }
  if (path == "/v2/bridge_types" && request.method == "POST") {
    const std::string id = given.value("name", std::string());
    if (std::ranges::any_of(held, [&](const Json& one) { return one.at("id") == id; })) {
      return node_error(400, fmt::format("Bridge Type {} already exists", id));
    }
    Json made = resource("bridges", id,
                         {{"name", id},
                          {"url", given.value("url", Json())},
                          {"confirmations", given.value("confirmations", 0)},
                          {"minimumContractPayment", given.value("minimumContractPayment", "0")},
                          {"outgoingToken", "an outgoing token"}});
    held.push_back(made);
    count_one("bridges_created");
    made["attributes"]["incomingToken"] = "an incoming token";
    return node_document(made);
  }
  if (bridge == held.end()) {
    return node_error(404, "bridge not found");
  }
  if (request.method == "PATCH") {
    // What the request does not say is reset.
    (*bridge)["attributes"].update(
        {{"url", given.value("url", Json())},
         {"confirmations", given.value("confirmations", Json(0))},
         {"minimumContractPayment", given.value("minimumContractPayment", Json())}});
    count_one("bridges_updated");
  }
  return node_document(*bridge);
}

}  // namespace runbook::test
