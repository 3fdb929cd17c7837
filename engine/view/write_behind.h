#pragma once
// A thread that writes what it is handed, in order, so that a slow reader holds nobody up.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace runbook {

class WriteBehind {
 public:
  /// `write` is called on the thread only, with as much as there is.
  explicit WriteBehind(std::function<void(std::string_view)> write);
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;
  /// Flushes.
  ~WriteBehind();

  /// Waits only while 4 MiB are pending.
  void push(std::string_view text);
  bool has_pending() const;
  void flush();

 private:
  void run();

  std::function<void(std::string_view)> write_;
  mutable std::mutex mutex_;
  std::condition_variable more_, less_;
  std::string pending_;
  bool writing_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace runbook
