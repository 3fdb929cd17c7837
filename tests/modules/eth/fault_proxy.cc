#include "tests/modules/eth/fault_proxy.h"

#include <algorithm>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "engine/base/json.h"

namespace runbook::test {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kBodyLimit = 64U << 20U;

std::vector<std::string> methods_of(const std::string& body) {
  const Json request = Json::parse(body);
  std::vector<std::string> methods;
  for (const Json& call : request.is_array() ? request : Json::array({request})) {
    methods.push_back(call.at("method").get<std::string>());
  }
  return methods;
}

/// What the node at this loopback URL answers; 502 if there is none.
Reply ask(const std::string& url, const std::string& body) {
  const std::string port = url.substr(url.rfind(':') + 1);
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  boost::system::error_code failure;
  socket.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(port))},
                 failure);
  if (failure) {
    return reply(502, "the node is down");
  }
  http::request<http::string_body> request(http::verb::post, "/", 11, body);
  request.set(http::field::host, "127.0.0.1");
  request.set(http::field::content_type, "application/json");
  request.prepare_payload();
  http::write(socket, request, failure);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> response;
  response.body_limit(kBodyLimit);
  if (!failure) {
    http::read(socket, buffer, response, failure);
  }
  return failure ? reply(502, "the node hung up")
                 : reply(static_cast<int>(response.get().result_int()), response.get().body());
}

Reply deny(const std::string& url, const std::string& method, const std::string& body) {
  const Json asked = Json::parse(body);
  Json calls = asked.is_array() ? asked : Json::array({asked});
  const auto denied =
      std::ranges::find_if(calls, [&](const Json& call) { return call.at("method") == method; });
  const Json refusal{{"jsonrpc", "2.0"},
                     {"id", denied->at("id")},
                     {"error", {{"code", -32000}, {"message", "sender is on a list"}}}};
  if (calls.size() == 1) {
    return reply(200, (asked.is_array() ? Json::array({refusal}) : refusal).dump());
  }
  calls.erase(denied);
  const std::string answered = ask(url, calls.dump()).raw;
  Json answers = Json::parse(answered.substr(answered.find("\r\n\r\n")));
  answers.push_back(refusal);
  return reply(200, answers.dump());
}

}  // namespace

FaultProxy::FaultProxy(std::string url, std::string other)
    : url_(std::move(url)),
      other_(std::move(other)),
      server_([this](const SeenRequest& request) { return answer(request); }) {}

void FaultProxy::set(Fault fault, std::string method, int times, bool alternates) {
  const std::lock_guard lock(mutex_);
  std::erase_if(plans_, [&](const Plan& plan) { return plan.method == method; });
  plans_.push_back({fault, std::move(method), times, alternates, 0});
}

void FaultProxy::on_request(std::string method, std::function<void()> then) {
  const std::lock_guard lock(mutex_);
  then_[std::move(method)] = std::move(then);
}

int FaultProxy::count(const std::string& method) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(method);
  return found == counts_.end() ? 0 : found->second;
}

FaultProxy::Fate FaultProxy::next_fate(const std::vector<std::string>& methods) {
  const std::lock_guard lock(mutex_);
  for (const std::string& method : methods) {
    ++counts_[method];
  }
  for (Plan& plan : plans_) {
    const bool meant = plan.method.empty() || std::ranges::count(methods, plan.method) > 0;
    if (!meant || plan.times == 0) {
      continue;
    }
    ++plan.seen;
    if (!plan.alternates || plan.seen % 2 == 1) {
      --plan.times;
      return {plan.fault, plan.method};
    }
  }
  return {};
}

Reply FaultProxy::fare(const Fate& fate, const std::string& body) const {
  switch (fate.fault) {
    case Fault::refuse:
      return {.raw = "", .close = true};
    case Fault::limit:
      return reply(429, R"({"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"slow"}})");
    case Fault::error:
      return reply(503, "overloaded");
    case Fault::drop:
      ask(url_, body);
      return {.raw = "", .close = true};
    case Fault::hang:
      ask(url_, body);
      return {};
    case Fault::other:
      return ask(other_, body);
    case Fault::deny:
      return deny(url_, fate.method, body);
    case Fault::none:
      break;
  }
  return ask(url_, body);
}

Reply FaultProxy::answer(const SeenRequest& request) {
  const std::vector<std::string> methods = methods_of(request.body);
  Reply reply = fare(next_fate(methods), request.body);
  for (const std::string& method : methods) {
    std::function<void()> then;
    {
      const std::lock_guard lock(mutex_);
      const auto found = then_.find(method);
      then = found == then_.end() ? nullptr : found->second;
    }
    if (then) {
      then();
    }
  }
  return reply;
}

}  // namespace runbook::test
