#pragma once
// A node that answers what the test says, for answers that no real one gives on demand.

#include <functional>
#include <string>

#include "engine/base/json.h"
#include "modules/modules.h"
#include "tests/io_http/http_server.h"
#include "tests/modules/primitive.h"

namespace runbook::test {

class CannedNode {
 public:
  /// { "result": … } or { "error": … } for a method and its parameters; on the server's thread.
  using Answer = std::function<Json(const std::string& method, const Json& params)>;

  explicit CannedNode(Answer answer)
      : server_([answer = std::move(answer)](const SeenRequest& request) {
          const Json asked = Json::parse(request.body);
          if (!asked.is_array()) {
            return reply(200, answered(answer, asked).dump());
          }
          Json answers = Json::array();
          for (const Json& one : asked) {
            answers.push_back(answered(answer, one));
          }
          return reply(200, answers.dump());
        }) {}

  std::string url() const { return server_.url(); }
  /// A primitive of eth, asking this node.
  Json call(const std::string& function, Json options) const {
    const PrimitiveTest test;
    options.emplace("url", url());
    return test.call(eth_module(), function, std::move(options));
  }
  /// What was asked with this method, in order: the parameters.
  Json asked(const std::string& method) const {
    Json all = Json::array();
    for (const SeenRequest& request : server_.seen()) {
      const Json body = Json::parse(request.body);
      for (const Json& one : body.is_array() ? body : Json::array({body})) {
        if (one.at("method") == method) {
          all.push_back(one.at("params"));
        }
      }
    }
    return all;
  }
  std::size_t requests() const { return server_.seen().size(); }

 private:
  static Json answered(const Answer& answer, const Json& one) {
    Json whole = answer(one.at("method"), one.at("params"));
    whole["jsonrpc"] = "2.0";
    whole["id"] = one.at("id");
    return whole;
  }
  HttpServer server_;
};

}  // namespace runbook::test
