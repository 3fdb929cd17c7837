#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include <lua.hpp>

#include "engine/base/file.h"
#include "modules/modules.h"
#include "tests/catch.h"
#include "tests/modules/recorded_call.h"

using namespace runbook;

namespace {

struct ServiceCalls : CallFixture {
  ServiceCalls() : CallFixture(service_module(), SERVICE_PROGRAM) {}
  ~ServiceCalls() {
    for (const std::string& name : services.names()) {
      loop.spawn(services.stop(name, std::chrono::seconds(2)));
    }
    cancel = Cancel::root();
    loop.run();
  }
  ServiceCalls(const ServiceCalls&) = delete;
  ServiceCalls& operator=(const ServiceCalls&) = delete;

  Error start_error(const Json& options) {
    try {
      run_once("start", options);
    } catch (const Error& error) {
      return error;
    }
    throw std::runtime_error("it started");
  }
};

Json shell(const std::string& script, Json more = Json::object()) {
  Json options{{"name", "node"}, {"argv", {"sh", "-c", script}}};
  options.update(more);
  return options;
}

// Answers every connection with one status, until it is destroyed.
class SmallServer {
 public:
  explicit SmallServer(int status) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(bind(socket_.get(), generic, length) == 0);
    REQUIRE(listen(socket_.get(), 16) == 0);
    REQUIRE(getsockname(socket_.get(), generic, &length) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, status] { serve(status); });
  }
  ~SmallServer() {
    shutdown(socket_.get(), SHUT_RDWR);  // wakes accept
    thread_.join();
  }
  SmallServer(const SmallServer&) = delete;
  SmallServer& operator=(const SmallServer&) = delete;
  int port() const { return port_; }

 private:
  void serve(int status) {
    for (;;) {
      const FileDescriptor connection(accept(socket_.get(), nullptr, nullptr));
      if (!connection.valid()) {
        return;
      }
      char request[4096];
      const std::string answer = "HTTP/1.1 " + std::to_string(status) +
                                 " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      if (recv(connection.get(), request, sizeof request, 0) > 0) {
        send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      }
    }
  }
  FileDescriptor socket_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace

TEST_CASE_METHOD(ServiceCalls, "service.start gives name, pid and log, and stop ends it",
                 "[modules]") {
  Json options = shell("echo up; exec sleep 300");
  options["ready"] = {{"log", "up"}};  // or it might be stopped before it said so
  const Json started = run_once("start", std::move(options));
  CHECK(started.at("name") == "node");
  CHECK_FALSE(started.contains("port"));
  CHECK(run("status", {{"name", "node"}}).at("running") == true);
  CHECK(run("status", {{"name", "node"}}).at("pid") == started.at("pid"));
  CHECK(run("stop", {{"name", "node"}}).at("stopped") == true);
  const Json status = run("status", {{"name", "node"}});
  CHECK(status.at("running") == false);
  CHECK(status.at("signal") == SIGINT);
  CHECK(run("stop", {{"name", "node"}}).at("stopped") == false);
  CHECK(run("logs", {{"name", "node"}}) == Json{"up"});
}

TEST_CASE_METHOD(ServiceCalls, "A service that never was can be stopped, not looked at",
                 "[modules]") {
  CHECK(run("stop", {{"name", "node"}}).at("stopped") == false);
  CHECK(error_of("status", {{"name", "node"}}).code == Code::service_not_found);
  CHECK(error_of("logs", {{"name", "node"}}).code == Code::service_not_found);
}

TEST_CASE_METHOD(ServiceCalls, "A name is used once at a time", "[modules]") {
  run_once("start", shell("exec sleep 300"));
  const Error error = start_error(shell("exec sleep 300"));
  CHECK(error.code == Code::service_running);
  CHECK(error.effect == EffectDone::none);
}

TEST_CASE_METHOD(ServiceCalls, "A port is chosen once and stands wherever it is asked for",
                 "[modules]") {
  const Json options =
      shell("echo $ADDRESS {port}; exec sleep 300",
            {{"port", "auto"}, {"env", {{"ADDRESS", "h:{port}"}}}, {"ready", {{"log", "h:"}}}});
  const Intent intent = prepare("start", options);
  const int port = intent.data.at("port").get<int>();
  CHECK(port > 0);
  CHECK(run_with("start", options, intent).at("port") == port);
  const std::string number = std::to_string(port);
  CHECK(run("logs", {{"name", "node"}}) == Json{"h:" + number + " " + number});
  CHECK(start_error({{"name", "other"}, {"argv", {"echo", "{port}"}}}).code ==
        Code::option_invalid);
}

TEST_CASE_METHOD(ServiceCalls, "Ready may be a text in its log", "[modules]") {
  run_once("start",
           shell("sleep 0.1; echo listening; exec sleep 300", {{"ready", {{"log", "listen"}}}}));
  CHECK(run("logs", {{"name", "node"}}) == Json{"listening"});
}

TEST_CASE_METHOD(ServiceCalls, "A text of an earlier life does not count", "[modules]") {
  const Json options = shell("echo listening; exec sleep 300", {{"ready", {{"log", "listening"}}}});
  run_once("start", options);
  run("stop", {{"name", "node"}});
  const Error error = start_error(
      shell("exec sleep 300", {{"ready", {{"log", "listening"}, {"timeout", "100ms"}}}}));
  CHECK(error.code == Code::service_not_ready);
}

