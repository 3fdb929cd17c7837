#include <signal.h>
#include <stdlib.h>

#include "engine/base/error.h"
#include "engine/io/process_table.h"
#include "tests/catch.h"
#include "tests/io/process_fixture.h"

using namespace runbook;
using namespace std::chrono_literals;

namespace {

Error error_of(ProcessFixture& fixture, ProcessSpec spec) {
  try {
    fixture.run(std::move(spec));
  } catch (const Error& error) {
    return error;
  }
  throw std::runtime_error("it was started");
}

}  // namespace

TEST_CASE_METHOD(ProcessFixture, "A child's exit status and output come back", "[process]") {
  const ProcessResult result = run(shell("echo out; echo err >&2; exit 3"));
  CHECK(result.exit == 3);
  CHECK_FALSE(result.signal);
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK(result.drained);
  CHECK_FALSE(result.signalled);
  CHECK_FALSE(result.truncated);
  CHECK(result.pid > 0);
  CHECK(processes.alive().empty());
}

TEST_CASE_METHOD(ProcessFixture, "A child ended by a signal of somebody else says so",
                 "[process]") {
  const ProcessResult result = run(shell("kill -KILL $$"));
  CHECK(result.signal == SIGKILL);
  CHECK_FALSE(result.exit);
  CHECK_FALSE(result.signalled);
}

TEST_CASE_METHOD(ProcessFixture, "A child reads its input to the end, of any size", "[process]") {
  CHECK(run(spec({"cat"})).out.empty());
  ProcessSpec large = spec({"wc", "-c"});
  large.input = std::string(std::size_t{5} << 20, 'x');
  CHECK(run(std::move(large)).out == "5242880\n");
}

TEST_CASE_METHOD(ProcessFixture, "A child reads what is attached beside its input", "[process]") {
  ProcessSpec both = shell("cat; cat /dev/fd/3; cat <&3");
  both.input = "input,";
  both.attached = "attached,";
  CHECK(run(std::move(both)).out == "input,attached,attached,");
}

TEST_CASE_METHOD(ProcessFixture, "A child may leave its input unread", "[process]") {
  ProcessSpec unread = shell("exit 0");
  unread.input = std::string(std::size_t{5} << 20, 'x');
  CHECK(run(std::move(unread)).exit == 0);
}

TEST_CASE_METHOD(ProcessFixture, "Lines come as they are written, each with its stream",
                 "[process]") {
  std::vector<std::string> lines;
  ProcessSpec talking = shell("echo one; echo two >&2; printf three");
  talking.on_line = [&lines](Stream stream, std::string_view line) {
    lines.push_back((stream == Stream::out ? "out " : "err ") + std::string(line));
  };
  run(std::move(talking));
  std::ranges::sort(lines);
  CHECK(lines == std::vector<std::string>{"err two", "out one", "out three"});
}

TEST_CASE_METHOD(ProcessFixture, "An error of the line's receiver ends the child and comes back",
                 "[process]") {
  ProcessSpec talking = shell("echo one; exec sleep 60");
  talking.on_line = [](Stream, std::string_view) { throw std::runtime_error("log full"); };
  CHECK_THROWS_WITH(run(std::move(talking)), "log full");
  CHECK(processes.alive().empty());
}

TEST_CASE("Working directory and environment are what was asked for", "[process]") {
  setenv("INHERITED", "yes", 1);
  setenv("REMOVED", "yes", 1);
  ProcessFixture fixture;
  ProcessSpec asked = ProcessFixture::shell("pwd; echo $INHERITED,$REMOVED,$ADDED,$HOME");
  asked.cwd = "/usr";
  asked.env = {{"ADDED", "a=b"}, {"HOME", "/nowhere"}};
  asked.unset = {"REMOVED"};
  CHECK(fixture.run(std::move(asked)).out == "/usr\nyes,,a=b,/nowhere\n");
  unsetenv("INHERITED");
  unsetenv("REMOVED");
}

TEST_CASE_METHOD(ProcessFixture, "A child has the base environment", "[process]") {
  Processes with_base(loop, nullptr, {{"RUNBOOK_RUN_ID", "7f3a"}});
  ProcessResult result;
  loop.spawn([](Processes& started, ProcessSpec what, ProcessResult& into) -> Task<void> {
    into = co_await started.run(std::move(what), nullptr);
  }(with_base, shell("echo $RUNBOOK_RUN_ID"), result));
  loop.run();
  CHECK(result.out == "7f3a\n");
}

