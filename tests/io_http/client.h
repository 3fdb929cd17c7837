#pragma once
// A client on a loop of its own, for tests: runs one coroutine to its end and the loop until
// nothing is left to do, so every test also shows that idle connections do not keep a loop from
// ending.

#include <csignal>
#include <optional>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/io/http.h"
#include "engine/io/loop.h"

namespace runbook::test {

struct Client {
  SystemClock clock;
  Loop loop{clock};
  HttpClient http{loop};
  CancelPtr cancel = Cancel::root();

  Client() { std::signal(SIGPIPE, SIG_IGN); }

  template <typename T>
  T run(Task<T> task) {
    std::optional<T> result;
    loop.spawn(keep(std::move(task), result));
    loop.run();
    RB_CHECK(result.has_value());
    return std::move(*result);
  }
  HttpResponse send(HttpRequest request) { return run(http.send(std::move(request), cancel)); }
  /// The error that sending must end with.
  Error failure(HttpRequest request) {
    try {
      send(std::move(request));
    } catch (const Error& error) {
      return error;
    }
    return Error(Code::internal, "it did not fail");
  }

 private:
  template <typename T>
  static Task<void> keep(Task<T> task, std::optional<T>& result) {
    result = co_await std::move(task);
  }
};

inline HttpRequest get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

inline HttpRequest post(std::string url, std::string body = "body") {
  HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.body = std::move(body);
  return request;
}

}  // namespace runbook::test
