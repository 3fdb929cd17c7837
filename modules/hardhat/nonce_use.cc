#include "modules/hardhat/nonce_use.h"

#include <fmt/core.h>

#include <optional>

#include "modules/hardhat/raw_transaction.h"

namespace runbook::hardhat {

namespace {

Task<bool> is_used_at(Chain& chain, std::string sender, std::uint64_t nonce, std::uint64_t block) {
  std::string at = fmt::format("{:#x}", block);
  const std::uint64_t count = co_await chain.count(std::move(sender), std::move(at));
  co_return count > nonce;
}

/// The block that used it: looked for near the head first, where every node has the state.
Task<std::optional<std::uint64_t>> block_of_use(Chain& chain, std::string sender,
                                                std::uint64_t nonce) {
  std::uint64_t used = co_await chain.head();
  bool is_used = co_await is_used_at(chain, sender, nonce, used);
  if (!is_used) {
    co_return std::nullopt;
  }
  std::uint64_t unused = used;
  for (std::uint64_t step = 1; is_used; step *= 2) {
    if (unused == 0) {
      co_return std::nullopt;
    }
    used = unused;
    unused = used > step ? used - step : 0;
    is_used = co_await is_used_at(chain, sender, nonce, unused);
  }
  while (used - unused > 1) {
    const std::uint64_t middle = unused + (used - unused) / 2;
    is_used = co_await is_used_at(chain, sender, nonce, middle);
    (is_used ? used : unused) = middle;
  }
  co_return used;
}

Task<std::string> find(Chain& chain, std::string sender, std::uint64_t nonce) {
  const std::optional<std::uint64_t> block = co_await block_of_use(chain, sender, nonce);
  if (!block) {
    co_return std::string();
  }
  const Json transactions = co_await chain.transactions_in(*block);
  for (const Json& transaction : transactions) {
    if (checksummed(transaction.at("from").get<std::string>()) == checksummed(sender) &&
        transaction.at("nonce") == fmt::format("{:#x}", nonce)) {
      co_return transaction.at("hash").get<std::string>();
    }
  }
  co_return std::string();
}

}  // namespace

Task<std::string> user_of_nonce(Chain& chain, std::string sender, std::uint64_t nonce) {
  try {
    co_return co_await find(chain, std::move(sender), nonce);
  } catch (const Error& error) {
    if (error.code != Code::jsonrpc_error) {
      throw;
    }
    co_return std::string();
  }
}

}  // namespace runbook::hardhat
