// Jobs and keys are made once, whatever the answer was.
#include "modules/chainlink/job_spec.h"
#include "tests/base/expect_error.h"
#include "tests/catch.h"
#include "tests/modules/chainlink/node_calls.h"

using namespace runbook;
using namespace runbook::test;

namespace {

constexpr const char* kId = "0d6e7a61-3f0c-5b0f-9a43-1f0f6f7d8e11";
constexpr const char* kOtherId = "0d6e7a61-3f0c-5b0f-9a43-1f0f6f7d8e12";

struct Jobs : NodeCalls {
  Error create_error(const Json& more) {
    return expect_any([&] { act("create_job", more); });
  }
  Error replace_error(const Json& more) {
    return expect_any([&] { act("replace_job", more); });
  }
  Json job(std::size_t at) { return node.state().at("jobs").at(at); }

  template <typename Work>
  static Error expect_any(Work work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return Error(Code::internal, "it succeeded");
  }
};

std::string spec_with_id(const std::string& id) {
  std::string spec = boot_spec();
  return spec.insert(spec.find("contractID"), "externalJobID = \"" + id + "\"\n");
}

std::string posted(NodeCalls& calls, const Json& options) {
  RecordedCall call = calls.make("create_job", calls.with(options));
  return chainlink::read_job_spec(call).toml;
}

}  // namespace

TEST_CASE_METHOD(Jobs, "A job is created with an externalJobID after its name", "[chainlink]") {
  const Json made = act("create_job", {{"toml", boot_spec()}, {"external_id", kId}});
  CHECK(made.at("external_id") == kId);
  CHECK(made.at("id") == "1");
  CHECK(job(0).at("toml") == spec_with_id(kId));
  CHECK(node.count("jobs_created") == 1);
}

TEST_CASE_METHOD(Jobs,
                 "The externalJobID stands on a line of its own, whatever the spec looks like",
                 "[chainlink]") {
  const Json id = {{"external_id", kId}};
  const auto with_id = [&](const std::string& toml) {
    return posted(*this, {{"toml", toml}, {"external_id", kId}});
  };
  const std::string line = std::string("externalJobID = \"") + kId + "\"";
  CHECK(with_id("type = 'cron'") == line + "\ntype = 'cron'");
  CHECK(with_id("name = 'x'") == "name = 'x'\n" + line);
  CHECK(with_id("name = 'x'\n[a]\nname = 'y'\n") == "name = 'x'\n" + line + "\n[a]\nname = 'y'\n");
  CHECK(with_id("text = '''\nname = 'x'\n'''\nname = 'y'\n[a]") ==
        "text = '''\nname = 'x'\n'''\nname = 'y'\n" + line + "\n[a]");
  CHECK(posted(*this, {{"toml", spec_with_id(kId)}}) == spec_with_id(kId));
}

TEST_CASE_METHOD(Jobs, "The externalJobID of a spec without one is the same for each attempt",
                 "[chainlink]") {
  const std::string first = posted(*this, {{"toml", boot_spec()}});
  CHECK(first == posted(*this, {{"toml", boot_spec()}}));
  CHECK(first != posted(*this, {{"toml", boot_spec("another")}}));
  host.run_id = "another run";
  CHECK(first != posted(*this, {{"toml", boot_spec()}}));
}

