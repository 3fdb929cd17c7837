// Files into a container and out of it.

#include <fmt/core.h>

#include <filesystem>

#include "modules/kubectl/connection.h"
#include "modules/kubectl/functions.h"

namespace runbook::kubectl {

namespace fs = std::filesystem;

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
  std::string file = call.text(option);
  refuse_option_like(option, file);
  if (file.find(':') != std::string::npos) {
    refuse(Code::option_invalid,
           fmt::format("{}: kubectl cp cannot copy {}, whose name has a colon", option, file));
  }
  return file;
}

Task<void> copy_between(Call& call, std::string from, std::string to) {
  std::vector<std::string> words{"cp", std::move(from), std::move(to)};
  if (call.has("container")) {
    words.push_back("--container=" + call.text("container"));
  }
  tool::Command command =
      command_of(call, {.name = "cp", .words = std::move(words), .lasts = true});
  command.timeout = call.duration_or("timeout", std::chrono::minutes{10});
  co_await tool::run(call, program(), std::move(command));
}

Task<Json> upload(Call& call, std::string remote) {
  std::string local = local_file(call, "upload");
  if (!fs::exists(call.host().root / local)) {
    refuse(Code::file_not_found, fmt::format("kubectl cp: {} is not there", local));
  }
  co_await copy_between(call, local, std::move(remote));
  co_return Json{{"uploaded", local}};
}

// kubectl ends well although there was nothing to copy: what comes gets a name at which nothing
// was before. A folder that is there already takes what comes.
Task<Json> download(Call& call, std::string remote) {
  const std::string local = local_file(call, "download");
  const fs::path target = call.host().root / local;
  if (fs::is_directory(target)) {
    co_await copy_between(call, std::move(remote), local);
    co_return Json{{"downloaded", local}};
  }
  const std::string coming = local + ".coming";
  fs::remove_all(call.host().root / coming);
  co_await copy_between(call, remote, coming);
  if (!fs::exists(call.host().root / coming)) {
    refuse(Code::file_not_found, fmt::format("kubectl cp: {} is not in the container", remote));
  }
  fs::rename(call.host().root / coming, target);
  co_return Json{{"downloaded", local}};
}

Task<Json> copy(Call& call) {
  const bool uploads = call.has("upload");
  if (uploads == call.has("download")) {
    refuse(Code::option_missing, "kubectl cp: one of upload and download says which way",
           "kubectl.cp { \"pod/web-1\", path = \"/etc/web.conf\", upload = \"web.conf\" }");
  }
  std::string remote = fmt::format("{}:{}", pod_of(call), call.text("path"));
  if (uploads) {
    co_return co_await upload(call, std::move(remote));
  }
  co_return co_await download(call, std::move(remote));
}

}  // namespace

Function cp_function() {
  return {
      .name = "cp",
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
          "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
          "local pod = step(\"find a pod\", function()\n"
          "  return cluster:list { \"pods\", selector = \"app=web\" }[1].metadata.name\n"
          "end)\n"
          "step(\"bring the settings\", function()\n"
          "  return cluster:cp { \"pod/\" .. pod, path = \"web.yaml\", upload = \"web.yaml\" }\n"
          "end)  -- of kubectl.cp",
      .run = copy};
}

}  // namespace runbook::kubectl
