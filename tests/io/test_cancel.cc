#include <vector>

#include "engine/io/cancel.h"
#include "tests/catch.h"

using namespace runbook;

TEST_CASE("Cancelling a node cancels what is under it, with reason and level", "[cancel]") {
  const CancelPtr root = Cancel::root();
  const CancelPtr child = root->child();
  const CancelPtr grandchild = child->child();
  const CancelPtr cousin = root->child();
  child->request(CancelReason::timeout);
  CHECK(grandchild->requested());
  CHECK(grandchild->reason() == CancelReason::timeout);
  CHECK_FALSE(root->requested());
  CHECK_FALSE(cousin->requested());
}

TEST_CASE("A child of a cancelled node is born cancelled", "[cancel]") {
  const CancelPtr root = Cancel::root();
  root->request(CancelReason::stop, StopLevel::terminate);
  const CancelPtr child = root->child();
  CHECK(child->requested());
  CHECK(child->level() == StopLevel::terminate);
}

TEST_CASE("A stop rises in level and never falls, and the first reason stays", "[cancel]") {
  const CancelPtr node = Cancel::root();
  std::vector<StopLevel> seen;
  const auto registration = node->on_change([&] { seen.push_back(node->level()); });
  node->request(CancelReason::sibling);
  node->request(CancelReason::stop, StopLevel::terminate);
  node->request(CancelReason::stop, StopLevel::interrupt);
  node->request(CancelReason::stop, StopLevel::terminate);
  CHECK(seen == std::vector<StopLevel>{StopLevel::none, StopLevel::terminate});
  CHECK(node->reason() == CancelReason::sibling);
}

TEST_CASE("A callback may unregister itself and others and register new ones", "[cancel]") {
  const CancelPtr node = Cancel::root();
  int first_calls = 0;
  int second_calls = 0;
  int late_calls = 0;
  Cancel::Registration first;
  Cancel::Registration second;
  Cancel::Registration late;
  first = node->on_change([&] {
    ++first_calls;
    first.reset();
    second.reset();
    late = node->on_change([&] { ++late_calls; });
  });
  second = node->on_change([&] { ++second_calls; });
  node->request(CancelReason::stop, StopLevel::interrupt);
  CHECK(first_calls == 1);
  CHECK(second_calls == 0);
  CHECK(late_calls == 1);  // at once, not again by the notification under way
  node->request(CancelReason::stop, StopLevel::kill);
  CHECK(first_calls == 1);
  CHECK(late_calls == 2);
}

TEST_CASE("A registration outlives its node, and a node its parent's other users", "[cancel]") {
  Cancel::Registration registration;
  CancelPtr grandchild;
  {
    const CancelPtr root = Cancel::root();
    registration = root->on_change([] {});
    grandchild = root->child()->child();
  }
  registration.reset();
  grandchild->request(CancelReason::sibling);
  CHECK(grandchild->requested());
}
