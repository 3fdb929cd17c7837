#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

int main(int argc, char* argv[]) {
  Catch::Session session;
#ifdef CATCH_VERSION_MAJOR
#if CATCH_VERSION_MAJOR < 3
  // A name that matches no test fails, as it does in Catch2 3 of itself: ctest's list can be wrong.
  session.configData().warnings = Catch::WarnAbout::NoTests;
#endif
#endif
  return session.run(argc, argv);
}
