// Commands against a run that somebody drives: here the test is the driver. It holds the lock,
// looks at the inbox and replies, or dies.

#include "engine/base/file.h"
#include "engine/base/identity.h"
#include "engine/base/json.h"
#include "engine/journal/journal.h"
#include "engine/recipe/reply.h"
#include "engine/recipe/steering.h"
#include "engine/store/store.h"
#include "tests/catch.h"
#include "tests/cli/program.h"
#include "tests/cli/recorded.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kRun = "7f3a-lucky-heron";

Script waiting() {
  Script script;
  script.session().begin("go-live", 1, Kind::gate);
  event::GateOpened gate;
  gate.digest = "8e1f";
  script.add(gate, "go-live", 1);
  script.begin("where", 1, Kind::ask);
  event::GateOpened question;
  question.digest = "9f20";
  question.fields = {{"password", {{"type", "secret"}}}};
  script.add(question, "where", 1);
  return script.begin("deploy");
}

class Driver {
 public:
  explicit Driver(const Folder& folder) : run_folder_(folder.path() / ".runbook/runs" / kRun) {
    record_run(folder.path(), kRun, waiting());
    store_ = open_sqlite_store(folder.path() / ".runbook", OpenMode::read_write);
    lock_.emplace(FileLock::try_acquire(run_folder_ / "lock", "the driver"));
    REQUIRE(lock_->held());
  }

  /// Waits until so many messages lie in the inbox.
  std::vector<InboxMessage> messages(std::size_t count) {
    REQUIRE(eventually([&] { return store_->list_messages(kRun).size() >= count; }));
    return store_->list_messages(kRun);
  }
  std::string append(const Instruction& said) {
    SystemClock clock;
    Redactor redactor;
    SecretVault vault(kRun, redactor);
    const Steered done =
        steer(read_run_state(*store_, kRun), said, clock.now(), /*driven=*/true, vault);
    append_directly(*store_, kRun, clock, done.events);
    return done.sentence;
  }
  Instruction read(const InboxMessage& message) const {
    Instruction said = Instruction::from_json(parse_json(message.payload, "message"));
    std::filesystem::remove(take_typed(said, run_folder_));
    return said;
  }
  /// Does what the driver of a session does with a message.
  void handle(const InboxMessage& message) {
    const Instruction said = read(message);
    std::string reply;
    try {
      reply = reply_text(append(said));
    } catch (const Error& error) {
      reply = reply_text(error);
    }
    put_reply(*store_, said.reply_to, reply, SystemClock().now());
    store_->remove_message(message.id);
  }
  void die() { lock_.reset(); }

  RunState state() { return read_run_state(*store_, kRun); }
  bool has_mail() { return !store_->list_messages(kRun).empty(); }
  std::filesystem::path answers() const { return run_folder_ / "answers"; }

 private:
  std::filesystem::path run_folder_;
  std::unique_ptr<Store> store_;
  std::optional<FileLock> lock_;
};

struct Started {
  Started(const Folder& the_folder, const std::vector<std::string>& arguments)
      : folder(the_folder), pid(start_runbook(arguments, folder.path())) {}
  int exit() const { return wait_for(pid); }
  std::string shown() const { return folder.read("background.out"); }

  const Folder& folder;
  int pid;
};

}  // namespace

TEST_CASE("A driver is sent the answer and replies to it", "[driven]") {
  const Folder folder;
  Driver driver(folder);
  const Started approve(folder, {"approve", "7f3a", "go-live", "--comment", "fine"});
  driver.handle(driver.messages(1).front());
  CHECK(approve.exit() == 0);
  CHECK(approve.shown() == "Approved go-live.\n");  // the driver goes on: nothing to type next
  CHECK(driver.state().questions.at("go-live").answer->comment == "fine");
  CHECK_FALSE(driver.has_mail());
}

TEST_CASE("What a driver refuses is refused with its number", "[driven]") {
  const Folder folder;
  Driver driver(folder);
  const Started skip(folder, {"skip", "7f3a", "deploy", "--reason", "r"});
  driver.handle(driver.messages(1).front());
  CHECK(skip.exit() == 20);
  CHECK_THAT(skip.shown(), ContainsSubstring("RB0118"));
  CHECK_THAT(skip.shown(), ContainsSubstring("deploy is acting right now"));
}

