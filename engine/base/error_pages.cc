#include "engine/base/embedded.h"
#include "engine/base/error.h"

namespace runbook {

std::span<const EmbeddedFile> error_page_files();  // generated from errors/*.md

std::string_view code_page(Code code) {
  const std::string name = code_text(code) + ".md";
  for (const EmbeddedFile& page : error_page_files()) {
    if (page.name == name) {
      return page.text;
    }
  }
  check_failed("every row of error_codes.def has a page", __FILE__, __LINE__);
}

}  // namespace runbook
