// YAML: whatever the text, an Error or data; and data that is written reads back as it was.
#include <string>

#include "engine/base/error.h"
#include "engine/base/yaml.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::vector<runbook::Json> documents;
  try {
    documents = runbook::parse_yaml_documents(std::string(data, data + size), "input");
  } catch (const runbook::Error& error) {
    check(error.code == runbook::Code::yaml_invalid);
    return 0;
  }
  for (const runbook::Json& document : documents) {
    check(runbook::parse_yaml(runbook::dump_yaml(document), "written") == document);
  }
  return 0;
}
