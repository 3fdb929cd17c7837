#pragma once
// Runs something that must throw an Error with this code, and returns the error for closer looks.

#include "engine/base/error.h"
#include "tests/catch.h"

namespace runbook {

template <typename Work>
Error expect_error(Code code, Work work) {
  try {
    work();
  } catch (const Error& error) {
    INFO(error.message);
    CHECK(code_text(error.code) == code_text(code));
    return error;
  }
  FAIL("no error was thrown; expected " << code_text(code));
  return {Code::internal, "unreachable"};
}

}  // namespace runbook
