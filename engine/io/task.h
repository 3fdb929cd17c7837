#pragma once
// The coroutine type of everything that waits. Included instead of asio's own header so that the
// spelling is one.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace runbook {

template <typename T>
using Task = boost::asio::awaitable<T>;

}  // namespace runbook
