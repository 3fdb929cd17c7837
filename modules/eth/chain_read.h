#pragma once
// Reads of a chain: what a node is asked, and what is made of its answer. So each can be asked by
// itself or with others in a batch.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/jsonrpc.h"
#include "engine/lua/module.h"
#include "modules/eth/artifact_files.h"
#include "modules/eth/chain_client.h"

namespace runbook {

struct ChainRead {
  JsonRpcCall request;
  /// The result for the recipe, in stored form; throws Error.
  std::function<Json(const JsonRpcAnswer&)> take;
};

/// Of checked options.
using MakeRead = ChainRead (*)(const Json& options, ArtifactFiles& files);

/// A primitive that is one read.
struct ReadPrimitive {
  Function function;
  MakeRead make;
};
std::vector<ReadPrimitive> state_reads();      ///< state_reads.cc: balance, code, nonce, storage
std::vector<ReadPrimitive> block_reads();      ///< block_reads.cc: block, receipt
std::vector<ReadPrimitive> call_reads();       ///< call_reads.cc: call, estimate
std::vector<ReadPrimitive> read_primitives();  ///< all of them

/// What such a primitive does by itself.
Task<Json> perform_read(Call& call, MakeRead make);
template <MakeRead make>
Task<Json> run_read(Call& call) {
  return perform_read(call, make);
}

/// The result, or Error(Code::jsonrpc_error) for an answer that is an error.
const Json& node_result(const JsonRpcAnswer& answer, std::string_view method);
/// `block` of the options as a node takes it: a tag, a number in hex, { blockHash }; "latest" if
/// absent. Throws Error(Code::option_invalid).
Json block_parameter(const Json& options, const char* name = "block");
Option block_option();
/// A transaction, by position; and its 32 bytes as hex. Throws Error(Code::option_invalid).
Option hash_option();
std::string transaction_hash(const Json& options);

/// Asks them together, as one batch. The results in their order; the first Error of them is thrown
/// once all have an answer.
Task<std::vector<Json>> ask_all(Loop& loop, ChainClient& client, std::vector<ChainRead> reads,
                                CancelPtr cancel);
/// The client of the call, whose chain is checked if the call has a chain_id.
Task<ChainClient*> checked_client(Call& call);

}  // namespace runbook
