// logs, exec and cp.
#include <fstream>

#include "tests/modules/kubectl/kubectl_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

Json in_container(std::vector<std::string> argv, Json more = Json::object()) {
  more["argv"] = std::move(argv);
  if (!more.contains("object")) {
    more["object"] = "deployment/web";
  }
  return in_web(std::move(more));
}

const std::vector<std::string> kFollow{"--context=admin", "--namespace=web", "logs",
                                       "deployment/web",  "--tail=200",      "--follow"};

}  // namespace

TEST_CASE("kubectl.logs gives the last lines, and puts them into the step's log", "[kubectl]") {
  KubectlCalls calls({"logs"});
  RecordedCall call = calls.make("logs", in_web({{"object", "deployment/web"}}));
  CHECK(calls.run("logs", call) == Json{{"lines", {"hello from the pod"}}, {"ended", "end"}});
  CHECK(call.lines.front() == "out hello from the pod");
}

TEST_CASE("kubectl.logs can be of the container before", "[kubectl]") {
  KubectlCalls calls({"logs-previous"});
  CHECK(calls.run("logs", in_web({{"object", "pod/web-0"}, {"previous", true}})).at("lines") ==
        Json::array({"hello from the pod"}));
}

TEST_CASE("kubectl.logs of a pod that is not there, and of whom at all", "[kubectl]") {
  KubectlCalls calls({"logs-missing"});
  CHECK(calls.error_of("logs", in_web({{"object", "pod/nope"}})).code ==
        Code::kubernetes_not_found);
  CHECK(calls.error_of("logs", in_web(Json::object())).code == Code::option_missing);
  CHECK(calls.error_of("logs", in_web({{"object", "pod/a"}, {"until_line", "x"}})).code ==
        Code::option_missing);
}

TEST_CASE("kubectl.logs follows until a line is there, and ends kubectl then", "[kubectl]") {
  KubectlCalls calls({});
  calls.kubectl.play("follow", kFollow, "never\n");
  calls.kubectl.before("follow", "echo starting; echo listening on 80; exec sleep 600");
  CHECK(calls.run("logs", in_web({{"object", "deployment/web"},
                                  {"follow", true},
                                  {"until_line", "listening"}})) ==
        Json{{"lines", {"starting", "listening on 80"}}, {"ended", "line"}});
}

TEST_CASE("kubectl.logs that follows tells how it ended, and what never came", "[kubectl]") {
  KubectlCalls calls({});
  calls.kubectl.play("follow", kFollow, "done\n");
  Json options = in_web({{"object", "deployment/web"}, {"follow", true}});
  CHECK(calls.run("logs", options).at("ended") == "end");
  options["until_line"] = "listening";
  const Error ended = calls.error_of("logs", options);
  CHECK(ended.code == Code::kubernetes_not_ready);
  CHECK_THAT(ended.message, ContainsSubstring("no line held \"listening\" until its containers"));
  calls.kubectl.before("follow", "echo starting; exec sleep 600");
  options["timeout"] = "200ms";
  const Error late = calls.error_of("logs", options);
  CHECK_THAT(late.message, ContainsSubstring("within 200ms"));
  CHECK(late.detail.at("lines") == Json{"starting"});
  options.erase("until_line");
  CHECK(calls.run("logs", options).at("ended") == "timeout");
}

TEST_CASE("kubectl.exec gives back what the command printed, and its exit status", "[kubectl]") {
  KubectlCalls calls({"exec", "exec-fails"});
  const Json ran = calls.run("exec", in_container({"sh", "-c", "echo out; echo err >&2"}));
  CHECK(ran.at("stdout") == "out\n");
  CHECK(ran.at("stderr") == "err\n");
  CHECK(ran.at("code") == 0);
  Json fails = in_container({"sh", "-c", "echo out; echo sorry >&2; exit 7"}, {{"check", false}});
  const Json failed = calls.run("exec", fails);
  CHECK(failed.at("code") == 7);
  CHECK(failed.at("stderr") == "sorry\n");
  fails.erase("check");
  const Error error = calls.error_of("exec", fails);
  CHECK(error.code == Code::kubernetes_exec_failed);
  CHECK(error.effect == EffectDone::none);
  CHECK_THAT(error.message, ContainsSubstring("in deployment/web, sh -c echo out;") &&
                                ContainsSubstring("ended with exit status 7"));
  CHECK(error.detail == Json{{"exit", 7}, {"lines", {"sorry"}}});
}

TEST_CASE("kubectl.exec hands over stdin, and decodes stdout", "[kubectl]") {
  KubectlCalls calls({"exec-reads"});
  Json options = in_container({"cat"}, {{"stdin", "some input"}, {"decode", "lines"}});
  CHECK(calls.run("exec", options).at("value") == Json{"some input"});
  options["decode"] = "json";
  CHECK(calls.error_of("exec", options).code == Code::json_invalid);
  options["decode"] = "xml";
  CHECK(calls.error_of("exec", options).code == Code::option_invalid);
}

TEST_CASE("kubectl.exec tells a failed command from a failed way to it", "[kubectl]") {
  KubectlCalls calls({"exec-missing", "exec-container", "exec-forbidden", "exec-unreachable"});
  CHECK(calls.error_of("exec", in_container({"true"}, {{"object", "pod/nope"}})).code ==
        Code::kubernetes_not_found);
  CHECK(calls.error_of("exec", in_container({"true"}, {{"container", "nope"}})).code ==
        Code::kubernetes_invalid);
  Json options = in_container({"true"});
  options["context"] = "nobody";
  CHECK(calls.error_of("exec", options).code == Code::kubernetes_forbidden);
  options["context"] = "nowhere";
  const Error error = calls.error_of("exec", options);
  CHECK(error.code == Code::kubernetes_unreachable);
  CHECK(error.transient);
}

