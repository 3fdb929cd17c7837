#include "engine/cli/instruct.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/id.h"
#include "engine/base/secret.h"
#include "engine/journal/journal.h"
#include "engine/recipe/reply.h"
#include "engine/recipe/typed_secrets.h"

namespace runbook {

namespace {

namespace fs = std::filesystem;

constexpr int kAnswerLookEvery = 20;  // ms
constexpr std::chrono::milliseconds kLong{2'000};

class Sender {
 public:
  Sender(const Instructing& with, Instruction instruction)
      : with_(with), said_(std::move(instruction)), given_(with.clock.now()) {}

  Instructed run() {
    if (const std::optional<FileLock> lock = try_lock()) {
      return {carry_out(), false};
    }
    send();
    const auto begun = with_.clock.steady();
    bool noticed = false;
    for (;;) {
      if (std::optional<std::string> sentence = take_reply()) {
        return {std::move(*sentence), true};
      }
      if (const std::optional<FileLock> lock = try_lock()) {
        return take_over();
      }
      const auto waited = with_.clock.steady() - begun;
      if (waited > with_.patience) {
        refuse_silence();
      }
      if (waited > kLong && !std::exchange(noticed, true)) {
        with_.notice(fmt::format("Waiting for {}, which drives run {}.", driver(), said_.run));
      }
      ::poll(nullptr, 0, kAnswerLookEvery);
    }
  }

 private:
  fs::path lock_file() const { return with_.run_folder / "lock"; }

  std::optional<FileLock> try_lock() const {
    if (FileLock::holder_pid(lock_file()) != 0) {
      return std::nullopt;
    }
    FileLock lock =
        FileLock::try_acquire(lock_file(), fmt::format("{}, pid {}", said_.actor, ::getpid()));
    return lock.held() ? std::optional<FileLock>(std::move(lock)) : std::nullopt;
  }

  std::string driver() const { return fmt::format("pid {}", FileLock::holder_pid(lock_file())); }

  /// REQUIRES: the lock.
  std::string carry_out() const {
    const RunState state = read_run_state(with_.store, said_.run);
    Redactor redactor;
    SecretVault vault(said_.run, redactor);
    add_kept_secrets(vault, with_.run_folder);
    const Steered steered = steer(state, said_, with_.clock.now(), false, vault);
    keep_secrets(steered);
    append_directly(with_.store, said_.run, with_.clock, steered.events);
    return steered.sentence;
  }

  void keep_secrets(const Steered& steered) const {
    if (steered.secrets.empty()) {
      return;
    }
    const std::string file = with_.run_folder / "secrets.json";
    std::map<std::string, std::string> kept = read_secret_file(file);
    for (const auto& [name, value] : steered.secrets) {
      kept[name] = value;
    }
    write_secret_file(file, kept);
  }

  void send() {
    said_.reply_to = new_uuid();
    Instruction message = said_;
    hand_over_typed(message, with_.run_folder);
    typed_file_ = with_.run_folder / "answers" / message.typed_file;
    message_ = dump_json(message.to_json());
    with_.store.put_message(said_.run, message_);
  }

  std::optional<std::string> take_reply() const {
    const std::optional<std::string> text = runbook::take_reply(with_.store, said_.reply_to);
    return text ? std::optional(read_reply(*text)) : std::nullopt;
  }

  /// The driver is gone. REQUIRES: the lock.
  Instructed take_over() {
    if (std::optional<std::string> sentence = take_reply()) {
      return {std::move(*sentence), false};
    }
    for (const InboxMessage& message : with_.store.list_messages(said_.run)) {
      if (message.payload == message_) {
        with_.store.remove_message(message.id);
      }
    }
    fs::remove(typed_file_);
    if (std::optional<std::string> sentence = done_by_driver()) {
      return {std::move(*sentence), false};
    }
    return {carry_out(), false};
  }

  /// The driver recorded the answer and died before it could say so.
  std::optional<std::string> done_by_driver() const {
    const RunState state = read_run_state(with_.store, said_.run);
    const auto found = state.questions.find(said_.step);
    if (found == state.questions.end() || !found->second.answer) {
      return std::nullopt;
    }
    const Question& question = found->second;
    const bool ours = question.answer->actor == said_.actor && question.answered_time >= given_;
    return ours ? std::optional(fmt::format("{} is {}.", said_.step, question.answer->verdict))
                : std::nullopt;
  }

  [[noreturn]] void refuse_silence() const {
    throw Error(Code::run_locked,
                fmt::format("{} drives run {} and does not reply", driver(), said_.run),
                fmt::format("it may still take this up: runbook status {}", said_.run));
  }

  const Instructing& with_;
  Instruction said_;
  const Timestamp given_;
  std::string message_;
  fs::path typed_file_;
};

}  // namespace

Instructed instruct(const Instructing& with, Instruction instruction) {
  return Sender(with, std::move(instruction)).run();
}

}  // namespace runbook
