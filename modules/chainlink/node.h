#pragma once
// The REST API of a Chainlink node, as one call asks it: logged in where it must be, waiting where
// the node takes no more requests, and with the node's own words in its errors.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/http.h"
#include "engine/lua/module.h"
#include "modules/chainlink/node_session.h"

namespace runbook::chainlink {

struct NodeReply {
  int status = 0;
  std::string body;
};

class Node {
 public:
  enum class Access { login, open };
  /// Reads the options of with_connection(). Error(Code::option_invalid) where they do not say one
  /// login, or a password is no secret; Error(Code::chainlink_login) where a recorded call's
  /// password is not known any more.
  explicit Node(Call& call, Access access = Access::login);

  /// The document of a 2xx answer; null if it has no body. Throws Error, of the codes in
  /// with_connection_errors(), chainlink_not_found and chainlink_key_missing; its effect is none
  /// for a GET and where the node refused, else unknown.
  Task<Json> get(std::string path);
  Task<std::optional<Json>> find(std::string path);  ///< a 404 is nullopt
  Task<Json> send(std::string method, std::string path, Json body);
  Task<bool> remove(std::string path);  ///< DELETE; false: a 404
  /// Whatever it answers, but for redirects.
  Task<NodeReply> look(std::string path);

  /// Of what was said in a 2xx answer, and no such node says.
  Error strange_answer(const std::string& what) const;
  const std::string& name() const { return name_; }  ///< for messages
  Call& call() { return call_; }

 private:
  struct Request {
    std::string method;
    std::string path;
    std::string body{};
  };

  Task<NodeReply> exchange(Request request);
  Task<HttpResponse> patiently(const Request& request, const std::string& cookie);
  Task<HttpResponse> send_once(const Request& request, const std::string& cookie);
  Task<std::string> log_in();
  HttpRequest http_request(const Request& request, const std::string& cookie);
  Json document_of(const Request& request, const NodeReply& reply) const;
  bool is_absent(const Request& request, const NodeReply& reply) const;
  Error failure_of(const Request& request, const NodeReply& reply) const;
  void check_login();
  std::chrono::milliseconds left() const;

  Call& call_;
  const Access access_;
  std::string url_;  ///< without a / at its end
  std::string name_;
  const std::chrono::steady_clock::time_point deadline_;
  std::shared_ptr<NodeSession> session_;  ///< null: an API key
};

/// Null for what is no JSON, or nested so deep that nobody means it.
Json json_in(const std::string& body);
/// What a node says for people: its `errors`, else the beginning of the body.
std::string words_of(const std::string& body);

/// The options that all primitives of the module share, before `more`.
std::vector<Option> with_connection(std::vector<Option> more);
/// The codes that each may raise, and `more`.
std::vector<Code> with_connection_errors(std::vector<Code> more);

/// Reads a number as recipes give it: integer, or its digits. Error(Code::option_invalid).
std::string digits_option(const Call& call, const char* name);

}  // namespace runbook::chainlink
