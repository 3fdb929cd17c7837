#include "modules/eth/settlement.h"

#include "modules/eth/nonces.h"
#include "modules/eth/send_answer.h"
#include "tests/catch.h"

using namespace runbook;

namespace {

using Kind = Finding::Kind;

constexpr std::uint64_t kNonce = 7;

Json receipt_in(std::uint64_t block, bool succeeded = true) {
  return {{"blockNumber", hex_number(block)},
          {"blockHash", "0xb10c"},
          {"status", succeeded ? "0x1" : "0x0"}};
}

Look look_of(std::uint64_t head, std::uint64_t count, std::vector<std::optional<Json>> receipts) {
  return {.head = head,
          .count = count,
          .receipts = std::move(receipts),
          .consumed_at = std::nullopt,
          .canonical = std::nullopt};
}

Kind kind_of(const Look& look, std::uint64_t confirmations = 1) {
  return settle(kNonce, confirmations, look).kind;
}

TransactionIntent intent_of() {
  TransactionIntent intent;
  intent.chain = {31337, "0xgenesis"};
  intent.sender = std::string(20, '\x11');
  intent.nonce = kNonce;
  intent.to = std::string(20, '\x22');
  intent.value = Bigint::parse("1.5 ether");
  intent.data = "\x01\x02";
  intent.gas = 25'200;
  intent.head = 12;
  Fees fees;
  fees.max_fee = Bigint::parse("2 gwei");
  fees.max_priority_fee = Bigint::parse("1 gwei");
  intent.alternatives.push_back({.raw = "\x02raw", .hash = "0xab12cd34ef", .fees = fees});
  return intent;
}

Json usurper_of(const TransactionIntent& intent) {
  Json transaction = node_transaction(intent);
  transaction["hash"] = "0xother";
  transaction["input"] = transaction.at("data");
  return transaction;
}

}  // namespace

TEST_CASE("A nonce that is free leaves a transaction pending, whatever else is said", "[eth]") {
  CHECK(kind_of(look_of(20, kNonce, {Json()})) == Kind::pending);
  CHECK(kind_of(look_of(20, 3, {std::nullopt})) == Kind::pending);
}

TEST_CASE("A receipt of any alternative settles it by its status", "[eth]") {
  CHECK(kind_of(look_of(20, kNonce + 1, {Json(), receipt_in(20)})) == Kind::done);
  CHECK(kind_of(look_of(20, kNonce + 1, {receipt_in(20, false), std::nullopt})) == Kind::reverted);
  CHECK(kind_of(look_of(19, kNonce, {receipt_in(20)})) == Kind::done);
}

TEST_CASE("It is done as deep as is asked for, in a block that the chain still has", "[eth]") {
  Look look = look_of(21, kNonce + 1, {receipt_in(20)});
  CHECK(kind_of(look, 3) == Kind::deepening);
  CHECK(settle(kNonce, 3, look).depth == 2);
  look.head = 22;
  CHECK(kind_of(look, 3) == Kind::check);
  look.canonical = "0xelse";
  CHECK(kind_of(look, 3) == Kind::ask_again);
  look.canonical = "0xb10c";
  CHECK(kind_of(look, 3) == Kind::done);
}

TEST_CASE("A used-up nonce without receipts is foreign only once its block is proven", "[eth]") {
  Look look = look_of(20, kNonce + 1, {Json(), Json()});
  CHECK(kind_of(look) == Kind::prove);
  look.consumed_at = 20;
  CHECK(kind_of(look) == Kind::foreign);
  look.head = 19;
  CHECK(kind_of(look) == Kind::ask_again);
}

TEST_CASE("An error in place of a receipt, a count or a head means to ask again", "[eth]") {
  CHECK(kind_of(look_of(20, kNonce + 1, {Json(), std::nullopt})) == Kind::ask_again);
  Look look = look_of(20, kNonce + 1, {Json()});
  look.head.reset();
  CHECK(kind_of(look) == Kind::ask_again);
  look = look_of(20, 0, {Json()});
  look.count.reset();
  CHECK(kind_of(look) == Kind::ask_again);
}