TEST_CASE_METHOD(ProcessFixture, "A program is found on the PATH the child gets", "[process]") {
  ProcessSpec elsewhere = spec({"true"});
  elsewhere.env = {{"PATH", "/nowhere"}};
  const Error error = error_of(*this, std::move(elsewhere));
  CHECK(error.code == Code::program_not_found);
  CHECK(error.effect == EffectDone::none);
  CHECK_THAT(error.message, ContainsSubstring("true") && ContainsSubstring("/nowhere"));
  CHECK(find_program("sh", "relative:/usr/bin:/bin").has_value());
  CHECK_FALSE(find_program("no-such-program", "/usr/bin").has_value());
}

TEST_CASE_METHOD(ProcessFixture, "What cannot be started says why, and nothing has happened",
                 "[process]") {
  SECTION("no such program") {
    const Error error = error_of(*this, spec({"/no/such/program"}));
    CHECK(error.code == Code::program_not_found);
  }
  SECTION("not executable") {
    const Error error = error_of(*this, spec({"/etc/passwd"}));
    CHECK(error.code == Code::spawn_failed);
    CHECK_THAT(error.message, ContainsSubstring("Permission denied"));
  }
  SECTION("no such working directory") {
    ProcessSpec lost = spec({"true"});
    lost.cwd = "/no/such/folder";
    const Error error = error_of(*this, std::move(lost));
    CHECK(error.code == Code::spawn_failed);
    CHECK(error.effect == EffectDone::none);
    CHECK_THAT(error.message, ContainsSubstring("/no/such/folder"));
  }
  SECTION("arguments that the system would cut off") {
    const Error error = error_of(*this, spec({"echo", std::string("a\0b", 3)}));
    CHECK(error.code == Code::spawn_failed);
    CHECK_THAT(error.message, ContainsSubstring("argument 1"));
  }
  SECTION("a list of arguments that is too long") {
    const Error error = error_of(*this, spec({"echo", std::string(std::size_t{4} << 20, 'x')}));
    CHECK(error.code == Code::spawn_failed);
    CHECK_THAT(error.message, ContainsSubstring("too long"));
  }
  CHECK(processes.alive().empty());
}

TEST_CASE_METHOD(ProcessFixture, "A timeout interrupts, then terminates, then kills", "[process]") {
  const std::string script =
      "trap 'echo INT; $ON_INT' INT; trap 'echo TERM; $ON_TERM' TERM; echo ready;"
      "while :; do sleep 0.01; done";
  ProcessSpec stubborn = shell(script);
  stubborn.timeout = 300ms;
  stubborn.grace = 200ms;
  SECTION("the interrupt is enough") {
    stubborn.env = {{"ON_INT", "exit 5"}};
    const ProcessResult result = run(std::move(stubborn));
    CHECK(result.exit == 5);
    CHECK(result.timed_out);
    CHECK(result.signalled);
    CHECK(result.out == "ready\nINT\n");
  }
  SECTION("it takes SIGTERM") {
    stubborn.env = {{"ON_TERM", "exit 6"}};
    const ProcessResult result = run(std::move(stubborn));
    CHECK(result.exit == 6);
    CHECK(result.out == "ready\nINT\nTERM\n");
  }
  SECTION("it takes SIGKILL") {
    const ProcessResult result = run(std::move(stubborn));
    CHECK(result.signal == SIGKILL);
    CHECK(result.timed_out);
    CHECK(result.out == "ready\nINT\nTERM\n");
  }
}

TEST_CASE_METHOD(ProcessFixture, "A timed out child takes its whole group with it", "[process]") {
  // The grandchild ignores everything but SIGKILL and holds no pipe of ours.
  ProcessSpec leader = shell(
      "(trap '' INT TERM; exec >/dev/null 2>&1; sleep 60) & echo $!; trap 'exit 0' INT; wait");
  leader.timeout = 200ms;
  leader.grace = 100ms;
  const ProcessResult result = run(std::move(leader));
  CHECK(result.exit == 0);
  const int grandchild = std::stoi(result.out);
  CHECK_FALSE(is_group_alive(result.pid));
  const auto entry = find_process(grandchild);
  CHECK_FALSE((entry && entry->is_alive()));
}

TEST_CASE_METHOD(ProcessFixture, "A stop sends what its level says and waits", "[process]") {
  const CancelPtr cancel = Cancel::root();
  ProcessSpec saving =
      shell("trap 'echo INT' INT; trap 'echo TERM' TERM; echo ready; while :; do sleep 0.01; done");
  saving.grace = 1ms;  // of no meaning for a stop
  saving.on_line = [&cancel](Stream, std::string_view line) {
    if (line == "ready") {
      cancel->request(CancelReason::stop, StopLevel::interrupt);
    } else if (line == "INT") {
      cancel->request(CancelReason::stop, StopLevel::terminate);
    } else if (line == "TERM") {
      cancel->request(CancelReason::stop, StopLevel::kill);
    }
  };
  const ProcessResult result = run(std::move(saving), cancel);
  CHECK(result.out == "ready\nINT\nTERM\n");
  CHECK(result.signal == SIGKILL);
  CHECK(result.cancelled);
  CHECK(result.signalled);
  CHECK_FALSE(result.timed_out);
}