TEST_CASE("Of two answers at once one counts, and the other is told by whom it was given",
          "[driven]") {
  const Folder folder;
  const Folder output;
  Driver driver(folder);
  const std::string state = (folder.path() / ".runbook").string();
  const Started approve(folder, {"approve", "7f3a", "go-live"});
  const Started deny(output, {"deny", "7f3a", "go-live", "--state", state});
  const std::vector<InboxMessage> both = driver.messages(2);
  driver.handle(both[0]);
  driver.handle(both[1]);
  const int exits[] = {approve.exit(), deny.exit()};
  const bool approved = exits[0] == 0;
  CHECK(exits[approved ? 1 : 0] == 2);
  CHECK(exits[approved ? 0 : 1] == 0);
  CHECK_THAT((approved ? deny : approve).shown(),
             ContainsSubstring((approved ? "approved by " : "denied by ") + actor_name()));
}

TEST_CASE("A secret answer reaches the driver beside the database", "[driven]") {
  const Folder folder;
  Driver driver(folder);
  folder.write("password", "hunter2-hunter2");
  const Started answer(folder, {"answer", "7f3a", "where", "password=@password"});
  const InboxMessage message = driver.messages(1).front();
  CHECK_THAT(message.payload, !ContainsSubstring("hunter2"));
  driver.handle(message);
  CHECK(answer.exit() == 0);
  CHECK(std::filesystem::is_empty(driver.answers()));
}

TEST_CASE("When the driver dies before it looked, the sender does it itself", "[driven]") {
  const Folder folder;
  Driver driver(folder);
  folder.write("password", "hunter2-hunter2");
  const Started answer(folder, {"answer", "7f3a", "where", "password=@password"});
  driver.messages(1);
  driver.die();
  CHECK(answer.exit() == 0);
  CHECK(answer.shown() == "Answered where.\nNext:  runbook resume 7f3a-lucky-heron\n");
  CHECK(driver.state().questions.at("where").answer);
  CHECK_FALSE(driver.has_mail());
  CHECK(std::filesystem::is_empty(driver.answers()));
}

TEST_CASE("When the driver dies after it recorded the answer, the sender says so", "[driven]") {
  const Folder folder;
  Driver driver(folder);
  const Started approve(folder, {"approve", "7f3a", "go-live"});
  driver.append(driver.read(driver.messages(1).front()));
  driver.die();
  CHECK(approve.exit() == 0);
  CHECK_THAT(approve.shown(), ContainsSubstring("go-live is approved."));
  CHECK_FALSE(driver.has_mail());
}

TEST_CASE("mark and cancel go to the driver too", "[driven]") {
  const Folder folder;
  Driver driver(folder);
  const Started mark(folder, {"mark", "7f3a", "where", "done", "--reason", "r", "--result", "1"});
  driver.handle(driver.messages(1).front());
  CHECK(mark.exit() == 0);
  CHECK(driver.state().find_step("where")->state == State::ok);
  const Started cancel(folder, {"cancel", "7f3a", "--reason", "wrong cluster"});
  driver.handle(driver.messages(1).front());
  CHECK(cancel.exit() == 0);
  CHECK_THAT(cancel.shown(), ContainsSubstring("Cancelling run 7f3a-lucky-heron"));
  CHECK(driver.state().cancel->reason == "wrong cluster");
}

TEST_CASE("A run that is driven for real takes an answer and a skip while it works", "[driven]") {
  const Folder folder;
  folder.write("r.lua",
               "local process = require 'process'\n"
               "parallel('p', {\n"
               "  work = function()\n"
               "    process.run { 'sh', '-c', 'touch began; until test -e stop; do sleep 0.01; "
               "done' }\n"
               "  end,\n"
               "  gated = function() gate 'go-live'; return 1 end,\n"
               "})\n"
               "step('announce', function() error('not skipped') end)\n");
  const Started run(folder, {"run", "r.lua"});
  REQUIRE(eventually([&] { return std::filesystem::exists(folder.path() / "began"); }));
  const auto tell = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin() + 1, "@last");
    return run_runbook(arguments, folder.path());
  };
  const Ran acting = tell({"mark", "p/work", "done", "--reason", "r"});
  CHECK(acting.exit == 20);
  CHECK_THAT(acting.err, ContainsSubstring("p/work is acting right now"));
  CHECK(tell({"approve", "p/gated/go-live"}).err == "Approved p/gated/go-live.\n");
  CHECK(tell({"deny", "p/gated/go-live"}).exit == 2);
  CHECK(tell({"skip", "announce", "--reason", "not today"}).exit == 0);
  folder.write("stop", "");
  CHECK(run.exit() == 0);
  INFO(run.shown());
  CHECK_THAT(run_runbook({"show", "@last", "--output", "json"}, folder.path()).out,
             ContainsSubstring(R"("reason":"not today")"));
}
