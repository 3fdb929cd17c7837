#pragma once
// Test data beside this file.

#include <fstream>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json.h"

namespace runbook {

/// One JSON value a line.
inline std::vector<Json> read_cases(const std::string& name) {
  std::ifstream file(std::string(TEST_FOLDER) + "/eth/" + name);
  std::vector<Json> cases;
  for (std::string line; std::getline(file, line);) {
    cases.push_back(parse_json(line, name));
  }
  RB_CHECK(!cases.empty());
  return cases;
}

inline Json read_vectors(const std::string& name) {
  std::ifstream file(std::string(TEST_FOLDER) + "/eth/" + name);
  return Json::parse(file);
}

}  // namespace runbook
