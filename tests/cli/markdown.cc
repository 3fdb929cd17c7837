#include "tests/cli/markdown.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace runbook::test {

namespace fs = std::filesystem;

namespace {

class Reader {
 public:
  Reader(std::string path, std::vector<Snippet>& snippets)
      : path_(std::move(path)), snippets_(snippets) {}

  void line(const std::string& text) {
    ++number_;
    if (text.starts_with("```")) {
      fenced_ = !fenced_;
      if (fenced_) {
        add(text.substr(3), "");
      }
    } else if (fenced_) {
      snippets_.back().text += text + "\n";
    } else if (after_blank_ && text.starts_with("    ")) {
      add("indented", text);
    } else {
      spans(text);
    }
    after_blank_ = text.empty();
  }

 private:
  void add(const std::string& language, const std::string& text) {
    snippets_.push_back({path_ + ":" + std::to_string(number_), language, text});
  }
  void spans(const std::string& text) {
    for (auto begin = text.find('`'); begin != std::string::npos; begin = text.find('`', begin)) {
      const auto end = text.find('`', begin + 1);
      if (end == std::string::npos) {
        return;
      }
      if (const std::string code = text.substr(begin + 1, end - begin - 1);
          code.starts_with("runbook ")) {
        add("inline", code);
      }
      begin = end + 1;
    }
  }

  std::string path_;
  std::vector<Snippet>& snippets_;
  int number_ = 0;
  bool fenced_ = false;
  bool after_blank_ = true;
};

std::set<fs::path> readmes() {
  const fs::path top = SOURCE_FOLDER;
  std::set<fs::path> found = {top / "README.md"};
  for (const char* folder : {"engine", "examples", "modules", "recipes", "stdlib", "tests"}) {
    for (auto entry = fs::recursive_directory_iterator(top / folder);
         entry != fs::recursive_directory_iterator(); ++entry) {
      if (entry->path().filename() == "node_modules") {
        entry.disable_recursion_pending();
      } else if (entry->path().filename() == "README.md") {
        found.insert(entry->path());
      }
    }
  }
  return found;
}

}  // namespace

std::vector<Snippet> readme_snippets() {
  std::vector<Snippet> snippets;
  for (const fs::path& path : readmes()) {
    std::ifstream file(path);
    Reader reader(fs::relative(path, SOURCE_FOLDER).string(), snippets);
    for (std::string line; std::getline(file, line);) {
      reader.line(line);
    }
  }
  return snippets;
}

std::vector<std::string> commands_of(const Snippet& snippet) {
  std::vector<std::string> commands;
  std::istringstream lines(snippet.text);
  for (std::string line; std::getline(lines, line);) {
    for (std::string more; line.ends_with('\\') && std::getline(lines, more);) {
      line += '\n' + more;
    }
    if (snippet.language == "console") {
      if (!line.starts_with("$ ")) {
        continue;
      }
      line.erase(0, 2);
    }
    line.erase(std::min(line.find(" # "), line.size()));
    line.erase(line.find_last_not_of(' ') + 1);
    if (!line.empty() && !line.starts_with("#")) {
      commands.push_back(line);
    }
  }
  return commands;
}

}  // namespace runbook::test
