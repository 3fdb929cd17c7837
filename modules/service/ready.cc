#include "modules/service/ready.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "engine/base/file.h"
#include "engine/io/http.h"
#include "modules/service/port.h"

namespace runbook::ready {

namespace {

constexpr std::chrono::milliseconds kAskTimeout{2'000};

[[noreturn]] void refuse_ready(const std::string& why) {
  throw Error(Code::option_invalid, "service.start: ready: " + why,
              "ready = { log = \"text\", port = true, http = \"http://127.0.0.1:{port}/\" }")
      .with_effect(EffectDone::none);
}

// Connects, and closes again at once: on loopback the answer comes at once too.
bool accepts_connections(int port) {
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return socket.valid() &&
         connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

bool log_holds(const std::filesystem::path& path, std::uint64_t begin, const std::string& text) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return false;
  }
  std::string window;  // the end of what was read before, and the next piece
  std::string piece(std::size_t{256} << 10, '\0');
  for (auto at = static_cast<off_t>(begin);;) {
    const ssize_t count = pread(file.get(), piece.data(), piece.size(), at);
    if (count <= 0) {
      return false;
    }
    at += count;
    window.append(piece, 0, static_cast<std::size_t>(count));
    if (window.find(text) != std::string::npos) {
      return true;
    }
    window.erase(0, window.size() - std::min(window.size(), text.size()));
  }
}

Task<bool> answers(Call& call, const Rule& rule) {
  HttpRequest request;
  request.url = rule.http;
  request.timeout = kAskTimeout;
  request.connect_timeout = kAskTimeout;
  try {
    const HttpResponse response = co_await call.host().http.send(std::move(request), call.cancel());
    co_return rule.status == 0 ? response.status / 100 == 2 : response.status == rule.status;
  } catch (const Error& error) {
    if (error.code == Code::url_invalid) {
      throw;
    }
  }
  co_return false;  // no answer (yet)
}

}  // namespace

Rule read_rule(const Json& options, int port) {
  Rule rule;
  for (const auto& [name, value] : options.items()) {
    if (name == "log" && value.is_string()) {
      rule.log = value.get<std::string>();
    } else if (name == "http" && value.is_string()) {
      rule.http = with_port(value.get<std::string>(), port);
    } else if (name == "port" && value.is_number_integer()) {
      rule.port = value.get<int>();
    } else if (name == "port" && value == Json(true)) {
      rule.port = port;
    } else if (name == "status" && value.is_number_integer()) {
      rule.status = value.get<int>();
    } else if (name == "timeout" && value.is_string()) {
      rule.timeout = parse_duration(value.get<std::string>());
    } else if (name == "every" && value.is_string()) {
      rule.every = parse_duration(value.get<std::string>());
    } else {
      refuse_ready(fmt::format("\"{}\" is unknown or of the wrong type", name));
    }
  }
  if (options.contains("port") && (rule.port < 1 || rule.port > 65'535)) {
    refuse_ready("port = true needs the service's own port =");
  }
  if (!options.empty() && rule.is_empty()) {
    refuse_ready("it asks for nothing");
  }
  return rule;
}

Task<bool> is_ready(Call& call, const Rule& rule, std::filesystem::path log,
                    std::uint64_t log_begin) {
  bool ready = true;
  co_await call.host().loop.blocking([&] {
    ready = (rule.log.empty() || log_holds(log, log_begin, rule.log)) &&
            (rule.port == 0 || accepts_connections(rule.port));
  });
  if (ready && !rule.http.empty()) {
    ready = co_await answers(call, rule);
  }
  co_return ready;
}

}  // namespace runbook::ready
