// The reader: yaml-cpp's events, checked here. Its own tree would accept duplicate keys, expand
// aliases without limit and forget which scalars were quoted.
#include <fmt/format.h>

#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "engine/base/error.h"
#include "engine/base/utf8.h"
#include "engine/base/yaml.h"
#include "engine/base/yaml_scalar.h"

namespace runbook {

namespace {

constexpr std::size_t kDeepest = 128;
constexpr std::size_t kMostDocuments = 100'000;
constexpr std::size_t kMostExpandedNodes = 1'000'000;
constexpr std::size_t kMostExpandedBytes = std::size_t{64} << 20;
constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

[[noreturn]] void refuse_at(std::string_view what, std::size_t line, std::size_t column,
                            std::string_view reason) {
  throw Error(Code::yaml_invalid, fmt::format("{}:{}:{}: {}", what, line, column, reason), {},
              {{"line", line}, {"column", column}})
      .with_effect(EffectDone::none);
}

/// yaml-cpp takes byte 4 for the end of the text and replaces what is not UTF-8.
void check_bytes(std::string_view text, std::string_view what) {
  const std::size_t broken = invalid_utf8(text);
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i < text.size(); ++i, ++column) {
    if (i == broken) {
      refuse_at(what, line, column, "these bytes are not UTF-8");
    }
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F) {
      refuse_at(what, line, column, "a control character; write it as an escape in double quotes");
    }
    if (byte == '\n') {
      ++line;
      column = 0;
    }
  }
}

/// What an alias of a node adds to the result.
struct Size {
  std::size_t nodes = 0;
  std::size_t bytes = 0;
  Size& operator+=(const Size& other) {
    nodes += other.nodes;
    bytes += other.bytes;
    return *this;
  }
};

struct Anchored {
  Json value;
  Size size;
};

class Reader final : public YAML::EventHandler {
 public:
  explicit Reader(std::string_view what) : what_(what) {}

  std::vector<Json> take_documents() { return std::move(documents_); }
  std::size_t count() const { return documents_.size(); }

  void OnDocumentStart(const YAML::Mark&) override {
    anchors_.clear();
    document_ = nullptr;
  }
  void OnDocumentEnd() override { documents_.push_back(std::move(document_)); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (wants_key()) {
      refuse(mark, "a key is missing or null");
    }
    add(mark, nullptr, {1, 0}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      refuse(mark, "an alias inside what it stands for");
    }
    expanded_ += found->second.size;
    if (expanded_.nodes > kMostExpandedNodes || expanded_.bytes > kMostExpandedBytes) {
      refuse(mark, "its aliases expand to more than a million nodes or 64 MiB");
    }
    if (!wants_key()) {
      add(mark, found->second.value, found->second.size, 0);
      return;
    }
    if (!found->second.value.is_string()) {
      refuse(mark, "an alias of something other than a string as a key");
    }
    set_key(mark, found->second.value.get<std::string>());
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (wants_key() && tag == "?" && text == "<<") {
      refuse(mark, "merge keys (<<) are not part of YAML 1.2; write the fields out");
    }
    Json value = scalar(mark, tag, text);
    if (wants_key()) {
      if (value.is_null()) {
        refuse(mark, "a key is null");
      }
      if (anchor != 0) {
        anchors_[anchor] = {text, {1, text.size()}};
      }
      set_key(mark, text);  // 8080: and true: are keys by their text, as in JSON
      return;
    }
    add(mark, std::move(value), {1, text.size()}, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag, "seq");
    open(mark, Json::array(), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(mark, tag, "map");
    open(mark, Json::object(), anchor);
  }
  void OnMapEnd() override { close(); }

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string_view reason) const {
    refuse_at(what_, static_cast<std::size_t>(mark.line + 1),
              static_cast<std::size_t>(mark.column + 1), reason);
  }

 private:
  struct Open {
    Json value;
    YAML::Mark mark;
    YAML::anchor_t anchor;
    Size size;
    std::optional<std::string> key;
  };

  bool wants_key() const {
    return !open_.empty() && open_.back().value.is_object() && !open_.back().key;
  }

  void set_key(const YAML::Mark& mark, const std::string& key) {
    if (open_.back().value.contains(key)) {
      refuse(mark, fmt::format("the key \"{}\" appears twice", key));
    }
    open_.back().key = key;
    open_.back().size.bytes += key.size();
  }

  void open(const YAML::Mark& mark, Json value, YAML::anchor_t anchor) {
    if (wants_key()) {
      refuse(mark, "a list or map as a key");
    }
    if (open_.size() == kDeepest) {
      refuse(mark, fmt::format("nested deeper than {}", kDeepest));
    }
    open_.push_back({std::move(value), mark, anchor, {1, 0}, std::nullopt});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    add(done.mark, std::move(done.value), done.size, done.anchor);
  }

  void add(const YAML::Mark& mark, Json value, Size size, YAML::anchor_t anchor) {
    if (anchor != 0) {
      anchors_[anchor] = {value, size};
    }
    if (open_.empty()) {
      document_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    parent.size += size;
    if (parent.value.is_array()) {
      parent.value.push_back(std::move(value));
      return;
    }
    if (!parent.key) {
      refuse(mark, "a value without a key");
    }
    parent.value[*parent.key] = std::move(value);
    parent.key.reset();
  }

  Json scalar(const YAML::Mark& mark, const std::string& tag, const std::string& text) const {
    if (tag == "!" || tag == fmt::format("{}str", kCoreTag)) {
      return text;
    }
    const auto value = resolve_plain_scalar(text);
    if (tag == "?") {
      if (!value) {
        refuse(mark, fmt::format("{} is not a number that can be recorded", text));
      }
      return *value;
    }
    const bool fits =
        value && ((tag == fmt::format("{}int", kCoreTag) && value->is_number_integer()) ||
                  (tag == fmt::format("{}float", kCoreTag) && value->is_number()) ||
                  (tag == fmt::format("{}bool", kCoreTag) && value->is_boolean()) ||
                  (tag == fmt::format("{}null", kCoreTag) && value->is_null()));
    if (!fits) {
      refuse(mark, fmt::format("the tag {} is unknown here or does not fit its value", tag));
    }
    return *value;
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag, std::string_view kind) const {
    if (!tag.empty() && tag != "?" && tag != "!" && tag != fmt::format("{}{}", kCoreTag, kind)) {
      refuse(mark, fmt::format("the tag {} is unknown here", tag));
    }
  }

  std::string_view what_;
  std::vector<Json> documents_;
  Json document_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  Size expanded_;
};

}  // namespace

std::vector<Json> parse_yaml_documents(std::string_view text, std::string_view what) {
  check_bytes(text, what);
  Reader reader(what);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(reader)) {
      if (reader.count() > kMostDocuments) {
        throw Error(Code::yaml_invalid,
                    fmt::format("{}: more than {} documents", what, kMostDocuments))
            .with_effect(EffectDone::none);
      }
    }
  } catch (const YAML::Exception& error) {
    reader.refuse(error.mark, error.msg);
  }
  return reader.take_documents();
}

Json parse_yaml(std::string_view text, std::string_view what) {
  std::vector<Json> documents = parse_yaml_documents(text, what);
  if (documents.size() > 1) {
    throw Error(Code::yaml_invalid,
                fmt::format("{}: {} documents where one is expected", what, documents.size()),
                "yaml.decode_all reads several documents")
        .with_effect(EffectDone::none);
  }
  return documents.empty() ? Json(nullptr) : std::move(documents.front());
}

}  // namespace runbook
