// Instructions on their way to a driver, with what was typed beside them, and the replies to them.

#include <sys/stat.h>

#include "engine/recipe/reply.h"
#include "engine/recipe/steering.h"
#include "tests/base/expect_error.h"
#include "tests/catch.h"
#include "tests/recipe/folder.h"

namespace runbook {
namespace {

using Kind = Instruction::Kind;
constexpr Timestamp kSaidAt = 50'000;

Instruction say(Kind kind) {
  Instruction said;
  said.kind = kind;
  said.run = "7f3a-lucky-heron";
  said.step = "a/b";
  said.actor = "alice@ops-1";
  return said;
}

TEST_CASE("An instruction comes back from its message as it was", "[steering]") {
  Instruction said = say(Kind::mark_failed);
  said.groups = {"sre", "staff"};
  said.typed_file = "1";
  said.reply_to = "2";
  const Instruction read = Instruction::from_json(parse_json(dump_json(said.to_json()), "message"));
  CHECK(read.to_json() == said.to_json());
  CHECK(read.kind == Kind::mark_failed);
}

TEST_CASE("A message that is none is refused", "[steering]") {
  const Json good = say(Kind::skip).to_json();
  const auto refuse = [](const Json& message) {
    expect_error(Code::journal_corrupt, [&] { Instruction::from_json(message); });
  };
  refuse(nullptr);
  refuse(Json::array());
  for (const auto& [field, value] : good.items()) {
    Json without = good;
    without.erase(field);
    refuse(without);
  }
  Json wrong = good;
  wrong["kind"] = "explode";
  refuse(wrong);
  wrong = good;
  wrong["groups"] = {1};
  refuse(wrong);
}

TEST_CASE("What is typed goes to a driver beside the message, in a file of its own", "[steering]") {
  const Folder folder;
  Instruction said = say(Kind::answer);
  said.answers = {{"password", "hunter2-hunter2"}};
  said.reason = "hunter3-hunter3";
  said.result = "hunter4-hunter4";
  Instruction sent = said;
  hand_over_typed(sent, folder.path);
  CHECK_THAT(sent.to_json().dump(), !ContainsSubstring("hunter"));
  const std::filesystem::path file = folder.path / "answers" / sent.typed_file;
  CHECK(std::filesystem::status(file).permissions() == std::filesystem::perms(0600));
  Instruction taken = Instruction::from_json(sent.to_json());
  CHECK(take_typed(taken, folder.path) == file);
  CHECK(taken.answers == said.answers);
  CHECK(taken.reason == said.reason);
  CHECK(taken.result == said.result);
  CHECK(std::filesystem::exists(file));  // the only copy until it is durable
  for (const char* name : {"../../secrets.json", ""}) {
    taken.typed_file = name;
    expect_error(Code::journal_corrupt, [&] { take_typed(taken, folder.path); });
  }
}

TEST_CASE("What was typed and nobody came for is removed after an hour, or at the end of the run",
          "[steering]") {
  const Folder folder;
  Instruction said = say(Kind::answer);
  said.answers = {{"password", "hunter2-hunter2"}};
  hand_over_typed(said, folder.path);
  const std::filesystem::path file = folder.path / "answers" / said.typed_file;
  struct stat facts {};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  const Timestamp written = Timestamp{facts.st_mtim.tv_sec} * 1000;
  const Timestamp hour = 3'600'000;
  remove_typed_files(folder.path, written + hour, false);
  CHECK(std::filesystem::exists(file));
  remove_typed_files(folder.path, written + hour + 1, false);
  CHECK_FALSE(std::filesystem::exists(file));
  hand_over_typed(said, folder.path);
  remove_typed_files(folder.path, written, true);
  CHECK(std::filesystem::is_empty(folder.path / "answers"));
  CHECK_NOTHROW(remove_typed_files(folder.path / "none", written, true));
}

TEST_CASE("A reply is a sentence or an error", "[steering]") {
  CHECK(read_reply(reply_text(std::string("Approved go-live."))) == "Approved go-live.");
  const Error error = expect_error(Code::answered_already, [] {
    read_reply(reply_text(Error(Code::answered_already, "bob was quicker", "resume")));
  });
  CHECK(error.hint == "resume");
  expect_error(Code::journal_corrupt, [] { read_reply("[]"); });
}

TEST_CASE("A reply is for one reader, and is removed when nobody comes for it", "[steering]") {
  const std::unique_ptr<Store> store = make_memory_store();
  put_reply(*store, "one", "first", kSaidAt);
  put_reply(*store, "two", "second", kSaidAt + 1);
  CHECK_FALSE(take_reply(*store, "three"));
  CHECK(take_reply(*store, "two") == "second");
  CHECK_FALSE(take_reply(*store, "two"));
  const Timestamp hour = 3'600'000;
  remove_unclaimed_replies(*store, kSaidAt + hour);
  put_reply(*store, "four", "fresh", kSaidAt + hour);
  remove_unclaimed_replies(*store, kSaidAt + hour + 1);
  CHECK_FALSE(take_reply(*store, "one"));
  CHECK(take_reply(*store, "four") == "fresh");
}

}  // namespace
}  // namespace runbook