TEST_CASE_METHOD(Jobs, "Specs that cannot be meant are refused before anything is asked",
                 "[chainlink]") {
  CHECK(create_error({{"toml", "name = "}}).code == Code::chainlink_refused);
  CHECK(create_error({{"toml", boot_spec()}, {"external_id", "7"}}).code == Code::option_invalid);
  CHECK(create_error({{"toml", spec_with_id(kId)}, {"external_id", kOtherId}}).code ==
        Code::option_invalid);
  CHECK(node.count("requests") == 0);
  const Error large = create_error({{"toml", boot_spec() + "\n#" + std::string(40'000, 'x')}});
  CHECK(large.code == Code::chainlink_refused);
  CHECK(large.effect == EffectDone::none);
  CHECK_THAT(large.message, ContainsSubstring("32768"));
}

TEST_CASE_METHOD(Jobs, "What the node refuses is told in its words, and nothing was done",
                 "[chainlink]") {
  const auto refused = [&](const std::string& toml, Code code, const std::string& words) {
    const Error error = create_error({{"toml", toml}});
    INFO(error.message);
    CHECK(error.code == code);
    CHECK(error.effect == EffectDone::none);
    CHECK_THAT(error.message, ContainsSubstring(words));
  };
  refused("type = 'nothing'\nschemaVersion = 1", Code::chainlink_refused, "failed to parse TOML");
  refused("type = 'bootstrap'\nschemaVersion = 1\nrelay = 'evm'", Code::chainlink_refused,
          "missing required key contractID");
  refused("isBootstrapPeer = true\n" + boot_spec(), Code::chainlink_refused,
          "unrecognised key for bootstrap peer: isBootstrapPeer");
  const std::string oracle =
      "type = 'offchainreporting2'\nschemaVersion = 1\ncontractID = '0x1'\nrelay = 'evm'\n"
      "pluginType = 'plugin'\nocrKeyBundleID = 'none'\n[relayConfig]\n[pluginConfig]\n";
  refused(oracle, Code::chainlink_key_missing, "no such key bundle exists");
  node.change({{"ocr2", false}});
  refused(oracle, Code::chainlink_refused, "501");
  CHECK(node.count("jobs_created") == 0);
}

TEST_CASE_METHOD(Jobs, "A name that is taken says whose it is", "[chainlink]") {
  act("create_job", {{"toml", boot_spec()}});
  const Error error = create_error({{"toml", boot_spec("Keystone boot", "0x01")}});
  CHECK(error.code == Code::chainlink_name_taken);
  CHECK(error.effect == EffectDone::none);
  CHECK_THAT(error.message, ContainsSubstring("job 1, \"Keystone boot\" of type bootstrap"));
  CHECK(error.detail.at("id") == "1");
}

TEST_CASE_METHOD(Jobs, "An externalJobID that is taken says whose it is", "[chainlink]") {
  act("create_job", {{"toml", boot_spec()}, {"external_id", kId}});
  const Error error = create_error({{"toml", boot_spec("other")}, {"external_id", kId}});
  CHECK(error.code == Code::chainlink_name_taken);
  CHECK_THAT(error.message, ContainsSubstring("externalJobID: job 1"));
}

TEST_CASE_METHOD(Jobs, "A job that exists all the same after an error is that job", "[chainlink]") {
  const std::string kind = GENERATE("fail_after", "drop_after", "hang_after");
  node.fault({{"kind", kind}, {"method", "POST"}, {"path", "/v2/jobs"}});
  const Json made = act("create_job", {{"toml", boot_spec()}, {"request_timeout", "500ms"}});
  INFO(kind);
  CHECK(made.at("id") == "1");
  CHECK(node.count("jobs_created") == 1);
}

TEST_CASE_METHOD(Jobs, "A job that does not exist after an error was not created", "[chainlink]") {
  node.fault({{"kind", "fail"}, {"method", "POST"}, {"path", "/v2/jobs"}});
  const Error failed = create_error({{"toml", boot_spec()}});
  CHECK(failed.code == Code::chainlink_failed);
  CHECK(failed.effect == EffectDone::none);
  node.fault({{"kind", "drop"}, {"method", "POST"}, {"path", "/v2/jobs"}});
  const Error dropped = create_error({{"toml", boot_spec()}});
  CHECK(dropped.code == Code::chainlink_unreachable);
  CHECK(dropped.effect == EffectDone::none);
}

TEST_CASE_METHOD(Jobs, "A job of a node that went away is not known to be done or not",
                 "[chainlink]") {
  const Intent intent = prepare("create_job", with({{"toml", boot_spec()}}));
  node.on_request(ChainlinkNode::Moment::after, "POST", "/v2/jobs", [&] {
    node.fault({{"kind", "drop"}, {"times", -1}});
  });
  node.fault({{"kind", "drop_after"}, {"method", "POST"}, {"path", "/v2/jobs"}});
  const Error error = expect_any([&] {
    run_with("create_job", with({{"toml", boot_spec()}}), intent);
  });
  CHECK(error.code == Code::chainlink_unreachable);
  CHECK(error.effect == EffectDone::unknown);
  node.on_request(ChainlinkNode::Moment::after, "POST", "/v2/jobs", nullptr);
  node.fault({{"kind", "none"}});
  const Outcome found = probe_of("create_job", {{"toml", boot_spec()}}, intent);
  REQUIRE(found.kind == Outcome::Kind::done);
  CHECK(found.value.at("id") == "1");
}

TEST_CASE_METHOD(Jobs, "What an earlier attempt has made is found when it is asked for again",
                 "[chainlink]") {
  act("create_job", {{"toml", boot_spec()}});
  const Json again = run_once("create_job", with({{"toml", boot_spec()}}), /*begun_before=*/true);
  CHECK(again.at("id") == "1");
  CHECK(node.count("jobs_created") == 1);
  CHECK(create_error({{"toml", boot_spec()}}).code == Code::chainlink_name_taken);
}

TEST_CASE_METHOD(Jobs, "A job is replaced under its id", "[chainlink]") {
  const Json old = act("create_job", {{"toml", boot_spec()}});
  const Json made =
      act("replace_job", {{"id", old.at("id")}, {"toml", boot_spec("Keystone boot", "0x02")}});
  CHECK(made.at("id") == old.at("id"));
  CHECK(made.at("contract_id") == "0x02");
  CHECK(node.count("jobs_replaced") == 1);
  CHECK(replace_error({{"id", 99}, {"toml", boot_spec()}}).code == Code::chainlink_not_found);
  act("create_job", {{"toml", boot_spec("other")}, {"external_id", kId}});
  const Error taken =
      replace_error({{"id", 1}, {"toml", boot_spec("third")}, {"external_id", kId}});
  CHECK(taken.code == Code::chainlink_name_taken);
}

TEST_CASE_METHOD(Jobs, "A job replaced in spite of an error is replaced, with the same id too",
                 "[chainlink]") {
  act("create_job", {{"toml", boot_spec()}, {"external_id", kId}});
  node.fault({{"kind", "fail_after"}, {"method", "PUT"}});
  const Json options = {
      {"id", 1}, {"toml", boot_spec("Keystone boot", "0x02")}, {"external_id", kId}};
  CHECK(act("replace_job", options).at("contract_id") == "0x02");
  node.fault({{"kind", "fail"}, {"method", "PUT"}});
  const Error error = replace_error(options);
  CHECK(error.code == Code::chainlink_failed);
  CHECK(error.effect == EffectDone::none);
}

TEST_CASE_METHOD(Jobs, "A replacement that only deleted is made whole by the next attempt",
                 "[chainlink]") {
  act("create_job", {{"toml", boot_spec()}});
  const Json options = {{"id", 1}, {"toml", boot_spec("Keystone boot", "0x02")}};
  node.fault({{"kind", "half_replace"}, {"method", "PUT"}});
  CHECK(replace_error(options).effect == EffectDone::none);
  CHECK(node.state().at("jobs").empty());
  const Json made = run_once("replace_job", with(options), /*begun_before=*/true);
  CHECK(made.at("contract_id") == "0x02");
  CHECK(node.state().at("jobs").size() == 1);
}

TEST_CASE_METHOD(Jobs, "A job is deleted, and one that is gone is deleted already", "[chainlink]") {
  act("create_job", {{"toml", boot_spec("a")}, {"external_id", kId}});
  act("create_job", {{"toml", boot_spec("b")}});
  act("create_job", {{"toml", boot_spec("c")}});
  CHECK(ask("delete_job", {{"external_id", kId}}).at("deleted") == true);
  CHECK(ask("delete_job", {{"name", "b"}}).at("id") == "2");
  CHECK(ask("delete_job", {{"id", 3}}).at("name") == "c");
  CHECK(ask("delete_job", {{"id", 3}}) == Json{{"deleted", false}});
  CHECK(ask("delete_job", {{"name", "b"}}) == Json{{"deleted", false}});
  CHECK(node.state().at("jobs").empty());
  CHECK(node.count("jobs_deleted") == 3);
}

TEST_CASE_METHOD(Jobs, "A bundle is made once, and found again whatever the answer was",
                 "[chainlink]") {
  const Json evm = {{"chain_type", "evm"}};
  const Json made = act("create_ocr2_key", evm);
  CHECK(made.at("chain_type") == "evm");
  node.fault({{"kind", "fail_after"}, {"method", "POST"}, {"path", "/v2/keys"}});
  CHECK(act("create_ocr2_key", evm).at("id") != made.at("id"));
  CHECK(node.count("ocr2_keys_created") == 2);
  node.fault({{"kind", "fail"}, {"method", "POST"}, {"path", "/v2/keys"}});
  const Error error = expect_any([&] { act("create_ocr2_key", evm); });
  CHECK(error.code == Code::chainlink_failed);
  CHECK(error.effect == EffectDone::none);
  CHECK(expect_any([&] {
          act("create_ocr2_key", {{"chain_type", "dogecoin"}});
        }).code == Code::option_invalid);
  CHECK(act("create_aptos_key", Json::object()).at("account").is_string());
}

TEST_CASE_METHOD(Jobs, "Bundles are counted by type, and two new ones are one too many to tell",
                 "[chainlink]") {
  const Json evm = {{"chain_type", "evm"}};
  const Intent intent = prepare("create_ocr2_key", with(evm));
  CHECK(probe_of("create_ocr2_key", evm, intent).kind == Outcome::Kind::in_progress);
  Intent old = intent;
  old.data["begun"] = 0;
  CHECK(probe_of("create_ocr2_key", evm, old).kind == Outcome::Kind::not_done);
  act("create_ocr2_key", {{"chain_type", "aptos"}});
  CHECK(probe_of("create_ocr2_key", evm, old).kind == Outcome::Kind::not_done);
  act("create_ocr2_key", evm);
  CHECK(probe_of("create_ocr2_key", evm, old).kind == Outcome::Kind::done);
  act("create_ocr2_key", evm);
  const Outcome two = probe_of("create_ocr2_key", evm, old);
  CHECK(two.kind == Outcome::Kind::cannot_tell);
  CHECK_THAT(two.text, ContainsSubstring("2 new keys"));
}
