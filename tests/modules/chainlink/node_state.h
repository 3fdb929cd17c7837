#pragma once
// What a stand-in node holds, and what it answers when it does not misbehave. Not thread-safe.

#include <chrono>
#include <deque>
#include <map>
#include <string>

#include "engine/base/json.h"
#include "tests/io_http/http_server.h"

namespace runbook::test {

struct NodeAnswer {
  int status = 200;
  Json body;
  Headers headers{};
};
/// { "errors": [ { "detail": … } ] }.
NodeAnswer node_error(int status, const std::string& detail);
/// A JSON:API document: `data` is one resource or a list.
NodeAnswer node_document(Json data);

class NodeState {
 public:
  explicit NodeState(const Json& settings);

  NodeAnswer answer(const SeenRequest& request);
  /// Deletes the job and makes no other: what PUT leaves when it fails half-way.
  NodeAnswer half_replace(const SeenRequest& request);
  void change(const Json& settings);
  void expire_sessions() { sessions_.clear(); }
  Json report() const;
  int count(const std::string& what) const { return held_.at("counts").value(what, 0); }

 private:
  using Time = std::chrono::steady_clock::time_point;

  NodeAnswer log_in(const SeenRequest& request);
  NodeAnswer health(const std::string& path) const;
  NodeAnswer answer_known(const SeenRequest& request, const std::string& path);
  NodeAnswer keys(const SeenRequest& request, const std::string& path);
  NodeAnswer create_ocr2_key(const std::string& chain_type);
  NodeAnswer jobs(const SeenRequest& request, const std::string& path);
  NodeAnswer create_job(const std::string& body, const std::string& id);
  NodeAnswer replay(const SeenRequest& request, const std::string& path);
  NodeAnswer bridges(const SeenRequest& request, const std::string& path);
  NodeAnswer page(const SeenRequest& request, Json list, int otherwise) const;
  bool is_known(const SeenRequest& request);
  bool is_limited(std::deque<Time>& times, const char* limit, const char* window) const;
  Json::iterator find_job(const std::string& id);
  void count_one(const std::string& what);
  void save() const;

  Json settings_;
  Json held_;  ///< jobs, keys, bridges, replays, counts
  std::map<std::string, Time> sessions_;
  std::deque<Time> logins_;
  std::deque<Time> requests_;
};

}  // namespace runbook::test
