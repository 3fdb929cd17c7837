// node ethers.mjs URL KEY COUNT: as many transfers from one key as a script with ethers makes them:
// nonces of its own, all at once, in batches, then all receipts.
import { JsonRpcProvider, Wallet, toBeHex } from 'ethers';

const [url, key, count] = process.argv.slice(2);
const provider = new JsonRpcProvider(url, undefined, { staticNetwork: true, pollingInterval: 50 });
const wallet = new Wallet(key, provider);
const first = await wallet.getNonce();
await Promise.all(Array.from({ length: Number(count) }, async (_, number) => {
  const sent = await wallet.sendTransaction(
    { to: toBeHex(0xf00d0000 + number, 20), value: 1, nonce: first + number });
  await sent.wait();
}));
process.exit(0);  // destroying the provider would fail what it still asks in the background
