#include "engine/io/cancel.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace runbook {

Cancel::~Cancel() {
  if (parent_) {
    parent_->children_.erase(position_);
  }
}

std::shared_ptr<Cancel> Cancel::child() {
  auto node = std::shared_ptr<Cancel>(new Cancel(shared_from_this()));
  node->position_ = children_.insert(children_.end(), node.get());
  node->requested_ = requested_;
  node->reason_ = reason_;
  node->level_ = level_;
  return node;
}

void Cancel::request(CancelReason reason, StopLevel level) {
  if (requested_ && level <= level_) {
    return;
  }
  if (!requested_) {
    requested_ = true;
    reason_ = reason;
  }
  level_ = std::max(level, level_);
  const std::shared_ptr<Cancel> alive = shared_from_this();
  notify();
  // A callback may end the last user of a child: hold them all while going through them.
  std::vector<std::shared_ptr<Cancel>> children;
  children.reserve(children_.size());
  for (Cancel* child : children_) {
    children.push_back(child->shared_from_this());
  }
  for (const std::shared_ptr<Cancel>& child : children) {
    child->request(reason_, level_);
  }
}

void Cancel::notify() {
  ++notifying_;
  std::size_t remaining = callbacks_.size();  // those added meanwhile have been called already
  for (auto it = callbacks_.begin(); remaining > 0; ++it, --remaining) {
    const std::function<void()> callback = *it;  // a copy: it may unregister itself
    if (callback) {
      callback();
    }
  }
  if (--notifying_ == 0) {
    callbacks_.remove_if([](const std::function<void()>& callback) { return !callback; });
  }
}

Cancel::Registration Cancel::on_change(std::function<void()> fn) {
  Registration registration;
  registration.node_ = weak_from_this();
  registration.position_ = callbacks_.insert(callbacks_.end(), fn);
  if (requested_) {
    fn();
  }
  return registration;
}

Cancel::Registration& Cancel::Registration::operator=(Registration&& other) noexcept {
  if (this != &other) {
    reset();
    node_ = std::exchange(other.node_, {});
    position_ = other.position_;
  }
  return *this;
}

void Cancel::Registration::reset() {
  const std::shared_ptr<Cancel> node = std::exchange(node_, {}).lock();
  if (!node) {
    return;
  }
  if (node->notifying_ > 0) {
    *position_ = nullptr;
  } else {
    node->callbacks_.erase(position_);
  }
}

}  // namespace runbook
