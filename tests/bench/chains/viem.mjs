// node viem.mjs URL KEY COUNT: the same with viem. Receipts are asked for one by one:
// waitForTransactionReceipt waits for a block after the transaction's, and with automine none comes.
import { createPublicClient, createWalletClient, http, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';

const [url, key, count] = process.argv.slice(2);
const options = { chain: anvil, transport: http(url, { batch: true }) };
const account = privateKeyToAccount(key);
const wallet = createWalletClient({ account, ...options });
const node = createPublicClient(options);
const first = await node.getTransactionCount({ address: account.address });

async function mined(hash) {
  for (;;) {
    const receipt = await node.getTransactionReceipt({ hash }).catch(() => null);
    if (receipt) return receipt;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

await Promise.all(Array.from({ length: Number(count) }, async (_, number) => {
  const hash = await wallet.sendTransaction(
    { to: toHex(0xf00d0000 + number, { size: 20 }), value: 1n, nonce: first + number });
  await mined(hash);
}));
