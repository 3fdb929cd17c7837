// JSON-RPC calls of the engine's client against libcurl's own loop (curl_multi_perform and
// curl_multi_poll) with the body made beforehand and the answer thrown away.
#include <dlfcn.h>

#include <csignal>
#include <memory>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/io/http.h"
#include "engine/io/http_curl.h"
#include "engine/io/jsonrpc.h"
#include "engine/io/loop.h"
#include "tests/bench/measure.h"
#include "tests/bench/rpc_server.h"

namespace runbook::bench {

namespace {

constexpr int kHttpRounds = 7;
constexpr int kSequentialCalls = 3'000;
constexpr int kParallelCalls = 12'000;
constexpr int kHttpParallel = 64;

double per_second(int calls, std::chrono::steady_clock::duration time) {
  return calls / std::chrono::duration<double>(time).count();
}

/// libcurl's own loop. The handles and connections are kept from round to round.
class BareCurl {
 public:
  BareCurl(const std::string& url, int parallel) : api_(curl_api()), multi_(api_.multi_init()) {
    void* library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_NOLOAD);
    perform_ = reinterpret_cast<decltype(perform_)>(dlsym(library, "curl_multi_perform"));
    poll_ = reinterpret_cast<decltype(poll_)>(dlsym(library, "curl_multi_poll"));
    RB_CHECK(perform_ != nullptr && poll_ != nullptr);
    headers_ = api_.slist_append(nullptr, "Content-Type: application/json");
    for (int i = 0; i < parallel; ++i) {
      CURL* easy = api_.easy_init();
      api_.easy_setopt(easy, CURLOPT_URL, url.c_str());
      api_.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
      api_.easy_setopt(easy, CURLOPT_USERAGENT, "runbook");
      api_.easy_setopt(easy, CURLOPT_POSTFIELDS, kBody);
      api_.easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
      api_.easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30'000L);
      api_.easy_setopt(easy, CURLOPT_PROXY, "");
      api_.easy_setopt(easy, CURLOPT_WRITEFUNCTION, &BareCurl::discard);
      handles_.push_back(easy);
    }
  }
  ~BareCurl() {
    for (CURL* easy : handles_) {
      api_.easy_cleanup(easy);
    }
    api_.multi_cleanup(multi_);
    api_.slist_free_all(headers_);
  }
  BareCurl(const BareCurl&) = delete;
  BareCurl& operator=(const BareCurl&) = delete;

  double run(Clock& clock, int calls) {
    const auto started = clock.steady();
    int begun = 0;
    for (CURL* easy : handles_) {
      api_.multi_add_handle(multi_, easy);
      ++begun;
    }
    int ended = 0;
    while (ended < calls) {
      int running = 0;
      perform_(multi_, &running);
      int left = 0;
      bool progressed = false;
      while (CURLMsg* message = api_.multi_info_read(multi_, &left)) {
        RB_CHECK(message->data.result == CURLE_OK);
        CURL* easy = message->easy_handle;
        api_.multi_remove_handle(multi_, easy);
        ++ended;
        progressed = true;
        if (begun < calls) {
          api_.multi_add_handle(multi_, easy);
          ++begun;
        }
      }
      if (!progressed) {
        poll_(multi_, nullptr, 0, 1000, nullptr);
      }
    }
    return per_second(calls, clock.steady() - started);
  }

 private:
  static constexpr const char* kBody =
      R"({"jsonrpc":"2.0","id":12345,"method":"eth_chainId","params":[]})";
  static std::size_t discard(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
  }

  const CurlApi& api_;
  CURLM* multi_;
  decltype(&::curl_multi_perform) perform_ = nullptr;
  decltype(&::curl_multi_poll) poll_ = nullptr;
  curl_slist* headers_ = nullptr;
  std::vector<CURL*> handles_;
};

Task<void> call_in_turn(JsonRpcClient& client, JsonRpcEndpoint endpoint, CancelPtr cancel,
                        int calls) {
  for (int i = 0; i < calls; ++i) {
    JsonRpcCall call{"eth_chainId", Json::array()};
    const Json result = co_await client.call(endpoint, std::move(call), cancel);
    RB_CHECK(result == "0x7a69");
  }
}

double run_ours(Loop& loop, JsonRpcClient& client, const std::string& url, int calls,
                int parallel) {
  JsonRpcEndpoint endpoint;
  endpoint.url = url;
  const CancelPtr cancel = Cancel::root();
  const auto started = loop.clock().steady();
  for (int i = 0; i < parallel; ++i) {
    loop.spawn(call_in_turn(client, endpoint, cancel, calls / parallel));
  }
  loop.run();
  return per_second(calls / parallel * parallel, loop.clock().steady() - started);
}

Figure compare(const std::string& name, const std::string& url, int calls, int parallel) {
  SystemClock clock;
  Loop loop(clock);
  HttpClient http(loop);
  JsonRpcClient client(http);
  BareCurl bare(url, parallel);
  Figure figure{.name = name,
                .unit = "calls/s",
                .floor = 0.5,
                .goal = 0.8,
                .limit_is = "curl_multi_perform with a body made before, the answer thrown away",
                .held_by =
                    "writing and reading JSON, a handle set up for each request, a coroutine "
                    "each"};
  return measure(
      std::move(figure), kHttpRounds, [&] { return run_ours(loop, client, url, calls, parallel); },
      [&] { return bare.run(clock, calls); });
}

}  // namespace

std::vector<Figure> bench_http() {
  std::signal(SIGPIPE, SIG_IGN);
  const RpcServer server;
  return {compare("JSON-RPC calls, one at a time", server.url(), kSequentialCalls, 1),
          compare("JSON-RPC calls, 64 at once", server.url(), kParallelCalls, kHttpParallel)};
}

}  // namespace runbook::bench
