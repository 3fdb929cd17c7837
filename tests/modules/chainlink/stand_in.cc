#include "tests/modules/chainlink/stand_in.h"

#include <mutex>
#include <vector>

#include "tests/modules/chainlink/node_state.h"

namespace runbook::test {

namespace {

struct Watch {
  ChainlinkNode::Moment moment = ChainlinkNode::Moment::before;
  std::string method;
  std::string path;
  std::function<void()> then;
};

Reply as_reply(const NodeAnswer& answer) {
  Headers headers = answer.headers;
  headers.emplace_back("Content-Type", answer.body.contains("errors") ? "application/json"
                                                                      : "application/vnd.api+json");
  const std::string body = answer.body.is_null()     ? ""
                           : answer.body.is_string() ? answer.body.get<std::string>()
                                                     : answer.body.dump();
  return reply(answer.status, body, headers);
}

Headers headers_of(const Json& fault) {
  Headers headers;
  const Json given = fault.value("headers", Json::object());
  for (const auto& [name, value] : given.items()) {
    headers.emplace_back(name, value.get<std::string>());
  }
  if (fault.contains("retry_after")) {
    headers.emplace_back("Retry-After", fault.at("retry_after").get<std::string>());
  }
  return headers;
}

}  // namespace

struct ChainlinkNode::Impl {
  explicit Impl(const Json& settings)
      : state(settings),
        server([this](const SeenRequest& request) { return serve(request); },
               settings.value("port", 0)) {}

  Reply serve(const SeenRequest& request) {
    if (request.target.starts_with("/stand_in/")) {
      return administer(request);
    }
    run_watches(Moment::before, request);
    Reply given = behave(request);
    run_watches(Moment::after, request);
    return given;
  }

  void run_watches(Moment moment, const SeenRequest& request) {
    std::vector<std::function<void()>> due;
    {
      const std::lock_guard lock(mutex);
      for (const Watch& watch : watches) {
        if (watch.moment == moment && watch.method == request.method &&
            request.target.starts_with(watch.path)) {
          due.push_back(watch.then);
        }
      }
    }
    for (const std::function<void()>& then : due) {
      then();
    }
  }

  Reply administer(const SeenRequest& request) {
    if (request.method == "POST") {
      const Json given = Json::parse(request.body);
      request.target == "/stand_in/faults" ? add(given) : change(given);
    }
    const std::lock_guard lock(mutex);
    return reply(200, state.report().dump(), {{"Content-Type", "application/json"}});
  }

  void change(const Json& settings) {
    const std::lock_guard lock(mutex);
    state.change(settings);
  }

  void add(const Json& fault) {
    const std::lock_guard lock(mutex);
    const std::string kind = fault.at("kind");
    if (kind == "expire") {
      state.expire_sessions();
    } else if (kind == "none") {
      faults.clear();
    } else {
      faults.push_back(fault);
    }
  }

  Json next_fault(const SeenRequest& request) {
    for (Json& fault : faults) {
      const bool meant = fault.value("method", request.method) == request.method &&
                         request.target.starts_with(fault.value("path", ""));
      const int times = fault.value("times", 1);
      if (meant && times != 0) {
        fault["times"] = times < 0 ? times : times - 1;
        return fault;
      }
    }
    return {{"kind", "none"}};
  }

  Reply behave(const SeenRequest& request) {
    const std::lock_guard lock(mutex);
    const Json fault = next_fault(request);
    const std::string kind = fault.at("kind");
    if (kind == "limit") {
      return reply(429, "Limit exceeded", headers_of(fault));
    }
    if (kind == "status") {
      return reply(fault.at("status"), fault.value("body", ""), headers_of(fault));
    }
    if (kind == "half_replace") {
      return as_reply(state.half_replace(request));
    }
    NodeAnswer answer;
    if (kind == "none" || kind.ends_with("_after")) {
      answer = state.answer(request);
    }
    if (kind.starts_with("hang")) {
      return {};
    }
    if (kind.starts_with("drop")) {
      return {.raw = "", .close = true};
    }
    return kind.starts_with("fail") ? as_reply(node_error(500, "context deadline exceeded"))
                                    : as_reply(answer);
  }

  std::mutex mutex;
  NodeState state;
  std::vector<Json> faults;
  std::vector<Watch> watches;
  HttpServer server;  // last: it serves as soon as it is there, and is gone first
};

ChainlinkNode::ChainlinkNode(const Json& settings) : impl_(std::make_unique<Impl>(settings)) {}
ChainlinkNode::~ChainlinkNode() = default;

int ChainlinkNode::port() const {
  return impl_->server.port();
}

std::string ChainlinkNode::url() const {
  return impl_->server.url("");
}

Json ChainlinkNode::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.report();
}

int ChainlinkNode::count(const std::string& what) const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state.count(what);
}

void ChainlinkNode::change(const Json& settings) {
  impl_->change(settings);
}

void ChainlinkNode::fault(const Json& fault) {
  impl_->add(fault);
}

void ChainlinkNode::on_request(Moment moment, std::string method, std::string path,
                               std::function<void()> then) {
  const std::lock_guard lock(impl_->mutex);
  std::erase_if(impl_->watches, [&](const Watch& watch) {
    return watch.moment == moment && watch.method == method && watch.path == path;
  });
  if (then) {
    impl_->watches.push_back({moment, std::move(method), std::move(path), std::move(then)});
  }
}

}  // namespace runbook::test
