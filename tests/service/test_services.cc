#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/service/service_files.h"
#include "tests/catch.h"
#include "tests/service/service_fixture.h"

using namespace runbook;
using namespace std::chrono_literals;

TEST_CASE_METHOD(ServiceFixture, "A service runs until it is stopped", "[service]") {
  const ServiceStatus started = start(shell("echo up; exec sleep 300"));
  CHECK(started.running);
  CHECK(started.supervised);
  CHECK(started.pid > 0);
  CHECK(is_alive(started.pid));
  CHECK(services.names() == std::vector<std::string>{"node"});
  stop("node");
  const ServiceStatus ended = services.status("node");
  CHECK_FALSE(ended.running);
  CHECK_FALSE(ended.supervised);
  CHECK(ended.signal == SIGINT);
  CHECK(ended.pid == started.pid);
  CHECK(ended.since >= started.since);
  CHECK_FALSE(is_alive(started.pid));
}

TEST_CASE_METHOD(ServiceFixture, "The run hears when a service starts and ends", "[service]") {
  std::vector<std::string> heard;
  services.on_started = [&heard](const ServiceSpec& spec, const ServiceStatus& status) {
    heard.push_back("started " + spec.name + (status.running ? " running" : ""));
  };
  services.on_ended = [&heard](const std::string& name, const ServiceStatus& status) {
    heard.push_back("ended " + name + " by " + std::to_string(status.signal.value_or(0)));
  };
  start(shell("exec sleep 300"));
  stop("node");
  stop("node");  // no longer news
  CHECK(heard == std::vector<std::string>{"started node running", "ended node by 2"});
}

TEST_CASE_METHOD(ServiceFixture, "A service that ends by itself leaves its status", "[service]") {
  start(shell("exit 7"));
  await([this] { return !services.status("node").supervised; });
  const ServiceStatus status = services.status("node");
  CHECK(status.exit == 7);
  CHECK_FALSE(status.running);
}

TEST_CASE_METHOD(ServiceFixture, "An unknown service is not running", "[service]") {
  const ServiceStatus status = services.status("node");
  CHECK_FALSE(status.running);
  CHECK(status.pid == 0);
  CHECK(services.last_lines("node", 10).empty());
  CHECK(services.names().empty());
}

TEST_CASE_METHOD(ServiceFixture, "A service that cannot be executed says why", "[service]") {
  ServiceSpec spec = shell("");
  SECTION("no program") {
    spec.argv = {"no-such-program"};
    try {
      start(spec);
      FAIL("it started");
    } catch (const Error& error) {
      CHECK(error.code == Code::program_not_found);
      CHECK(error.effect == EffectDone::none);
    }
  }
  SECTION("no working directory") {
    spec.cwd = "/no/such/folder";
    try {
      start(spec);
      FAIL("it started");
    } catch (const Error& error) {
      CHECK(error.code == Code::spawn_failed);
      CHECK_THAT(error.message, ContainsSubstring("/no/such/folder"));
    }
  }
  CHECK_FALSE(services.status("node").running);
  CHECK_FALSE(std::filesystem::exists(ServiceFiles::in(folder / "services", "node").spec));
}

TEST_CASE_METHOD(ServiceFixture, "A name that is no file name is refused", "[service]") {
  for (const char* name : {"", "../x", "a b", ".hidden"}) {
    ServiceSpec spec = shell("true");
    spec.name = name;
    CHECK_THROWS_AS(start(spec), Error);
  }
}

TEST_CASE_METHOD(ServiceFixture, "A service carries its mark, and nothing of the run's children",
                 "[service]") {
  setenv("RUNBOOK_RUN_ID", "outer", 1);
  ServiceSpec spec = shell("echo $RUNBOOK_SERVICE,$RUNBOOK_RUN_ID,$COLOUR; exec sleep 300");
  spec.env = {{"COLOUR", "blue"}};
  const ServiceStatus status = start(spec);
  unsetenv("RUNBOOK_RUN_ID");
  await([this] { return log_has("node,,blue"); });
  CHECK_FALSE(environment_of(status.pid, "RUNBOOK_RUN_ID"));
}

TEST_CASE_METHOD(ServiceFixture, "A service outlives its engine and is found again", "[service]") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const int engine = fork();
  if (engine == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execl(SERVICE_PROGRAM, SERVICE_PROGRAM, "engine", folder.c_str(), run_id.c_str(), "node", "sh",
          "-c", "echo up; exec sleep 300", nullptr);
    _exit(127);
  }
  char text[32] = {};
  REQUIRE(read(ends[0], text, sizeof text - 1) > 0);
  const int pid = std::stoi(text);
  kill(engine, SIGKILL);
  waitpid(engine, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  const ServiceStatus status = services.status("node");
  CHECK(status.running);
  CHECK(status.pid == pid);
  await([this] { return log_has("up"); });
  stop("node");
  CHECK_FALSE(is_alive(pid));
}

TEST_CASE_METHOD(ServiceFixture, "A stranger with a reused pid is not the service", "[service]") {
  const ServiceStatus started = start(shell("exec sleep 300"));
  const auto path = ServiceFiles::in(folder / "services", "node").status;
  ServiceRecord record = read_record(path).value();
  SECTION("another start time") {
    record.start_time = "1";
  }
  SECTION("another boot") {
    record.boot = "00000000-0000-0000-0000-000000000000";
  }
  write_record(path, record);
  CHECK_FALSE(services.status("node").running);
  CHECK(is_alive(started.pid));
}

TEST_CASE_METHOD(ServiceFixture, "Only its owner may read what a service writes", "[service]") {
  start(shell("echo up; exec sleep 300"));
  await([this] { return log_has("up"); });
  for (const auto& entry : std::filesystem::directory_iterator(folder / "services")) {
    struct stat status = {};
    REQUIRE(stat(entry.path().c_str(), &status) == 0);
    INFO(entry.path());
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(entry.path().extension() != ".spec");
  }
}

TEST_CASE_METHOD(ServiceFixture, "The last lines of a long log are found", "[service]") {
  start(shell("seq 1 100000; echo end; exec sleep 300"));
  await([this] { return log_has("end"); });
  CHECK(services.last_lines("node", 3) == std::vector<std::string>{"99999", "100000", "end"});
}

TEST_CASE("A free port can be listened on", "[service]") {
  const int port = free_port();
  const FileDescriptor listener(socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}
