#include "tests/modules/chainlink/node_state.h"

#include <fmt/format.h>

#include <fstream>

#include "engine/base/hash.h"
#include "engine/base/id.h"
#include "tests/modules/chainlink/node_api.h"

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

}  // namespace

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

}  // namespace runbook::test
