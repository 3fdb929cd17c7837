// kainjow's parser, and a renderer over JSON that knows what is missing.

#include "modules/template/mustache.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include <kainjow/mustache.hpp>

#include "engine/base/error.h"

namespace runbook {

namespace {

namespace km = kainjow::mustache;
using Component = km::component<std::string>;
using Tag = km::tag_type;

constexpr int kDeepestPartial = 32;

class Source {
 public:
  Source(const std::string& text, std::string name) : text_(text), name_(std::move(name)) {}

  [[noreturn]] void refuse(std::size_t offset, std::string_view reason,
                           std::string hint = {}) const {
    const std::string_view before = std::string_view(text_).substr(0, offset);
    const auto newline = before.rfind('\n');
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto column =
        newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
    throw Error(Code::template_invalid, fmt::format("{}:{}:{}: {}", name_, line, column, reason),
                std::move(hint), {{"line", line}, {"column", column}})
        .with_effect(EffectDone::none);
  }

  /// The tree of tags.
  Component parse() const {
    km::context<std::string> none;
    km::context_internal<std::string> state(none);
    Component root;
    std::string problem;
    km::parser<std::string>(text_, state, root, problem);
    if (!problem.empty()) {
      // "Unclosed section "x" at 12"
      const auto at = problem.rfind(" at ");
      std::size_t offset = 0;
      std::from_chars(problem.data() + at + 4, problem.data() + problem.size(), offset);
      refuse(offset, problem.substr(0, at));
    }
    return root;
  }

 private:
  const std::string& text_;
  std::string name_;
};

std::string escaped_html(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// Lua cannot tell an empty list from an empty table, so both are nothing to a section.
bool is_nothing(const Json* value) {
  return value == nullptr || value->is_null() || *value == false ||
         (value->is_structured() && value->empty()) || (value->is_string() && *value == "");
}

class Renderer {
 public:
  Renderer(const Json& values, const MustacheOptions& options) : options_(options) {
    scopes_.push_back(&values);
  }

  void render_root(const Source& source, const Component& root) {
    render_children(source, root);
    end_line("");
  }
  std::string take() { return std::move(out_); }

 private:
  void render_children(const Source& source, const Component& parent) {
    for (const Component& child : parent.children) {
      render(source, child);
    }
  }

  void render(const Source& source, const Component& part) {
    if (part.is_newline()) {
      end_line(part.text);
      return;
    }
    switch (part.tag.type) {
      case Tag::text:
        line_ += part.text;
        break;
      case Tag::variable:
      case Tag::unescaped_variable:
        line_has_value_ = true;
        line_ += variable(source, part);
        break;
      case Tag::section_begin:
      case Tag::section_begin_inverted:
        section(source, part);
        break;
      case Tag::partial:
        partial(source, part);
        break;
      case Tag::section_end:
      case Tag::comment:
      case Tag::set_delimiter:
        line_has_tag_ = true;
        break;
    }
  }

  /// A line of nothing but section tags, comments and space is not part of the result.
  void end_line(const std::string& newline) {
    const bool blank = line_.find_first_not_of(" \t") == std::string::npos;
    if (!(line_has_tag_ && !line_has_value_ && blank)) {
      out_ += line_ + newline;
    }
    line_.clear();
    line_has_tag_ = false;
    line_has_value_ = false;
  }

  void section(const Source& source, const Component& part) {
    const Json* value = find(part.tag.name);
    const bool inverted = part.tag.type == Tag::section_begin_inverted;
    line_has_tag_ = true;
    if (inverted && is_nothing(value)) {
      render_children(source, part);
    } else if (!inverted && !is_nothing(value) && value->is_array()) {
      for (const Json& item : *value) {
        inside(source, part, item);
      }
    } else if (!inverted && !is_nothing(value)) {
      inside(source, part, *value);
    }
    line_has_tag_ = true;  // for the line of its end
  }

  void inside(const Source& source, const Component& part, const Json& scope) {
    line_has_tag_ = true;
    scopes_.push_back(&scope);
    render_children(source, part);
    scopes_.pop_back();
  }

  void partial(const Source& source, const Component& part) {
    const std::string& name = part.tag.name;
    if (!options_.partials.is_object() || !options_.partials.contains(name) ||
        !options_.partials[name].is_string()) {
      source.refuse(part.position, fmt::format("there is no partial \"{}\"", name),
                    "give it with partials = { name = \"text\" }");
    }
    if (depth_ == kDeepestPartial) {
      source.refuse(part.position, fmt::format("the partial \"{}\" includes itself", name));
    }
    line_has_value_ = true;
    ++depth_;
    const auto& text = options_.partials[name].get_ref<const std::string&>();
    const Source inner(text, name);
    render_children(inner, inner.parse());
    --depth_;
  }

  std::string variable(const Source& source, const Component& part) const {
    const std::string& name = part.tag.name;
    const Json* value = find(name);
    if (value == nullptr || value->is_null()) {
      if (options_.missing_empty) {
        return {};
      }
      source.refuse(part.position, fmt::format("\"{}\" has no value", name),
                    "give it in values, or missing = \"empty\"");
    }
    if (value->is_structured()) {
      source.refuse(part.position, fmt::format("\"{}\" is a table, not text", name),
                    "a section walks it: {{#" + name + "}} … {{/" + name + "}}");
    }
    const std::string text = value->is_string() ? value->get<std::string>() : value->dump();
    return options_.html && part.tag.type == Tag::variable ? escaped_html(text) : text;
  }

  /// "a.b" is looked up from the innermost scope that has an "a".
  const Json* find(const std::string& name) const {
    if (name == ".") {
      return scopes_.back();
    }
    const auto dot = name.find('.');
    const std::string first = name.substr(0, dot);
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if ((*scope)->is_object() && (*scope)->contains(first)) {
        const Json& value = (**scope)[first];
        return dot == std::string::npos ? &value : member(value, name.substr(dot + 1));
      }
    }
    return nullptr;
  }

  static const Json* member(const Json& value, const std::string& path) {
    const auto dot = path.find('.');
    const std::string first = path.substr(0, dot);
    if (!value.is_object() || !value.contains(first)) {
      return nullptr;
    }
    return dot == std::string::npos ? &value[first] : member(value[first], path.substr(dot + 1));
  }

  const MustacheOptions& options_;
  std::vector<const Json*> scopes_;
  std::string out_;
  std::string line_;
  bool line_has_tag_ = false;
  bool line_has_value_ = false;
  int depth_ = 0;
};

}  // namespace

std::string render_mustache(const std::string& text, const std::string& name, const Json& values,
                            const MustacheOptions& options) {
  const Source source(text, name);
  Renderer renderer(values, options);
  renderer.render_root(source, source.parse());
  return renderer.take();
}

}  // namespace runbook
