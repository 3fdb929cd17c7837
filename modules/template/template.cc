// Mustache templates.

#include <fmt/format.h>

#include "engine/base/file.h"
#include "engine/lua/module.h"
#include "modules/modules.h"
#include "modules/template/mustache.h"

namespace runbook {

namespace {

MustacheOptions read_options(Call& call) {
  const std::string missing = call.text_or("missing", "error");
  if (missing != "error" && missing != "empty") {
    throw Error(Code::option_invalid,
                fmt::format("template: missing = \"{}\"; it takes error or empty", missing))
        .with_effect(EffectDone::none);
  }
  return {.html = call.flag("html"),
          .missing_empty = missing == "empty",
          .partials = call.has("partials") ? call.options().at("partials") : Json()};
}

Json values_of(Call& call) {
  return call.has("values") ? call.options().at("values") : Json::object();
}

Json render(Call& call) {
  return render_mustache(call.text("text"), call.text_or("name", "template"), values_of(call),
                         read_options(call));
}

Task<Json> render_file(Call& call) {
  const std::string file = call.text("file");
  const MustacheOptions options = read_options(call);
  std::string text;
  co_await call.host().loop.blocking([&] { text = read_file(file); });
  co_return render_mustache(text, file, values_of(call), options);
}

/// What both functions take after the template itself.
std::vector<Option> options_after(Option first) {
  return {first,
          {.name = "values",
           .type = Type::table,
           .help = "what the tags stand for",
           .positional = true},
          {.name = "missing",
           .type = Type::string,
           .help = "what a variable without a value is: error, or empty text",
           .fallback = "error"},
          {.name = "html", .type = Type::boolean, .help = "true: escape {{name}} for HTML"},
          {.name = "partials", .type = Type::table, .help = "texts by name, for {{> name}}"}};
}

}  // namespace

Module template_module() {
  std::vector<Option> for_text = options_after({.name = "text",
                                                .type = Type::string,
                                                .required = Required::yes,
                                                .help = "the template",
                                                .positional = true});
  for_text.push_back(
      {.name = "name", .type = Type::string, .help = "where the text is from, for error messages"});
  return {.name = "template",
          .summary = "Mustache templates.",
          .functions = {
              {.name = "render",
               .summary = "Renders a Mustache template. A variable without a value is an error "
                          "that names it; nothing is escaped unless html = true.",
               .options = std::move(for_text),
               .returns = "the text",
               .errors = {Code::template_invalid, Code::option_invalid},
               .example = "local template = require \"template\"\n"
                          "local text = template.render(\"replicas: {{replicas}}\\n\", "
                          "{ replicas = 3 })",
               .compute = render},
              {.name = "render_file",
               .effect = Effect::read,
               .summary = "Renders a Mustache template that is in a file.",
               .options = options_after({.name = "file",
                                         .type = Type::path,
                                         .required = Required::yes,
                                         .help = "the template's file",
                                         .positional = true}),
               .returns = "the text",
               .errors = {Code::template_invalid, Code::option_invalid, Code::file_not_found,
                          Code::file_unreadable},
               .example = "local template = require \"template\"\n"
                          "local text = step(\"render the manifest\", function()\n"
                          "  return template.render_file(\"web.yaml.mustache\", { replicas = 3 })\n"
                          "end)",
               .run = render_file}}};
}

}  // namespace runbook
