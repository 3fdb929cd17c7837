// Files into a container and out of it.

#include <fmt/core.h>

#include <filesystem>

#include "modules/kubectl/connection.h"
#include "modules/kubectl/functions.h"

namespace runbook::kubectl {

namespace {

/// "pod/web-1" → "web-1": kubectl cp knows nothing else.
std::string pod_of(const Call& call) {
  const std::string object = object_of(call);
  const std::string kind = kind_of(object);
  if (kind != "pod" && kind != "pods" && kind != "po") {
    refuse(Code::option_invalid, fmt::format("kubectl cp: {} is not a pod", object),
           "object = \"pod/web-1\"; kubectl.list { \"pods\", selector = … } finds their names");
  }
  return object.substr(kind.size() + 1);
}

/// kubectl would take what stands before a colon for the name of a pod.
std::string local_file(Call& call, const char* option) {
  const std::filesystem::path file = call.host().root / call.text(option);
  if (file.string().find(':') != std::string::npos) {
    refuse(Code::option_invalid,
           fmt::format("{}: kubectl cp cannot copy {}, whose name has a colon", option,
                       file.string()));
  }
  return file.string();
}

void check_there(const std::string& file, const std::string& why) {
  if (!std::filesystem::exists(file)) {
    refuse(Code::file_not_found, fmt::format("kubectl cp: {} {}", file, why));
  }
}

Task<Json> copy(Call& call) {
  const bool uploads = call.has("upload");
  if (uploads == call.has("download")) {
    refuse(Code::option_missing, "kubectl cp: one of upload and download says which way",
           "kubectl.cp { \"pod/web-1\", path = \"/etc/web.conf\", upload = \"web.conf\" }");
  }
  const std::string local = local_file(call, uploads ? "upload" : "download");
  if (uploads) {
    check_there(local, "is not there");
  }
  const std::string remote = fmt::format("{}:{}", pod_of(call), call.text("path"));
  std::vector<std::string> words{"cp", uploads ? local : remote, uploads ? remote : local};
  if (call.has("container")) {
    words.push_back("--container=" + call.text("container"));
  }
  tool::Command command =
      command_of(call, {.name = "cp", .words = std::move(words), .lasts = true});
  command.timeout = call.duration_or("timeout", std::chrono::minutes{10});
  co_await tool::run(call, program(), std::move(command));
  if (!uploads) {
    // Some versions of kubectl end well although there was nothing to copy.
    check_there(local, fmt::format("did not come: {} is not in the container", remote));
  }
  co_return Json{{uploads ? "uploaded" : "downloaded", local}};
}

}  // namespace

Function cp_function() {
  return {.name = "cp",
          .effect = Effect::idempotent,
          .summary =
              "Copies a file or a folder into a container or out of it; the container needs "
              "tar.",
          .options = with_namespace(
              {{.name = "object",
                .type = Type::string,
                .required = Required::yes,
                .help = "\"pod/web-1\"",
                .positional = true},
               {.name = "path",
                .type = Type::string,
                .required = Required::yes,
                .help = "in the container"},
               {.name = "upload",
                .type = Type::string,
                .help = "the file or folder here that is copied there, relative to the project "
                        "root"},
               {.name = "download", .type = Type::path, .help = "or: where it is copied to"},
               {.name = "container", .type = Type::string, .help = "default: the pod's first"},
               {.name = "timeout",
                .type = Type::duration,
                .help = "for all of it",
                .fallback = "10m"}}),
          .returns = "{ uploaded } or { downloaded }: the path here",
          .errors = with_errors({Code::file_not_found, Code::kubernetes_not_found,
                                 Code::kubernetes_exec_failed, Code::process_timed_out,
                                 Code::secret_in_arguments}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "step(\"fetch the report\", function()\n"
              "  return kubectl.cp { \"pod/web-1\", path = \"/tmp/report.json\",\n"
              "    download = \"report.json\", context = \"admin\", namespace = \"web\" }\n"
              "end)",
          .run = copy};
}

}  // namespace runbook::kubectl
