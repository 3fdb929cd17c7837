// Writes abi_cases.jsonl and rlp_cases.jsonl: values drawn at random from a fixed seed, and what
// ethers makes of them. The tests read the files and need neither node nor npm. Again, by hand:
//   npm install --no-save ethers@6.17.0 && node generate_cases.mjs
import { writeFileSync } from 'node:fs';
import { AbiCoder, EventFragment, Interface, encodeRlp, getAddress, hexlify } from 'ethers';

// mulberry32
let state = 20240607;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const bytes = (n) => hexlify(Uint8Array.from({ length: n }, () => below(256)));

// The borders of a type as often as its middle.
function integer(bits, signed) {
  const top = 1n << BigInt(signed ? bits - 1 : bits);
  const least = signed ? -top : 0n;
  const drawn = BigInt(bytes(32)) % (top - least);
  return pick([least, top - 1n, 0n, 1n, least + drawn, least + drawn, least + drawn]).toString();
}

const texts = ['', 'a', 'Zürich', '日本語', '🦀', '"quoted"\n', 'x'.repeat(31), 'y'.repeat(32), 'z'.repeat(33)];

// { type, value }: the type as text, the value in the form that both sides take.
function elementary() {
  const bits = 8 * (1 + below(32));
  const size = 1 + below(32);
  return pick([
    () => ({ type: `uint${bits}`, value: () => integer(bits, false) }),
    () => ({ type: `int${bits}`, value: () => integer(bits, true) }),
    () => ({ type: 'address', value: () => getAddress(bytes(20)) }),
    () => ({ type: 'bool', value: () => random() < 0.5 }),
    () => ({ type: `bytes${size}`, value: () => bytes(size) }),
    () => ({ type: 'bytes', value: () => bytes(pick([0, 1, 31, 32, 33, below(80)])) }),
    () => ({ type: 'string', value: () => pick(texts) }),
  ])();
}

function drawType(depth) {
  const kind = random();
  if (depth === 0 || kind < 0.5) return elementary();
  if (kind < 0.75) {
    const element = drawType(depth - 1);
    const fixed = random() < 0.4;
    const length = 1 + below(3);
    return {
      type: `${element.type}[${fixed ? length : ''}]`,
      value: () => Array.from({ length: fixed ? length : below(4) }, () => element.value()),
    };
  }
  const parts = Array.from({ length: 1 + below(3) }, () => drawType(depth - 1));
  return { type: `(${parts.map((p) => p.type).join(',')})`, value: () => parts.map((p) => p.value()) };
}

const coder = AbiCoder.defaultAbiCoder();
const lines = [];
for (let i = 0; i < 900; ++i) {
  const parts = Array.from({ length: below(4) + (i > 0 ? 1 : 0) }, () => drawType(3));
  const types = parts.map((p) => p.type);
  const values = parts.map((p) => p.value());
  lines.push({ kind: 'arguments', types, values, data: coder.encode(types, values) });
}
for (let i = 0; i < 150; ++i) {
  const parts = Array.from({ length: 1 + below(3) }, () => drawType(2));
  const signature = `call${i}(${parts.map((p) => p.type).join(',')})`;
  const values = parts.map((p) => p.value());
  const data = new Interface([`function ${signature}`]).encodeFunctionData(`call${i}`, values);
  lines.push({ kind: 'call', signature, values, data });
}
for (let i = 0; i < 150; ++i) {
  let indexed = 0;
  const parts = Array.from({ length: 1 + below(4) }, () => {
    const part = random() < 0.5 ? elementary() : drawType(2);
    // ethers hashes neither arrays nor tuples; the log of these has but a hash in any case.
    const may = indexed < 3 && !part.type.endsWith(']') && !part.type.endsWith(')');
    const is = may && random() < 0.5;
    indexed += is ? 1 : 0;
    return { ...part, indexed: is };
  });
  const list = parts.map((p, k) => `${p.type}${p.indexed ? ' indexed' : ''} p${k}`).join(', ');
  const anonymous = random() < 0.2;
  const signature = `event Log${i}(${list})`;
  // Its own reader of signatures does not know `anonymous`.
  const described = JSON.parse(EventFragment.from(signature).format('json'));
  const fragment = EventFragment.from({ ...described, anonymous });
  const values = parts.map((p) => p.value());
  const { topics, data } = new Interface([fragment]).encodeEventLog(fragment, values);
  const hashed = parts.map((p) => p.indexed && (p.type === 'string' || p.type === 'bytes'));
  lines.push({ kind: 'event', signature: signature + (anonymous ? ' anonymous' : ''), values, hashed, topics, data });
}
writeFileSync('abi_cases.jsonl', lines.map((line) => JSON.stringify(line) + '\n').join(''));

function drawItem(depth) {
  if (depth === 0 || random() < 0.6) {
    return pick([() => '0x', () => hexlify(Uint8Array.of(below(256))), () => bytes(below(60)), () => bytes(54 + below(4))])();
  }
  return Array.from({ length: below(5) }, () => drawItem(depth - 1));
}
const items = Array.from({ length: 300 }, () => drawItem(4));
items.push(bytes(255), bytes(256), Array.from({ length: 60 }, () => '0x01'), Array.from({ length: 300 }, () => '0x'));
writeFileSync('rlp_cases.jsonl', items.map((item) => JSON.stringify({ item, data: encodeRlp(item) }) + '\n').join(''));
