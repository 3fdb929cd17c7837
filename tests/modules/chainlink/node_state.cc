#include "tests/modules/chainlink/node_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "engine/base/hash.h"
#include "engine/base/id.h"
#include "tests/modules/chainlink/node_jobs.h"

namespace runbook::test {

namespace {

const Json kDefaults = {{"state", ""},
                        {"email", "admin@chain.link"},
                        {"password", "a long node password"},
                        {"api_key", ""},
                        {"api_secret", ""},
                        {"role", "admin"},
                        {"chain_ids", {"11155111"}},
                        {"eth_balance", "1000000000000000000"},
                        {"ocr2", true},
                        {"binaries", {"chainlink-ocr3-capability"}},
                        {"session_timeout_ms", 999LL * 3600 * 1000},
                        {"login_limit", 1000},
                        {"login_window_ms", 20'000},
                        {"request_limit", 2000},
                        {"request_window_ms", 60'000},
                        {"body_limit", 32'768},
                        {"healthy", true},
                        {"ready", true},
                        {"version", "2.14.0"},
                        {"commit", "c93e83ab992c"}};

constexpr const char* kTime = "2024-06-06T12:00:00Z";
constexpr int kJobsAPage = 1000;
constexpr int kRunsAPage = 25;

Json random_entry() {
  const auto hex = [](std::size_t digits) {
    return (to_hex(sha256(new_uuid())) + to_hex(sha256(new_uuid()))).substr(0, digits);
  };
  return {{"EthAddress", "0x" + hex(40)},     {"P2PPeerID", "12D3KooW" + hex(44)},
          {"OCR2BundleID", hex(64)},          {"OCR2OnchainPublicKey", hex(40)},
          {"OCR2OffchainPublicKey", hex(64)}, {"OCR2ConfigPublicKey", hex(64)},
          {"CSAPublicKey", "csa_" + hex(64)}};
}

Json resource(const char* type, const std::string& id, Json attributes) {
  return {{"type", type}, {"id", id}, {"attributes", std::move(attributes)}};
}

Json ocr2_key(const std::string& chain, const Json& entry) {
  const auto prefixed = [&](const char* prefix, const char* key) {
    return fmt::format("{}_{}_{}", prefix, chain, entry.at(key).get<std::string>());
  };
  return resource("keyV2s", entry.at("OCR2BundleID"),
                  {{"chainType", chain},
                   {"onchainPublicKey", prefixed("ocr2on", "OCR2OnchainPublicKey")},
                   {"offchainPublicKey", prefixed("ocr2off", "OCR2OffchainPublicKey")},
                   {"configPublicKey", prefixed("ocr2cfg", "OCR2ConfigPublicKey")}});
}

Json eth_keys(const Json& settings, const Json& entry) {
  Json keys = Json::array();
  for (const std::string chain : settings.at("chain_ids")) {
    const std::string address = entry.at("EthAddress");
    keys.push_back(resource("eTHKeys", chain + "/" + address,
                            {{"evmChainID", chain},
                             {"address", address},
                             {"linkBalance", "0"},
                             {"disabled", false},
                             {"createdAt", kTime},
                             {"updatedAt", kTime},
                             {"maxGasPriceWei", nullptr}}));
  }
  return keys;
}

Json first_keys(const Json& settings) {
  const Json entry = settings.value("keys", random_entry());
  const std::string peer = entry.at("P2PPeerID");
  const std::string csa = entry.at("CSAPublicKey");
  Json held = {{"eth_keys", eth_keys(settings, entry)},
               {"p2p_keys",
                {resource("encryptedP2PKeys", peer,
                          {{"peerId", "p2p_" + peer}, {"publicKey", to_hex(sha256(peer))}})}},
               {"ocr2_keys", {ocr2_key("evm", entry)}},
               {"csa_keys", {resource("csaKeys", csa, {{"publicKey", csa}, {"version", 1}})}},
               {"aptos_keys", Json::array()}};
  if (entry.contains("AptosAccount")) {
    const std::string account = entry.at("AptosAccount");
    held["aptos_keys"].push_back(resource("encryptedAptosKeys", account,
                                          {{"account", account}, {"publicKey", "0x" + account}}));
    Json aptos = entry;
    aptos["OCR2BundleID"] = entry.at("AptosBundleID");
    aptos["OCR2OnchainPublicKey"] = entry.at("AptosOnchainPublicKey");
    held["ocr2_keys"].push_back(ocr2_key("aptos", aptos));
  }
  return held;
}

Json first_state(const Json& settings) {
  if (std::ifstream file(settings.at("state").get<std::string>()); file.good()) {
    return Json::parse(file);
  }
  Json held = first_keys(settings);
  for (const char* kind : {"eth_keys", "p2p_keys", "ocr2_keys", "csa_keys", "aptos_keys"}) {
    if (settings.contains(kind)) {
      held[kind] = settings.at(kind);
    }
  }
  held["jobs"] = Json::array();
  held["bridges"] = Json::array();
  held["replays"] = Json::array();
  held["counts"] = Json::object();
  held["next_job"] = 1;
  return held;
}

std::string path_of(const std::string& target) {
  return target.substr(0, target.find('?'));
}

std::string query_of(const std::string& target, const std::string& name) {
  const std::size_t begin = target.find('?');
  const std::string query = begin == std::string::npos ? "" : "&" + target.substr(begin + 1);
  const std::size_t at = query.find("&" + name + "=");
  if (at == std::string::npos) {
    return "";
  }
  const std::string value = query.substr(at + name.size() + 2);
  return value.substr(0, value.find('&'));
}

/// What follows `prefix` and is the last part of the path, or nothing.
std::string part_after(const std::string& path, const std::string& prefix) {
  return path.starts_with(prefix) ? path.substr(prefix.size()) : "";
}

/// As a node says it: the TOML and the runs are what the stand-in alone knows.
Json shown_job(Json job) {
  job.erase("toml");
  job.erase("runs");
  return job;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 10 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

NodeAnswer node_error(int status, const std::string& detail) {
  return {status, {{"errors", {{{"detail", detail}}}}}};
}

NodeAnswer node_document(Json data) {
  return {200, {{"data", std::move(data)}}};
}

NodeState::NodeState(const Json& settings) : settings_(kDefaults) {
  settings_.update(settings);
  held_ = first_state(settings_);
}

void NodeState::change(const Json& settings) {
  settings_.update(settings);
}

void NodeState::count_one(const std::string& what) {
  held_["counts"][what] = count(what) + 1;
}

Json NodeState::report() const {
  Json report = held_;
  report["sessions"] = sessions_.size();
  return report;
}

void NodeState::save() const {
  const std::string file = settings_.at("state");
  if (!file.empty()) {
    std::ofstream(file + ".new") << held_.dump();
    std::rename((file + ".new").c_str(), file.c_str());
  }
}

bool NodeState::is_limited(std::deque<Time>& times, const char* limit, const char* window) const {
  const Time now = std::chrono::steady_clock::now();
  const std::chrono::milliseconds length(settings_.at(window).get<int>());
  while (!times.empty() && times.front() + length < now) {
    times.pop_front();
  }
  if (times.size() >= settings_.at(limit).get<std::size_t>()) {
    return true;
  }
  times.push_back(now);
  return false;
}

bool NodeState::is_known(const SeenRequest& request) {
  const auto header = [&](const char* name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string() : found->second;
  };
  if (!header("x-api-key").empty()) {
    return header("x-api-key") == settings_.at("api_key") &&
           header("x-api-secret") == settings_.at("api_secret");
  }
  const auto session = sessions_.find(part_after(header("cookie"), "clsession="));
  if (session == sessions_.end()) {
    return false;
  }
  const Time now = std::chrono::steady_clock::now();
  if (session->second +
          std::chrono::milliseconds(settings_.at("session_timeout_ms").get<std::int64_t>()) <
      now) {
    sessions_.erase(session);
    return false;
  }
  session->second = now;
  return true;
}

NodeAnswer NodeState::answer(const SeenRequest& request) {
  count_one("requests");
  const std::string path = path_of(request.target);
  if (request.body.size() > settings_.at("body_limit").get<std::size_t>()) {
    return node_error(413, "http: request body too large");
  }
  if (path == "/sessions") {
    NodeAnswer given = log_in(request);
    save();
    return given;
  }
  if (path == "/health" || path == "/readyz") {
    return health(path);
  }
  if (!is_known(request)) {
    return node_error(401, "Unauthorized");
  }
  if (is_limited(requests_, "request_limit", "request_window_ms")) {
    return {429, "Limit exceeded"};
  }
  const std::string role = settings_.at("role");
  if (request.method != "GET" && (role == "view" || role == "run")) {
    return node_error(401, "Unauthorized");
  }
  NodeAnswer given = answer_known(request, path);
  save();
  return given;
}

NodeAnswer NodeState::log_in(const SeenRequest& request) {
  if (request.method == "DELETE") {
    const auto cookie = request.headers.find("cookie");
    sessions_.erase(cookie == request.headers.end() ? ""
                                                    : part_after(cookie->second, "clsession="));
    return node_document({{"type", "session"}, {"id", "sessionID"}});
  }
  if (is_limited(logins_, "login_limit", "login_window_ms")) {
    return {429, "Limit exceeded"};
  }
  const Json given = Json::parse(request.body, nullptr, false);
  if (!given.is_object()) {
    return node_error(400, "error binding json");
  }
  const bool right_email = given.value("email", Json()) == settings_.at("email");
  if (!right_email || given.value("password", Json()) != settings_.at("password")) {
    count_one("refused_logins");
    return node_error(401, right_email ? "Invalid password" : "Invalid email");
  }
  count_one("logins");
  const std::string cookie = to_hex(sha256(new_uuid()));
  sessions_[cookie] = std::chrono::steady_clock::now();
  NodeAnswer answer = node_document(resource("session", "sessionID", {{"authenticated", true}}));
  answer.headers = {{"Set-Cookie", fmt::format("clsession={}; Path=/; Expires=Thu, 01 Jan 2099 "
                                               "00:00:00 GMT; Max-Age=2592000; HttpOnly",
                                               cookie)}};
  return answer;
}

NodeAnswer NodeState::health(const std::string& path) const {
  if (path == "/readyz") {
    return {settings_.at("ready") == true ? 200 : 503, nullptr};
  }
  const bool well = settings_.at("healthy") == true;
  NodeAnswer answer =
      node_document({resource("checks", "EVM.11155111.LogPoller",
                              {{"name", "EVM.11155111.LogPoller"},
                               {"status", well ? "passing" : "failing"},
                               {"output", well ? "" : "no new heads for 3m0s"}}),
                     resource("checks", "JobSpawner",
                              {{"name", "JobSpawner"}, {"status", "passing"}, {"output", ""}})});
  answer.status = well ? 200 : 207;
  return answer;
}

NodeAnswer NodeState::answer_known(const SeenRequest& request, const std::string& path) {
  if (path == "/v2/build_info") {
    return {200, {{"version", settings_.at("version")}, {"commitSHA", settings_.at("commit")}}};
  }
  if (path.starts_with("/v2/keys/")) {
    return keys(request, path);
  }
  if (path.starts_with("/v2/jobs")) {
    return jobs(request, path);
  }
  if (path.starts_with("/v2/bridge_types")) {
    return bridges(request, path);
  }
  if (path.starts_with("/v2/replay_from_block/")) {
    return replay(request, path);
  }
  return node_error(404, "not found");
}

NodeAnswer NodeState::keys(const SeenRequest& request, const std::string& path) {
  const std::string kind = part_after(path, "/v2/keys/");
  if (request.method == "POST" && kind == "aptos") {
    const std::string account = to_hex(sha256(new_uuid()));
    Json key = resource("encryptedAptosKeys", account,
                        {{"account", account}, {"publicKey", "0x" + account}});
    held_["aptos_keys"].push_back(key);
    count_one("aptos_keys_created");
    return node_document(key);
  }
  if (request.method == "POST" && kind.starts_with("ocr2/")) {
    return create_ocr2_key(part_after(kind, "ocr2/"));
  }
  const std::string list = (kind == "evm" ? "eth" : kind) + "_keys";
  if (request.method != "GET" || !held_.contains(list)) {
    return node_error(404, "not found");
  }
  Json keys = held_.at(list);
  if (kind == "evm") {
    for (Json& key : keys) {
      key["attributes"].emplace("ethBalance", settings_.at("eth_balance"));
    }
  }
  return node_document(keys);
}

NodeAnswer NodeState::create_ocr2_key(const std::string& chain_type) {
  const std::vector<std::string> known = {"evm", "cosmos", "solana", "starknet", "aptos"};
  if (std::ranges::count(known, chain_type) == 0) {
    return node_error(400, "unknown chain type: " + chain_type);
  }
  const Json key = ocr2_key(chain_type, random_entry());
  Json& keys = held_["ocr2_keys"];
  keys.push_back(key);
  std::sort(keys.begin(), keys.end(), [](const Json& a, const Json& b) {
    const auto place = [](const Json& one) {
      return one.at("attributes").at("chainType").get<std::string>() + "/" +
             one.at("id").get<std::string>();
    };
    return place(a) < place(b);
  });
  count_one("ocr2_keys_created");
  return node_document(key);
}

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
    return page(request, job->value("runs", Json::array()), kRunsAPage);
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
    return page(request, held, kRunsAPage);
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
    (*bridge)["attributes"].update(given);
    count_one("bridges_updated");
  }
  return node_document(*bridge);
}

}  // namespace runbook::test
