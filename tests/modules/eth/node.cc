#include "tests/modules/eth/node.h"

#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "engine/io/jsonrpc.h"
#include "tests/io_http/http_server.h"

namespace runbook::test {

namespace fs = std::filesystem;

namespace {

void replace_each(std::vector<std::string>& texts, const std::string& word,
                  const std::string& with) {
  for (std::string& text : texts) {
    if (const std::size_t at = text.find(word); at != std::string::npos) {
      text.replace(at, word.size(), with);
    }
  }
}

/// The program itself, not npm's wrapper: killing that one would leave the node running.
std::string anvil_program() {
  const fs::path packages = fs::path(SOURCE_FOLDER) / "examples/node_modules/@foundry-rs";
  for (const auto& entry : fs::directory_iterator(packages)) {
    if (fs::path program = entry.path() / "bin/anvil";
        entry.path().filename().string().starts_with("anvil-") && fs::exists(program)) {
      return program.string();
    }
  }
  throw std::runtime_error("there is no anvil: sh examples/setup.sh node");
}

std::vector<std::string> joined(std::vector<std::string> argv,
                                const std::vector<std::string>& more) {
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

}  // namespace

Node::Node(std::vector<std::string> argv, Environment environment)
    : argv_(std::move(argv)), environment_(std::move(environment)) {
  const int port = closed_port();
  url_ = "http://127.0.0.1:" + std::to_string(port);
  replace_each(argv_, "{port}", std::to_string(port));
  replace_each(argv_, "{folder}", folder_.path().string());
  environment_["HOME"] = folder_.path().string();
  start();
}

Node::~Node() {
  kill();
}

void Node::start() {
  pid_ = start_program(argv_, folder_.path(), environment_);
  while (!answers()) {
    if (has_ended()) {
      throw std::runtime_error(argv_.front() + " ended: " + folder_.read("background.out"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void Node::change(const std::string& word, const std::string& with) {
  replace_each(argv_, word, with);
}

void Node::kill() {
  end(SIGKILL);
}

void Node::stop() {
  end(SIGTERM);
}

void Node::end(int signal) {
  if (pid_ != 0) {
    ::kill(pid_, signal);
    wait_for(pid_);
    pid_ = 0;
  }
}

Json Node::call(std::string method, Json params) {
  const JsonRpcEndpoint endpoint{.url = url_};
  JsonRpcClient rpc(client_.http);
  return client_.run(rpc.call(endpoint, {std::move(method), std::move(params)}, client_.cancel));
}

bool Node::answers() {
  try {
    call("eth_chainId");
    return true;
  } catch (const Error&) {
    return false;  // it does not listen yet
  }
}

bool Node::has_ended() {
  if (waitpid(pid_, nullptr, WNOHANG) == 0) {
    return false;
  }
  pid_ = 0;
  return true;
}

Node anvil(const std::vector<std::string>& more) {
  return Node(joined({anvil_program(), "--port", "{port}", "--silent"}, more));
}

Node geth(int period, const std::vector<std::string>& more) {
  return Node(joined({(real_cache() / "bin/geth").string(), "--dev", "--dev.period",
                      std::to_string(period), "--datadir", "{folder}/data", "--http", "--http.port",
                      "{port}", "--http.api", "eth,net,web3,txpool,debug,personal", "--ipcdisable",
                      "--port", "0", "--authrpc.port", "0", "--nodiscover", "--verbosity", "2"},
                     more));
}

Node hardhat_node() {
  // Hardhat starts only in a project that has it; exec, so that the pid is the node's.
  return Node(
      {"sh", "-c",
       "ln -sfn \"$PACKAGES\" node_modules && echo 'module.exports = {}' >hardhat.config.js && "
       "exec node node_modules/hardhat/internal/cli/bootstrap.js node --hostname 127.0.0.1 "
       "--port {port}"},
      {{"PACKAGES", (real_cache() / "hardhat/node_modules").string()},
       {"HARDHAT_DISABLE_TELEMETRY_PROMPT", "true"},
       {"CI", "1"}});
}

std::filesystem::path real_cache() {
  if (const char* cache = std::getenv("RUNBOOK_REAL_CACHE")) {
    return cache;
  }
  const char* home = std::getenv("HOME");
  return fs::path(home == nullptr ? "/" : home) / ".cache/runbook-real";
}

}  // namespace runbook::test
