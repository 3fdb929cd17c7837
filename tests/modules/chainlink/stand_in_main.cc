// The stand-in as a program, so that it outlives the engine that is killed: see stand_in.h.

#include <signal.h>

#include <cstdio>
#include <fstream>

#include "tests/modules/chainlink/stand_in.h"

int main(int argc, char* argv[]) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  sigprocmask(SIG_BLOCK, &ending, nullptr);
  runbook::Json settings = runbook::Json::object();
  if (argc > 1) {
    std::ifstream file(argv[1]);
    settings = runbook::Json::parse(file);
  }
  const runbook::test::ChainlinkNode node(settings);
  std::printf("%d\n", node.port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ending, &signal);
  return 0;
}