TEST_CASE("kubectl.exec does not take the command's words for its own", "[kubectl]") {
  KubectlCalls calls({});
  calls.kubectl.play(
      "lookup",
      {"--context=admin", "--namespace=web", "exec", "deployment/web", "--", "curl", "db"}, "",
      "connection refused\ncommand terminated with exit code 7\n", 7);
  CHECK(calls.error_of("exec", in_container({"curl", "db"})).code == Code::kubernetes_exec_failed);
  calls.kubectl.play(
      "cut-off", {"--context=admin", "--namespace=web", "exec", "deployment/web", "--", "migrate"},
      "", "error: something broke on the way\n", 1);
  const Error error = calls.error_of("exec", in_container({"migrate"}));
  CHECK(error.code == Code::tool_failed);
  CHECK(error.effect == EffectDone::unknown);
}

TEST_CASE("kubectl.exec that is cut off may have done its work, whatever the command said",
          "[kubectl]") {
  KubectlCalls calls({});
  const std::vector<std::string> argv{
      "--context=admin", "--namespace=web", "exec", "deployment/web", "--", "migrate"};
  calls.kubectl.play("said", argv, "", "old.sql not found\nerror: unexpected EOF\n", 1);
  calls.kubectl.play("printed", argv, "1 of 2\n", "Error from server (NotFound): pods \"a\"\n", 1);
  calls.kubectl.play("chosen", argv, "",
                     "Defaulted container \"a\" out of: a, b\nError from server (NotFound): x\n",
                     1);
  const Error cut_off = calls.error_of("exec", in_container({"migrate"}));
  CHECK(cut_off.code == Code::kubernetes_unreachable);
  CHECK(cut_off.effect == EffectDone::unknown);
  CHECK(calls.error_of("exec", in_container({"migrate"})).effect == EffectDone::unknown);
  CHECK(calls.error_of("exec", in_container({"migrate"})).effect == EffectDone::none);
}

TEST_CASE("kubectl.exec knows the exit status behind a last line that does not end", "[kubectl]") {
  KubectlCalls calls({});
  calls.kubectl.play("endless",
                     {"--context=admin", "--namespace=web", "exec", "deployment/web", "--", "ask"},
                     "", "sorrycommand terminated with exit code 3\n", 3);
  const Json ran = calls.run("exec", in_container({"ask"}, {{"check", false}}));
  CHECK(ran.at("code") == 3);
  CHECK(ran.at("stderr") == "sorry");
}

TEST_CASE("kubectl.exec is of the class that the recipe says, and leaves no trace", "[kubectl]") {
  KubectlCalls calls({});
  const auto effect_of = calls.function("exec").effect_of;
  CHECK(effect_of(Json::object()) == Effect::once);
  CHECK(effect_of({{"reads", true}}) == Effect::read);
  CHECK(effect_of({{"idempotent", true}}) == Effect::idempotent);
  const Json options = in_container({"migrate"});
  const Outcome seen = calls.probe("exec", options, calls.prepare("exec", options));
  CHECK(seen.kind == Outcome::Kind::cannot_tell);
  CHECK_THAT(seen.text, ContainsSubstring("idempotent = true, or a probe of the step"));
}

TEST_CASE("kubectl.cp copies both ways", "[kubectl]") {
  KubectlCalls calls({"cp-up", "cp-down"});
  std::filesystem::create_directory(calls.path("manifests"));
  std::ofstream(calls.path("manifests/web.yaml")) << "x";
  CHECK(calls.run("cp", in_web({{"object", "pod/web-0"},
                                {"path", "web.yaml"},
                                {"upload", "manifests/web.yaml"}})) ==
        Json{{"uploaded", "manifests/web.yaml"}});
  calls.kubectl.before("cp-down", "echo x >copy.yaml.coming");
  CHECK(calls.run(
            "cp",
            in_web({{"object", "pod/web-0"}, {"path", "web.yaml"}, {"download", "copy.yaml"}})) ==
        Json{{"downloaded", "copy.yaml"}});
  CHECK(std::filesystem::exists(calls.path("copy.yaml")));
}

TEST_CASE("kubectl.cp says what is missing here or there, where kubectl itself ends well",
          "[kubectl]") {
  KubectlCalls calls({"cp-missing"});
  Json options =
      in_web({{"object", "pod/web-0"}, {"path", "nope.yaml"}, {"download", "copy.yaml"}});
  const Error there = calls.error_of("cp", options);
  CHECK(there.code == Code::file_not_found);
  CHECK_THAT(there.message, ContainsSubstring("web-0:nope.yaml is not in the container"));
  std::ofstream(calls.path("copy.yaml")) << "of before";
  CHECK(calls.error_of("cp", options).code == Code::file_not_found);
  options["upload"] = "none.yaml";
  CHECK(calls.error_of("cp", options).code == Code::option_missing);
  options.erase("download");
  CHECK(calls.error_of("cp", options).code == Code::file_not_found);
  options["object"] = "deployment/web";
  CHECK(calls.error_of("cp", options).code == Code::option_invalid);
}
