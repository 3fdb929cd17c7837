// Files and folders: the declarations. Longer than most files because each function carries its
// whole documentation.

#include <functional>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/id.h"
#include "engine/lua/module.h"
#include "modules/fs/operations.h"
#include "modules/modules.h"

namespace runbook {

namespace {

/// Runs `work` on the blocking pool: a disk may be slow, and the loop never waits for one.
Task<Json> blocking(Call& call, std::function<Json()> work) {
  Json result;
  co_await call.host().loop.blocking([&result, &work] { result = work(); });
  co_return result;
}

Task<Json> read(Call& call) {
  return blocking(call, [path = call.text("path"), bytes = call.flag("bytes")] {
    return files::read_text(path, bytes);
  });
}

Task<Json> rows(Call& call) {
  return blocking(call, [path = call.text("path")] { return files::read_rows(path); });
}

Task<Json> stat(Call& call) {
  return blocking(call, [path = call.text("path")] { return files::look(path); });
}

Task<Json> exists(Call& call) {
  return blocking(call, [path = call.text("path")] { return !files::look(path).is_null(); });
}

Task<Json> list(Call& call) {
  return blocking(call, [path = call.text("path")] { return files::list_folder(path); });
}

Task<Json> glob(Call& call) {
  const std::string pattern = call.text("pattern");
  if (pattern.starts_with('/')) {
    throw Error(Code::option_invalid, "fs.glob: the pattern begins with /",
                "root = \"/folder\" says where to look")
        .with_effect(EffectDone::none);
  }
  return blocking(call, [pattern, root = call.text_or("root", call.host().root.string())] {
    return Json(glob_files(root, pattern));
  });
}

Task<Json> write(Call& call) {
  const std::string content = call.text("content");
  return blocking(
      call, [path = call.text("path"), bytes = call.flag("bytes") ? from_base64(content) : content,
             options = files::WriteOptions{call.text_or("mode", ""), call.flag("parents")}] {
        return files::write(path, bytes, options);
      });
}

Task<Json> copy(Call& call) {
  return blocking(call,
                  [from = call.text("from"), to = call.text("to"), parents = call.flag("parents")] {
                    files::copy_tree(from, to, parents);
                    return Json{{"path", to}};
                  });
}

Task<Json> remove(Call& call) {
  return blocking(call, [path = call.text("path"), recursive = call.flag("recursive"),
                         root = call.host().root] {
    return Json{{"removed", files::remove_path(path, recursive, root)}};
  });
}

Task<Json> make_directory(Call& call) {
  return blocking(call, [path = call.text("path")] {
    files::make_directory(path);
    return Json{{"path", path}};
  });
}

Task<Json> temp(Call& call) {
  return blocking(call, [folder = call.host().run_folder / "files" / ("tmp-" + new_uuid())] {
    make_private_directory(folder);
    return Json(folder.string());
  });
}

Option path_option(std::string_view name, std::string_view help) {
  return {.name = name,
          .type = Type::path,
          .required = Required::yes,
          .help = help,
          .positional = true};
}

const Option kParents{.name = "parents",
                      .type = Type::boolean,
                      .help = "true: make the folders it lies in, if they are missing"};

Function read_function() {
  return {.name = "read",
          .effect = Effect::read,
          .summary = "Reads a file.",
          .options = {path_option("path", "the file"),
                      {.name = "bytes",
                       .type = Type::boolean,
                       .help = "true: any bytes, returned as base64; else the file must be text "
                               "in UTF-8"}},
          .returns = "its content",
          .errors = {Code::file_not_found, Code::file_unreadable, Code::file_too_large,
                     Code::encoding_invalid},
          .example =
              "local fs = require \"fs\"\n"
              "local version = step(\"read the version\", function()\n"
              "  return fs.read(\"VERSION\"):match(\"%S+\")\n"
              "end)",
          .run = read};
}

Function rows_function() {
  return {.name = "rows",
          .effect = Effect::read,
          .summary = "Reads a file of columns: the words of each line that has any.",
          .options = {path_option("path", "the file"),
                      {.name = "keep",
                       .type = Type::data,
                       .help = "which words are secrets, { name = \"/json/pointer\" }: /*/2 is the "
                               "third of every line, /*/- the last; a * in the name becomes the "
                               "line's position"}},
          .returns = "list of lists of words",
          .errors = {Code::file_not_found, Code::file_unreadable, Code::file_too_large,
                     Code::encoding_invalid, Code::secret_missing, Code::secret_too_short},
          .example =
              "local fs = require \"fs\"\n"
              "local logins = step(\"read the logins\", function()\n"
              "  return fs.rows { \"logins.txt\", keep = { [\"password *\"] = \"/*/-\" } }\n"
              "end)",
          .run = rows};
}

Function stat_function() {
  return {.name = "stat",
          .effect = Effect::read,
          .summary = "What a path is. Does not follow a link.",
          .options = {path_option("path", "a file, folder or link")},
          .returns =
              "{ type = \"file\" | \"folder\" | \"link\" | \"other\", size, mode, modified, "
              "target }; nil if there is nothing",
          .errors = {Code::file_unreadable},
          .example =
              "local fs = require \"fs\"\n"
              "local size = step(\"look at the image\", function()\n"
              "  local found = fs.stat(\"disk.img\")\n"
              "  return found and found.size or 0\n"
              "end)",
          .run = stat};
}

Function exists_function() {
  return {.name = "exists",
          .effect = Effect::read,
          .summary = "Whether there is a file, folder or link.",
          .options = {path_option("path", "what to look for")},
          .returns = "true or false",
          .errors = {Code::file_unreadable},
          .example =
              "local fs = require \"fs\"\n"
              "wait_until(\"the socket is there\", { timeout = \"1m\" }, function()\n"
              "  return fs.exists(\"/run/app.sock\")\n"
              "end)",
          .run = exists};
}

Function list_function() {
  return {.name = "list",
          .effect = Effect::read,
          .summary = "The names in a folder, sorted, hidden ones included.",
          .options = {path_option("path", "the folder")},
          .returns = "list of names",
          .errors = {Code::file_not_found, Code::file_unreadable},
          .example =
              "local fs = require \"fs\"\n"
              "local names = step(\"list the keys\", function()\n"
              "  return fs.list(\"keys\")\n"
              "end)",
          .run = list};
}

Function glob_function() {
  return {.name = "glob",
          .effect = Effect::read,
          .summary = "Paths that match a pattern, as a shell would find them, sorted.",
          .options = {{.name = "pattern",
                       .type = Type::string,
                       .required = Required::yes,
                       .help = "with * ? [] and ** for any depth; hidden names only if named",
                       .positional = true},
                      {.name = "root",
                       .type = Type::path,
                       .help = "where to look; the project root if not given"}},
          .returns = "list of paths relative to root",
          .errors = {Code::file_unreadable, Code::option_invalid},
          .example =
              "local fs = require \"fs\"\n"
              "local manifests = step(\"find the manifests\", function()\n"
              "  return fs.glob(\"deploy/**/*.yaml\")\n"
              "end)",
          .run = glob};
}

Function write_function() {
  return {.name = "write",
          .effect = Effect::idempotent,
          .summary =
              "Writes a file: whoever reads it sees the old or the new content, never half. "
              "Keeps the mode of a file that is there.",
          .options = {path_option("path", "the file"),
                      {.name = "content",
                       .type = Type::bytes,
                       .required = Required::yes,
                       .help = "what it shall hold",
                       .positional = true},
                      {.name = "mode", .type = Type::string, .help = "octal, such as \"0600\""},
                      {.name = "bytes",
                       .type = Type::boolean,
                       .help = "true: content is base64 and stands for its bytes"},
                      kParents},
          .returns = "{ path, size, changed }",
          .errors = {Code::file_unwritable, Code::file_not_found, Code::option_invalid,
                     Code::encoding_invalid},
          .example =
              "local fs = require \"fs\"\n"
              "step(\"write the configuration\", function()\n"
              "  fs.write(\"app.conf\", \"port = 8080\\n\", { mode = \"0640\" })\n"
              "end)",
          .run = write};
}

Function copy_function() {
  return {.name = "copy",
          .effect = Effect::idempotent,
          .summary =
              "Copies a file, or a folder with all in it. Links are copied as links; what "
              "the target has besides stays.",
          .options = {path_option("from", "what to copy"),
                      path_option("to", "its new path, not the folder to put it in"), kParents},
          .returns = "{ path }",
          .errors = {Code::file_not_found, Code::file_unwritable, Code::option_invalid},
          .example =
              "local fs = require \"fs\"\n"
              "step(\"keep the old configuration\", function()\n"
              "  fs.copy(\"app.conf\", \"app.conf.old\")\n"
              "end)",
          .run = copy};
}

Function remove_function() {
  return {.name = "remove",
          .effect = Effect::idempotent,
          .summary =
              "Removes a file, link or folder. What is not there is fine; the project "
              "itself is never removed.",
          .options = {path_option("path", "what to remove"),
                      {.name = "recursive",
                       .type = Type::boolean,
                       .help = "true: also a folder, with all in it"}},
          .returns = "{ removed = true | false }",
          .errors = {Code::file_unwritable, Code::option_invalid},
          .example =
              "local fs = require \"fs\"\n"
              "step(\"clear the cache\", function()\n"
              "  fs.remove(\"cache\", { recursive = true })\n"
              "end)",
          .run = remove};
}

Function make_directory_function() {
  return {.name = "make_directory",
          .effect = Effect::idempotent,
          .summary = "Makes a folder and the folders it lies in.",
          .options = {path_option("path", "the folder")},
          .returns = "{ path }",
          .errors = {Code::file_unwritable, Code::file_not_found},
          .example =
              "local fs = require \"fs\"\n"
              "step(\"make room for the artefacts\", function()\n"
              "  fs.make_directory(\"artefacts/logs\")\n"
              "end)",
          .run = make_directory};
}

Function temp_function() {
  return {.name = "temp",
          .effect = Effect::idempotent,
          .summary = "Makes a fresh private folder among the run's files.",
          .options = {},
          .returns = "its absolute path",
          .errors = {Code::file_unwritable},
          .example =
              "local fs = require \"fs\"\n"
              "local folder = step(\"make a working folder\", function()\n"
              "  return fs.temp()\n"
              "end)",
          .run = temp};
}

}  // namespace

Module fs_module() {
  return {.name = "fs",
          .summary = "Files and folders.",
          .functions = {read_function(), rows_function(), stat_function(), exists_function(),
                        list_function(), glob_function(), write_function(), copy_function(),
                        remove_function(), make_directory_function(), temp_function()}};
}

}  // namespace runbook