TEST_CASE("A transaction that took the nonce is judged by what it does", "[eth]") {
  const TransactionIntent intent = intent_of();
  Json other = usurper_of(intent);
  CHECK(judge_usurper(intent, other) == Usurper::same);
  other["hash"] = intent.newest().hash;
  CHECK(judge_usurper(intent, other) == Usurper::ours);
  other["hash"] = "0xother";
  other["value"] = "0x1";
  CHECK(judge_usurper(intent, other) == Usurper::other);
  other = {{"hash", "0xother"}, {"to", other.at("from")}, {"value", "0x0"}, {"input", "0x"}};
  CHECK(judge_usurper(intent, other) == Usurper::cancelled);
}

TEST_CASE("An intent is read back as it was written, and says what it is in a line", "[eth]") {
  TransactionIntent intent = intent_of();
  intent.fillers.push_back(filler_of(intent, 6));
  intent.fillers[0].alternatives = intent.alternatives;
  const Json json = intent_json(intent);
  const TransactionIntent read = read_intent(Json::parse(json.dump()));
  CHECK(intent_json(read) == json);
  CHECK(read.newest().raw == intent.newest().raw);
  CHECK(read.fillers.at(0).nonce == 6);
  CHECK(json.at("text") == "nonce 7, 0xab12cd34ef, at most 2 gwei");
  CHECK(account_resource(intent.chain, intent.sender) ==
        "eth/0xgenesis/31337/0x1111111111111111111111111111111111111111");
}

TEST_CASE("A creation has no receiver in its intent", "[eth]") {
  TransactionIntent intent = intent_of();
  intent.to.clear();
  CHECK(intent_json(intent).at("to").is_null());
  CHECK(read_intent(intent_json(intent)).to.empty());
  CHECK_FALSE(node_transaction(intent).contains("to"));
}

TEST_CASE("What is no intent of a transaction is refused", "[eth]") {
  CHECK_THROWS_AS(read_intent(Json::object()), Error);
  CHECK_THROWS_AS(read_intent({{"alternatives", Json::array()}}), Error);
}

TEST_CASE("The next nonce is the lowest that neither the chain nor an open intent has", "[eth]") {
  CHECK(next_nonce(5, {}) == 5);
  CHECK(next_nonce(5, {5, 6}) == 7);
  CHECK(next_nonce(5, {3, 6}) == 5);
  CHECK(next_nonce(6, {5, 6, 8}) == 7);
}

TEST_CASE("What nodes say of a transaction is understood", "[eth]") {
  const auto answer = [](const char* message) {
    return classify_send({{"code", -32000}, {"message", message}});
  };
  CHECK(classify_send(nullptr) == SendAnswer::accepted);
  CHECK(answer("already known") == SendAnswer::known);
  CHECK(answer("transaction already imported") == SendAnswer::known);
  CHECK(answer("Known transaction: 0x12") == SendAnswer::known);
  CHECK(answer("replacement transaction underpriced") == SendAnswer::known);
  CHECK(answer("nonce too low: next nonce 5, tx nonce 3") == SendAnswer::too_low);
  CHECK(answer("Nonce too low. Expected nonce to be 5 but got 3.") == SendAnswer::too_low);
  CHECK(answer("Nonce too high. Expected nonce to be 5 but got 9. Note that transactions can't be "
               "queued when automining.") == SendAnswer::too_high);
  CHECK(answer("transaction underpriced: gas tip cap 0, minimum needed 1") ==
        SendAnswer::underpriced);
  CHECK(answer("max fee per gas less than block base fee") == SendAnswer::underpriced);
  CHECK(answer("txpool is full") == SendAnswer::full);
  CHECK(answer("insufficient funds for gas * price + value") == SendAnswer::refused);
  CHECK(answer("intrinsic gas too low") == SendAnswer::refused);
  CHECK(classify_send("not even an object") == SendAnswer::refused);
}
