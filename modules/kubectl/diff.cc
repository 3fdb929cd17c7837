// What applying manifests would change.

#include "modules/kubectl/diagnosis.h"
#include "modules/kubectl/diff_text.h"
#include "modules/kubectl/functions.h"
#include "modules/kubectl/manifests.h"

namespace runbook::kubectl {

namespace {

Task<Json> diff(Call& call) {
  tool::Command command = command_of(
      call, {.name = "diff", .words = {"diff"}, .is_namespaced = is_namespaced(call, "")});
  if (call.flag("server_side")) {
    command.arguments.emplace_back("--server-side");
  }
  add_manifests(call, command);
  command.accepted = {0, 1};
  command.logged = tool::Logged::errors;
  const tool::Ran ran = co_await run(call, std::move(command));
  if (ran.exit != 0 && ran.out.empty()) {
    throw diagnose({"kubectl diff", ran.out, ran.err, ran.exit});
  }
  co_return Json{{"changed", ran.exit != 0}, {"text", readable_diff(ran.out)}};
}

}  // namespace

Function diff_function() {
  return {.name = "diff",
          .effect = Effect::read,
          .summary = "Shows what applying manifests would change, without the values of secrets.",
          .options = with_namespace(with_manifests(
              {{.name = "server_side",
                .type = Type::boolean,
                .help = "as apply with server_side would"},
               {.name = "all_namespaces",
                .type = Type::boolean,
                .help = "each object goes where its manifest says; for kinds without, too"}})),
          .returns = "{ changed, text }: text as diff -u prints it, the same for the same change",
          .errors = with_errors({Code::kubernetes_invalid, Code::kubernetes_type_unknown,
                                 Code::kubernetes_not_found, Code::file_not_found}),
          .example =
              "local kubectl = require \"kubectl\"\n"
              "local cluster = kubectl.cluster { context = \"admin\", namespace = \"web\" }\n"
              "local change = step(\"compare\", function()\n"
              "  return cluster:diff { file = \"manifests\" }  -- kubectl.diff\n"
              "end)\n"
              "log(change.text)",
          .run = diff};
}

}  // namespace runbook::kubectl