TEST_CASE_METHOD(ServiceCalls, "Ready may be a port or an HTTP status", "[modules]") {
  const SmallServer server(204);
  const SmallServer busy(503);
  const auto url = [](const SmallServer& of) {
    return "http://127.0.0.1:" + std::to_string(of.port()) + "/";
  };
  SECTION("port") {
    run_once("start",
             shell("exec sleep 300", {{"port", server.port()}, {"ready", {{"port", true}}}}));
  }
  SECTION("any good status") {
    run_once("start", shell("exec sleep 300", {{"ready", {{"http", url(server)}}}}));
  }
  SECTION("a given status") {
    run_once("start", shell("exec sleep 300", {{"ready", {{"http", url(busy)}, {"status", 503}}}}));
  }
  SECTION("a bad status") {
    const Error error = start_error(
        shell("exec sleep 300", {{"ready", {{"http", url(busy)}, {"timeout", "100ms"}}}}));
    CHECK(error.code == Code::service_not_ready);
    CHECK_FALSE(services.status("node").supervised);
    return;
  }
  CHECK(services.status("node").running);
}

TEST_CASE_METHOD(ServiceCalls, "A service that is not ready in time is stopped and shown",
                 "[modules]") {
  const Error error = start_error(
      shell("echo starting; exec sleep 300", {{"ready", {{"log", "up"}, {"timeout", "200ms"}}}}));
  CHECK(error.code == Code::service_not_ready);
  CHECK(error.effect == EffectDone::none);
  CHECK(error.detail.at("lines") == Json{"starting"});
  CHECK_FALSE(services.status("node").supervised);
}

TEST_CASE_METHOD(ServiceCalls, "A service that ends before it is ready says how", "[modules]") {
  const Error error = start_error(shell("echo no config; exit 3", {{"ready", {{"log", "up"}}}}));
  CHECK(error.code == Code::service_exited);
  CHECK(error.effect == EffectDone::none);
  CHECK(error.detail.at("exit") == 3);
  CHECK(error.detail.at("lines") == Json{"no config"});
}

TEST_CASE_METHOD(ServiceCalls, "Wrong options are refused before anything starts", "[modules]") {
  const std::vector<Json> wrong = {{{"ready", {{"colour", "blue"}}}}, {{"ready", {{"port", true}}}},
                                   {{"ready", {{"timeout", "1s"}}}},  {{"port", 70'000}},
                                   {{"restart", "sometimes"}},        {{"name", "a/b"}}};
  for (const Json& more : wrong) {
    INFO(more.dump());
    const Error error = start_error(shell("exec sleep 300", more));
    CHECK(error.code == Code::option_invalid);
    CHECK(error.effect == EffectDone::none);
  }
  vault.add("token", "hunter2-hunter2");
  CHECK(start_error(shell("echo hunter2-hunter2")).code == Code::secret_in_arguments);
  CHECK(services.names().empty());
}

TEST_CASE_METHOD(ServiceCalls, "After an interruption the supervisor's lock tells", "[modules]") {
  const Json options = shell("echo up; exec sleep 300", {{"ready", {{"log", "up"}}}});
  const Intent intent = prepare("start", options);
  CHECK(probe("start", options, intent).kind == Outcome::Kind::not_done);
  run_with("start", options, intent);
  std::vector<std::string> heard;
  services.on_started = [&heard](const ServiceSpec& spec, const ServiceStatus&) {
    heard.push_back(spec.name);
  };
  const Outcome found = probe("start", options, intent);
  CHECK(found.kind == Outcome::Kind::done);
  CHECK(found.value.at("pid") == services.status("node").pid);
  CHECK(heard == std::vector<std::string>{"node"});  // its start may not have been recorded
  const Json later = shell("echo up; exec sleep 300", {{"ready", {{"log", "not yet"}}}});
  CHECK(probe("start", later, intent).kind == Outcome::Kind::in_progress);
  run("stop", {{"name", "node"}});
  CHECK(probe("start", options, intent).kind == Outcome::Kind::not_done);
}

TEST_CASE_METHOD(ServiceCalls, "A turn of waiting counts, and ends with the service or the time",
                 "[modules]") {
  run_once("start", shell("exec sleep 300"));
  const Json turn{{"name", "node"}, {"waited", 30}, {"every", "10ms"}, {"timeout", "100ms"}};
  CHECK(run("wait", turn) == 40);
  Json last = turn;
  last["waited"] = 100;
  CHECK(error_of("wait", last).code == Code::service_not_ready);
  run("stop", {{"name", "node"}});
  CHECK(error_of("wait", turn).code == Code::service_exited);
}

TEST_CASE("A ready rule that is a function is asked until it says yes", "[modules]") {
  lua_State* L = luaL_newstate();
  luaL_openlibs(L);
  const std::string driver = R"lua(
    local calls = {}
    local raw = {
      start = function(options)
        calls[#calls + 1] = 'start ' .. tostring(options.ready)
        return { name = 'node', pid = 7 }
      end,
      wait = function(options)
        calls[#calls + 1] = 'wait ' .. options.waited .. ' ' .. tostring(options.every)
        return options.waited + 5
      end,
    }
    local service = assert(loadfile(...))(raw)
    local asked = 0
    local function ready(started)
      asked = asked + 1
      return asked == 3 and started.pid == 7
    end
    assert(service.start({ 'x', name = 'node', ready = { ready, every = '5ms' } }).pid == 7)
    assert(table.concat(calls, ', ') == 'start nil, wait 0 5ms, wait 5 5ms', table.concat(calls, ', '))
    asked = 2
    assert(service.start({ 'x', name = 'node', ready = ready }).pid == 7)
    assert(calls[4] == 'start nil' and #calls == 4)
    service.start({ 'x', name = 'node', ready = { log = 'up' } })
    assert(calls[5]:find('table'))
  )lua";
  REQUIRE(luaL_loadstring(L, driver.c_str()) == 0);
  lua_pushstring(L, SOURCE_FOLDER "/modules/service/service.lua");
  if (lua_pcall(L, 1, 0, 0) != 0) {
    FAIL(lua_tostring(L, -1));
  }
  lua_close(L);
}
