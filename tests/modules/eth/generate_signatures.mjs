// Writes signatures.jsonl: wallets drawn from a fixed seed, and what ethers makes of their
// transactions, messages and typed data; of each it recovers the signer. Again, by hand:
//   npm install --no-save ethers@6.17.0 && node generate_signatures.mjs
import { writeFileSync } from 'node:fs';
import { Transaction, Wallet, getAddress, hexlify, verifyMessage, verifyTypedData } from 'ethers';

// mulberry32
let state = 20240608;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const bytes = (n) => hexlify(Uint8Array.from({ length: n }, () => below(256)));
const integer = (n) => BigInt(bytes(n)).toString();

function same(recovered, wallet) {
  if (recovered !== wallet.address) throw new Error(`recovered ${recovered}, not ${wallet.address}`);
}

const nonces = [0, 127, 128, 2 ** 32, 1, 255, 256, Number.MAX_SAFE_INTEGER];
const chains = [1, 31337, 137, 11155111];
const lines = [];
for (let i = 0; i < 20; ++i) {
  const wallet = new Wallet(bytes(32));
  for (let type = 0; type < 3; ++type) {
    const creation = (i + type) % 4 === 0;
    const options = {
      chain_id: chains[i % chains.length],
      nonce: nonces[(i + type) % nonces.length],
      to: creation ? null : getAddress(bytes(20)),
      value: [0, '1', integer(9), integer(31)][below(4)],
      gas: 21000 + below(5000000),
      data: creation || random() < 0.5 ? bytes(1 + below(90)) : '0x',
    };
    const accesses = Array.from({ length: below(3) }, () => ({
      address: getAddress(bytes(20)),
      storage_keys: Array.from({ length: below(3) }, () => bytes(32)),
    }));
    if (type > 0) options.access_list = accesses;
    if (type < 2) options.gas_price = integer(5);
    if (type === 2) {
      options.max_priority_fee = integer(4);
      options.max_fee = (BigInt(options.max_priority_fee) + BigInt(integer(4))).toString();
    }
    const raw = await wallet.signTransaction({
      type,
      chainId: options.chain_id,
      nonce: options.nonce,
      to: options.to,
      value: BigInt(options.value),
      gasLimit: options.gas,
      data: options.data,
      ...(type < 2 ? { gasPrice: BigInt(options.gas_price) } : {}),
      ...(type === 2 ? { maxFeePerGas: BigInt(options.max_fee), maxPriorityFeePerGas: BigInt(options.max_priority_fee) } : {}),
      ...(type > 0 ? { accessList: accesses.map((a) => ({ address: a.address, storageKeys: a.storage_keys })) } : {}),
    });
    const transaction = Transaction.from(raw);
    same(transaction.from, wallet);
    lines.push({ kind: 'transaction', key: wallet.privateKey, options, result: { raw, hash: transaction.hash, from: wallet.address } });
  }
  const message = hexlify(new TextEncoder().encode(['', 'hello', 'Zürich', 'x'.repeat(1 + below(200))][i % 4]));
  const signature = await wallet.signMessage(Buffer.from(message.slice(2), 'hex'));
  same(verifyMessage(Buffer.from(message.slice(2), 'hex'), signature), wallet);
  lines.push({ kind: 'message', key: wallet.privateKey, message, signature, address: wallet.address });

  const types = {
    Person: [{ name: 'name', type: 'string' }, { name: 'wallets', type: 'address[]' }],
    Item: [{ name: 'id', type: 'bytes8' }, { name: 'amount', type: 'int128' }, { name: 'raw', type: 'bytes' }],
    Order: [
      { name: 'from', type: 'Person' },
      { name: 'to', type: 'Person[]' },
      { name: 'items', type: 'Item[2][]' },
      { name: 'fixed', type: 'uint8[3]' },
      { name: 'total', type: 'uint256' },
      { name: 'open', type: 'bool' },
    ],
  };
  const person = () => ({ name: ['', 'Bob', 'Zoë'][below(3)], wallets: Array.from({ length: below(3) }, () => getAddress(bytes(20))) });
  const item = () => ({ id: bytes(8), amount: `-${integer(15)}`, raw: bytes(below(70)) });
  const domain = [
    { name: 'Market', version: '1', chainId: 1, verifyingContract: getAddress(bytes(20)) },
    { name: 'Market', chainId: integer(8) },
    { name: 'Market', salt: bytes(32) },
    {},
  ][i % 4];
  const value = {
    from: person(),
    to: Array.from({ length: below(3) }, person),
    items: Array.from({ length: below(3) }, () => [item(), item()]),
    fixed: [0, below(256), 255],
    total: integer(32),
    open: random() < 0.5,
  };
  const typed = await wallet.signTypedData(domain, types, value);
  same(verifyTypedData(domain, types, value, typed), wallet);
  lines.push({ kind: 'typed_data', key: wallet.privateKey, typed_data: { domain, types, primaryType: 'Order', message: value }, signature: typed, address: wallet.address });
}
writeFileSync('signatures.jsonl', lines.map((line) => JSON.stringify(line) + '\n').join(''));
