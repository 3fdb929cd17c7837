// What an answer means.

#include <fmt/format.h>

#include "engine/base/shown_text.h"
#include "modules/chainlink/node.h"

namespace runbook::chainlink {

namespace {

constexpr std::size_t kMaxWords = 400;
constexpr int kNotFound = 404;

bool says(const std::string& words, std::string_view part) {
  return words.find(part) != std::string::npos;
}

Code code_of(int status, const std::string& words) {
  switch (status) {
    case 401:
    case 403:
      return Code::chainlink_login;
    case kNotFound:
      return Code::chainlink_not_found;
    case 502:
    case 503:
    case 504:
      return Code::chainlink_unreachable;
    default:
      break;
  }
  if (says(words, "duplicate key value violates unique constraint")) {
    return Code::chainlink_name_taken;
  }
  if (says(words, "no such key bundle exists") || says(words, "no such transmitter key exists")) {
    return Code::chainlink_key_missing;
  }
  return status < 500 || status == 501 ? Code::chainlink_refused : Code::chainlink_failed;
}

}  // namespace

Json json_in(const std::string& body) {
  try {
    return parse_json(body, "the answer");
  } catch (const Error& error) {
    RB_CHECK(error.code == Code::json_invalid);
    return nullptr;
  }
}

std::string words_of(const std::string& body) {
  const Json document = json_in(body);
  std::string words;
  if (document.is_object() && document.value("errors", Json()).is_array()) {
    for (const Json& error : document.at("errors")) {
      const Json detail = error.is_object() ? error.value("detail", Json()) : Json();
      if (detail.is_string()) {
        words += (words.empty() ? "" : "; ") + detail.get<std::string>();
      }
    }
  }
  return one_line(words.empty() ? body_excerpt(body) : words, kMaxWords);
}

Error Node::strange_answer(const std::string& what) const {
  return Error(Code::chainlink_unreachable,
               fmt::format("what answers at {} is no Chainlink node: {}", name_, what),
               "correct the node's url, or the proxy before it, then runbook resume");
}

Error Node::failure_of(const Request& request, const NodeReply& reply) const {
  if (reply.status < 400) {
    Error strange = strange_answer(
        fmt::format("it answers {} {} with status {}", request.method, request.path, reply.status));
    return strange.with_effect(request.method == "GET" ? EffectDone::none
                                                       : status_effect(reply.status));
  }
  const std::string words = words_of(reply.body);
  const Code code = code_of(reply.status, words);
  Error error(code,
              fmt::format("{} answered {} {} with {}{}{}", name_, request.method, request.path,
                          reply.status, words.empty() ? "" : ": ", words),
              {}, {{"status", reply.status}, {"said", words}});
  if (code == Code::chainlink_login && request.path != "/sessions") {
    error.hint = "the user or API key may need the role edit or admin";
  }
  error.with_transient(code == Code::chainlink_unreachable);
  return error.with_effect(request.method == "GET" ? EffectDone::none
                                                   : status_effect(reply.status));
}

// A proxy answers 404 for every path of a host that it does not know: what a node has not, the node
// says in its own words.
bool Node::is_absent(const Request& request, const NodeReply& reply) const {
  if (reply.status == kNotFound && !json_in(reply.body).contains("errors")) {
    Error strange = strange_answer(fmt::format("it answers {} {} with 404: {}", request.method,
                                               request.path, words_of(reply.body)));
    throw strange.with_effect(EffectDone::none);
  }
  return reply.status == kNotFound;
}

Json Node::document_of(const Request& request, const NodeReply& reply) const {
  if (reply.status < 200 || reply.status > 299) {
    throw failure_of(request, reply);
  }
  if (reply.body.empty()) {
    return nullptr;
  }
  Json document = json_in(reply.body);
  if (!document.is_object()) {
    Error strange = strange_answer(
        fmt::format("its answer to {} {} is no JSON object, it begins {}", request.method,
                    request.path, one_line(body_excerpt(reply.body), 60)));
    throw strange.with_effect(request.method == "GET" ? EffectDone::none : EffectDone::unknown);
  }
  return document;
}

}  // namespace runbook::chainlink