TEST_CASE_METHOD(ProcessFixture, "At level interrupt a child may take its time", "[process]") {
  const CancelPtr cancel = Cancel::root();
  ProcessSpec saving = shell(
      "trap 'sleep 0.3; echo saved; exit 0' INT; sleep 60 >/dev/null 2>&1 & echo ready; wait");
  saving.grace = 10ms;
  saving.on_line = [&cancel](Stream, std::string_view line) {
    if (line == "ready") {
      cancel->request(CancelReason::stop, StopLevel::interrupt);
    }
  };
  const ProcessResult result = run(std::move(saving), cancel);
  CHECK(result.exit == 0);
  CHECK(result.cancelled);
  CHECK(result.out == "ready\nsaved\n");
  kill(-result.pid, SIGKILL);  // background jobs of a shell ignore SIGINT
}

TEST_CASE_METHOD(ProcessFixture, "A failing sibling ends a child like a timeout", "[process]") {
  const CancelPtr cancel = Cancel::root();
  ProcessSpec stubborn = shell("trap '' INT TERM; echo ready; while :; do sleep 0.01; done");
  stubborn.grace = 50ms;
  stubborn.on_line = [&cancel](Stream, std::string_view) {
    cancel->request(CancelReason::sibling);
  };
  const ProcessResult result = run(std::move(stubborn), cancel);
  CHECK(result.signal == SIGKILL);
  CHECK(result.cancelled);
}

TEST_CASE_METHOD(ProcessFixture, "Nothing is executed under a cancelled node", "[process]") {
  const CancelPtr cancel = Cancel::root();
  cancel->request(CancelReason::sibling);
  CHECK_THROWS_AS(run(spec({"true"}), cancel), Cancelled);
}

TEST_CASE_METHOD(ProcessFixture, "A stopped child is woken to end", "[process]") {
  ProcessSpec stopped = shell("kill -STOP $$; sleep 60");
  stopped.timeout = 200ms;
  stopped.grace = 5s;
  const ProcessResult result = run(std::move(stopped));
  CHECK(result.signal == SIGINT);
}

TEST_CASE_METHOD(ProcessFixture, "An escaped grandchild holds the pipes for the drain limit only",
                 "[process]") {
  ProcessSpec leader = shell("setsid sleep 60 & echo $!; echo done");
  leader.drain = 100ms;
  const ProcessResult result = run(std::move(leader));
  CHECK(result.exit == 0);
  CHECK_FALSE(result.drained);
  CHECK_THAT(result.out, ContainsSubstring("done"));
  CHECK(result.duration < 30s);
  kill(std::stoi(result.out), SIGKILL);
}

TEST_CASE_METHOD(ProcessFixture, "Output of a grandchild within the drain limit is kept",
                 "[process]") {
  ProcessSpec leader = shell("(sleep 0.1; echo late) & exit 0");
  leader.drain = 20s;
  const ProcessResult result = run(std::move(leader));
  CHECK(result.out == "late\n");
  CHECK(result.drained);
}

TEST_CASE_METHOD(ProcessFixture, "A child that asks the terminal fails at once", "[process]") {
  const ProcessResult result = run(shell("read answer < /dev/tty"));
  CHECK(result.exit != 0);
  CHECK(result.duration < 10s);
}

TEST_CASE_METHOD(ProcessFixture, "A child leads a session of its own", "[process]") {
  const ProcessResult result = run(shell("cut -d' ' -f1,5,6 /proc/$$/stat"));
  const std::string pid = std::to_string(result.pid);
  CHECK(result.out == pid + " " + pid + " " + pid + "\n");
}

TEST_CASE_METHOD(ProcessFixture, "A child starts with default signals and an empty mask",
                 "[process]") {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGINT, SIG_IGN);
  const ProcessResult result = run(spec({"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"}));
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGINT, SIG_DFL);
  CHECK(result.out == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE_METHOD(ProcessFixture, "The arguments of a child are told while it runs", "[process]") {
  std::vector<std::string> arguments;
  const std::vector<std::string> argv{"sh", "-c", "echo $$; sleep 300; true", "", "two words"};
  ProcessSpec child = spec(argv);
  child.on_line = [&](Stream, std::string_view pid) {
    arguments = arguments_of(std::stoi(std::string(pid)));
    throw std::runtime_error("seen");
  };
  CHECK_THROWS_AS(run(std::move(child)), std::runtime_error);
  CHECK(arguments == argv);
  CHECK(arguments_of(-1).empty());
}
