#include "engine/base/hash.h"
#include "modules/kubectl/redaction.h"
#include "tests/modules/kubectl/kubectl_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

const char* const kCopy = "kubectl.kubernetes.io/last-applied-configuration";

}  // namespace

TEST_CASE("kubectl.get reads an object, and nothing of what is not there", "[kubectl]") {
  KubectlCalls calls({"get-deployment", "get-missing"});
  const Json web = calls.run("get", in_web({{"object", "deployment/web"}}));
  CHECK(web.at("kind") == "Deployment");
  CHECK(web.at("spec").at("replicas") == 2);
  CHECK(calls.run("get", in_web({{"object", "deployment/nope"}})).is_null());
}

TEST_CASE("kubectl.get shows that a Secret has values, and not which", "[kubectl]") {
  KubectlCalls calls({"get-secret", "get-applied-secret"});
  const Json login = calls.run("get", in_web({{"object", "secret/login"}}));
  CHECK(login.at("data") == Json{{"password", "(redacted)"}, {"user", "(redacted)"}});
  const Json token = calls.run("get", in_web({{"object", "secret/token"}}));
  const std::string copy = token.at("metadata").at("annotations").at(kCopy);
  CHECK_THAT(copy, ContainsSubstring("\"token\":\"(redacted)\""));
  CHECK_THAT(token.dump(), !ContainsSubstring("a-token-of-old") &&
                               !ContainsSubstring(to_base64("a-token-of-old")));
}

TEST_CASE("kubectl.get decodes what it is told to keep, and logs none of it", "[kubectl]") {
  KubectlCalls calls({"get-secret"});
  RecordedCall call = calls.make(
      "get", in_web({{"object", "secret/login"}, {"keep", {{"password", "/data/password"}}}}));
  const Json login = calls.run("get", call);
  CHECK(login.at("data") == Json{{"password", "hunter2-hunter2"}, {"user", "(redacted)"}});
  CHECK(call.lines.empty());
}

TEST_CASE("kubectl.get cannot keep the values of what is not there", "[kubectl]") {
  KubectlCalls calls({"get-missing"});
  const Error error = calls.error_of(
      "get", in_web({{"object", "deployment/nope"}, {"keep", {{"password", "/data/password"}}}}));
  CHECK(error.code == Code::kubernetes_not_found);
  CHECK(calls.error_of("get", in_web({{"object", "secret/login"}, {"keep", "all"}})).code ==
        Code::option_invalid);
}

TEST_CASE("kubectl.list reads all of a kind, redacted where a key looks like a credential",
          "[kubectl]") {
  KubectlCalls calls({"list-configmaps", "list-configmaps"});
  Json found = calls.run("list", in_web({{"kind", "configmaps"}}));
  const auto node = [](const Json& list) {
    return *std::find_if(list.begin(), list.end(), [](const Json& object) {
      return object.at("metadata").at("name") == "node1";
    });
  };
  CHECK(node(found).at("data") ==
        Json{{"apicredentials", "(redacted)"}, {"node-password", "(redacted)"}, {"port", "6688"}});
  CHECK_THAT(found.dump(), !ContainsSubstring("pass-word-1") && !ContainsSubstring("keystore-1"));
  found = calls.run("list", in_web({{"kind", "configmaps"},
                                    {"keep", {{"password *", "/*/data/node-password"}}}}));
  CHECK(node(found).at("data").at("node-password") == "keystore-1");
  CHECK(node(found).at("data").at("apicredentials") == "(redacted)");
}

TEST_CASE("kubectl.list chooses by labels, and none is an empty list", "[kubectl]") {
  KubectlCalls calls({"list-pods", "list-none", "list-everywhere"});
  CHECK(calls.run("list", in_web({{"kind", "pods"}, {"selector", "app=web"}})).size() == 2);
  CHECK(calls.run("list", in_web({{"kind", "pods"}, {"selector", "app=nobody"}})) == Json::array());
  CHECK(calls.run("list", in_web({{"kind", "services"}, {"all_namespaces", true}})).size() == 2);
}

TEST_CASE("A kind that is an option, or that nobody knows, is refused", "[kubectl]") {
  KubectlCalls calls({"get-unknown-type"});
  CHECK(calls.error_of("get", in_web({{"object", "nosuchthing/x"}})).code ==
        Code::kubernetes_type_unknown);
  CHECK(calls.error_of("list", in_web({{"kind", "--all"}})).code == Code::option_invalid);
}

TEST_CASE("Values of Secrets and credentials of ConfigMaps are redacted wherever they stand",
          "[kubectl]") {
  using kubectl::redacted;
  const Json secret{{"kind", "Secret"}, {"stringData", {{"a", "b"}}}, {"data", {{"c", "d"}}}};
  CHECK(redacted(Json{secret, secret}).dump().find("\"b\"") == std::string::npos);
  CHECK(redacted(secret).at("stringData").at("a") == "(redacted)");
  Json broken{{"kind", "Secret"}, {"metadata", {{"annotations", {{kCopy, "{not json"}}}}}};
  CHECK(redacted(broken).at("metadata").at("annotations").at(kCopy) == "(redacted)");
  broken["metadata"]["annotations"][kCopy] =
      "{\"a\":" + std::string(250'000, '[') + std::string(250'000, ']') + "}";
  CHECK(redacted(broken).at("metadata").at("annotations").at(kCopy) == "(redacted)");
  const Json pod{{"kind", "Pod"}, {"data", {{"password", "x"}}}};
  CHECK(redacted(pod) == pod);
  CHECK(kubectl::is_credential("tls.key"));
  CHECK(kubectl::is_credential("api-key"));
  CHECK_FALSE(kubectl::is_credential("keyboard"));
}

TEST_CASE("What is kept is what its pointer finds, whatever that is", "[kubectl]") {
  using kubectl::redacted_but;
  const Json secret{{"kind", "Secret"}, {"data", {{"a/b", to_base64("slash")}, {"c", "%%%"}}}};
  CHECK(redacted_but(secret, {{"x", "/data/a~1b"}}).at("data").at("a/b") == "slash");
  CHECK(redacted_but(secret, {{"x", "/data/none"}}).at("data").at("a/b") == "(redacted)");
  CHECK(redacted_but(secret, {{"x", "no pointer"}}).at("data").at("a/b") == "(redacted)");
  CHECK_THROWS_AS(redacted_but(secret, {{"x", "/data/c"}}), Error);
  const Json list{secret, secret};
  CHECK(redacted_but(list, {{"x", "/-/data/a~1b"}}).at(0).at("data").at("a/b") == "(redacted)");
  CHECK(redacted_but(list, {{"x", "/-/data/a~1b"}}).at(1).at("data").at("a/b") == "slash");
}
