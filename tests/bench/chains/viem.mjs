// node viem.mjs URL KEY COUNT: the same with viem.
import { createPublicClient, createWalletClient, http, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { anvil } from 'viem/chains';

const [url, key, count] = process.argv.slice(2);
const options = { chain: anvil, transport: http(url, { batch: true }), pollingInterval: 50 };
const account = privateKeyToAccount(key);
const wallet = createWalletClient({ account, ...options });
const node = createPublicClient(options);
const first = await node.getTransactionCount({ address: account.address });
await Promise.all(Array.from({ length: Number(count) }, async (_, number) => {
  const hash = await wallet.sendTransaction(
    { to: toHex(0xf00d0000 + number, { size: 20 }), value: 1n, nonce: first + number });
  await node.waitForTransactionReceipt({ hash });
}));
