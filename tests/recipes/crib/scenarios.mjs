// Further OCR3 scenarios, made without runbook: node's own X25519 and AES, ethers' ABI codec and keccak, and a writer of
// protobuf of a few lines. Writes scenarios.json beside itself; where ethers is found:
//   NODE_PATH is not for modules, so: node scenarios.mjs /folder/with/node_modules
import crypto from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'

const here = new URL('.', import.meta.url).pathname
const { ethers } = createRequire(`${process.argv[2]}/`)('ethers')
const bytes = (label, size) => crypto.createHash('shake256', { outputLength: size }).update(label).digest()
const hex = (buffer) => '0x' + Buffer.from(buffer).toString('hex')
const keccak = (buffer) => Buffer.from(ethers.keccak256(buffer).slice(2), 'hex')

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
function base58(buffer) {
  let number = BigInt(hex(buffer))
  let text = ''
  for (; number > 0n; number /= 58n) text = alphabet[Number(number % 58n)] + text
  for (const byte of buffer) { if (byte !== 0) break; text = '1' + text }
  return text
}

const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex')
const spki = Buffer.from('302a300506032b656e032100', 'hex')
const privateKey = (raw) => crypto.createPrivateKey({ key: Buffer.concat([pkcs8, raw]), format: 'der', type: 'pkcs8' })
const publicKey = (raw) => crypto.createPublicKey({ key: Buffer.concat([spki, raw]), format: 'der', type: 'spki' })
const publicBytes = (key) => crypto.createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12)

const nodes = Array.from({ length: 31 }, (_, index) => ({
  EthAddress: ethers.getAddress(hex(bytes(`account ${index}`, 20))),
  P2PPeerID: base58(Buffer.concat([Buffer.from('002408011220', 'hex'), bytes(`peer ${index}`, 32)])),
  OCR2OnchainPublicKey: bytes(`onchain ${index}`, 20).toString('hex'),
  OCR2OffchainPublicKey: bytes(`offchain ${index}`, 32).toString('hex'),
  OCR2ConfigPublicKey: publicBytes(privateKey(bytes(`config ${index}`, 32))).toString('hex'),
  AptosOnchainPublicKey: bytes(`aptos ${index}`, 32).toString('hex'),
}))

function varint(value) {
  const out = []
  for (value = BigInt(value); value > 127n; value >>= 7n) out.push(Number(value & 127n) | 128)
  return Buffer.from([...out, Number(value)])
}
const number = (field, value) => value === 0n ? Buffer.alloc(0) : Buffer.concat([varint(field << 3), varint(value)])
const block = (field, content) => Buffer.concat([varint((field << 3) | 2), varint(content.length), content])
const filled = (field, content) => content.length === 0 ? content : block(field, content)

const pluginFields = ['maxQueryLengthBytes', 'maxObservationLengthBytes', 'maxOutcomeLengthBytes', 'maxReportLengthBytes',
  'maxReportCount', 'maxBatchSize', 'outcomePruningThreshold', 'requestTimeout', 'historical_outcome_expiry_seq_nr_span']
function plugin(config, timeout) {
  if (typeof config === 'string') return Buffer.from(config.slice(2), 'hex')
  return Buffer.concat(pluginFields.map((name, index) => {
    if (config[name] === undefined) return Buffer.alloc(0)
    if (name !== 'requestTimeout') return number(index + 1, BigInt(config[name]))
    return block(index + 1, Buffer.concat([number(1, timeout / 1000n), number(2, timeout % 1000n * 1000000n)]))
  }))
}

function offchainConfig(s) {
  const ns = (name) => BigInt(s.config[name] ?? 0) * 1000000n
  const times = (first, names) => names.map((name, index) => number(first + index, ns(name)))
  const own = privateKey(Buffer.from(s.ephemeral_key.slice(2), 'hex'))
  const secret = Buffer.from(s.shared_secret.slice(2), 'hex')
  const encryptions = s.chosen.map((node) => {
    const peer = publicKey(Buffer.from(node.OCR2ConfigPublicKey, 'hex'))
    const point = crypto.diffieHellman({ privateKey: own, publicKey: peer })
    const cipher = crypto.createCipheriv('aes-128-ecb', keccak(point).subarray(0, 16), null).setAutoPadding(false)
    return block(3, Buffer.concat([cipher.update(secret), cipher.final()]))
  })
  const schedule = s.config.TransmissionSchedule === 'auto' ? [s.chosen.length] : s.config.TransmissionSchedule
  return Buffer.concat([
    ...times(25, ['DeltaProgressMillis', 'DeltaResendMillis', 'DeltaRoundMillis', 'DeltaGraceMillis', 'DeltaStageMillis']),
    number(30, BigInt(s.config.MaxRoundsPerEpoch ?? 0)),
    filled(31, Buffer.concat(schedule.map(varint))),
    ...s.chosen.map((node) => block(32, Buffer.from(node.OCR2OffchainPublicKey, 'hex'))),
    ...s.chosen.map((node) => block(33, Buffer.from(node.P2PPeerID))),
    filled(34, plugin(s.reporting_plugin_config ?? '0x', s.timeout ?? 0n)),
    ...times(35, ['MaxDurationQueryMillis', 'MaxDurationObservationMillis', 'MaxDurationAcceptMillis', 'MaxDurationTransmitMillis']),
    block(39, Buffer.concat([block(1, publicBytes(own)), block(2, keccak(secret)), ...encryptions])),
    ...times(40, ['DeltaInitialMillis', 'DeltaCertifiedCommitRequestMillis']),
    s.initialization === undefined ? Buffer.alloc(0) : Buffer.concat([varint(42 << 3), varint(s.initialization)]),
  ])
}

function signer(s, node, position) {
  if (!s.multichain) return ethers.getAddress('0x' + node.OCR2OnchainPublicKey)
  return '0x' + '011400' + node.OCR2OnchainPublicKey + (s.aptos[position] ? '052000' + node.AptosOnchainPublicKey : '')
}

const sample = JSON.parse(fs.readFileSync(`${here}/data/SampleConfig.json`)).OracleConfig
const secrets = (label) => ({ shared_secret: hex(bytes(`secret ${label}`, 16)), ephemeral_key: hex(bytes(`key ${label}`, 32)) })
const fixed = {
  shared_secret: hex(keccak(Buffer.from('shared')).subarray(0, 16)), ephemeral_key: hex(keccak(Buffer.from('ephemeral'))),
}
const all = (size) => Array(size).fill(true)
const scenarios = [
  { name: 'seven nodes, two stages', first: 0, count: 7, config: { MaxFaultyOracles: 2, TransmissionSchedule: [3, 4] } },
  { name: 'all at once', first: 3, count: 5, config: { TransmissionSchedule: 'auto' } },
  { name: 'one node, nobody faulty', first: 9, count: 1, config: { MaxFaultyOracles: 0, TransmissionSchedule: [1] } },
  { name: 'no schedule', first: 0, count: 4, config: { TransmissionSchedule: [] } },
  { name: 'stages of nobody', first: 0, count: 4, config: { TransmissionSchedule: [0, 4, 0, 0] } },
  { name: 'thirty-one nodes', first: 0, count: 31, config: { MaxFaultyOracles: 10, TransmissionSchedule: 'auto' } },
  { name: 'thirty-one stages', first: 0, count: 31, config: { MaxFaultyOracles: 10, TransmissionSchedule: Array(31).fill(1) } },
  { name: 'secrets of its own', first: 1, count: 4, ...secrets('a') },
  { name: 'secrets of its own, many nodes', first: 2, count: 16, config: { MaxFaultyOracles: 5 }, ...secrets('b') },
  { name: 'second config', first: 0, count: 4, config_count: '2' },
  { name: 'config count beyond 32 bits', first: 0, count: 4, config_count: '4294967301' },
  { name: 'greatest config count', first: 0, count: 4, config_count: '18446744073709551615', ...secrets('c') },
  { name: 'another chain and contract', first: 4, count: 4, chain_id: '42161', contract: '0x5FbDB2315678afecb367f032d93F642f64180aa3' },
  { name: 'chain id beyond 2^53', first: 4, count: 4, chain_id: '115792089237316195423570985008687907853' },
  { name: 'plugin config as hex', first: 0, count: 4, reporting_plugin_config: '0x0880897a2014' },
  { name: 'plugin config, every field', first: 0, count: 4, timeout: 20000n, reporting_plugin_config: { maxQueryLengthBytes: 1000000,
    maxObservationLengthBytes: 1000001, maxOutcomeLengthBytes: 1000002, maxReportLengthBytes: 4294967295, maxReportCount: 20,
    maxBatchSize: 127, outcomePruningThreshold: '18446744073709551615', requestTimeout: '20s', historical_outcome_expiry_seq_nr_span: 128 } },
  { name: 'plugin config, zeros and a fraction', first: 0, count: 4, timeout: 1500n, reporting_plugin_config: { maxQueryLengthBytes: 0,
    maxBatchSize: 300, requestTimeout: '1500ms' } },
  { name: 'plugin config, no time to wait', first: 0, count: 4, timeout: 0n, reporting_plugin_config: { requestTimeout: '0s' } },
  { name: 'plugin config, nothing in it', first: 0, count: 4, reporting_plugin_config: {} },
  { name: 'field 42', first: 0, count: 4, max_duration_initialization: '3s', initialization: 3000000000n },
  { name: 'field 42, zero', first: 0, count: 4, max_duration_initialization: '0s', initialization: 0n },
  { name: 'field 42, two days', first: 0, count: 4, max_duration_initialization: '48h', initialization: 172800000000000n, ...secrets('d') },
  { name: 'times beyond 2^53 nanoseconds', first: 0, count: 4, config: { DeltaStageMillis: 9223372036854, DeltaProgressMillis: 10000000000 } },
  { name: 'times of nothing', first: 0, count: 4, config: { DeltaGraceMillis: 0, DeltaStageMillis: 0, MaxDurationQueryMillis: 0 } },
  { name: 'times that are missing', first: 0, count: 4, remove: ['DeltaGraceMillis', 'MaxDurationTransmitMillis', 'MaxFaultyOracles'] },
  { name: 'multichain, Aptos everywhere', first: 0, count: 7, multichain: true, aptos: all(7), config: { MaxFaultyOracles: 2 } },
  { name: 'multichain, no Aptos', first: 0, count: 4, multichain: true, aptos: [] },
  { name: 'multichain, Aptos here and there', first: 5, count: 5, multichain: true, aptos: [false, true, false, true, true], config_count: '9' },
  { name: 'multichain, all of it', first: 0, count: 31, multichain: true, aptos: all(31), config_count: '3', chain_id: '1337', timeout: 5000n,
    config: { MaxFaultyOracles: 10, TransmissionSchedule: 'auto' }, reporting_plugin_config: { maxReportCount: 5, requestTimeout: '5s' },
    max_duration_initialization: '10s', initialization: 10000000000n, ...secrets('e') },
]

const coder = ethers.AbiCoder.defaultAbiCoder()
const written = scenarios.map((given) => {
  const s = { chain_id: '11155111', contract: '0xB29934624cAe3765E33115A9530a13f5aEC7fa8A', config_count: '1', multichain: false, aptos: [],
    ...fixed, ...given, config: { ...sample, ...given.config } }
  for (const name of s.remove ?? []) delete s.config[name]
  s.chosen = nodes.slice(s.first, s.first + s.count)
  const type = s.multichain ? 'bytes[]' : 'address[]'
  const types = [type, 'address[]', 'uint8', 'bytes', 'uint64', 'bytes']
  const config = offchainConfig(s)
  const values = [s.chosen.map((node, position) => signer(s, node, position)), s.chosen.map((node) => node.EthAddress),
    s.config.MaxFaultyOracles ?? 0, '0x', 30, hex(config)]
  const selector = ethers.id(`setConfig(${types.join(',')})`).slice(0, 10)
  const calldata = selector + coder.encode(types, values).slice(2)
  const digest = keccak(coder.encode(['uint256', 'address', 'uint64', ...types], [s.chain_id, s.contract, s.config_count, ...values]))
  const { chosen, timeout, initialization, remove, ...kept } = s
  if (given.shared_secret === undefined) { delete kept.shared_secret; delete kept.ephemeral_key }
  return { ...kept, expected: { signers: values[0], transmitters: values[1], f: values[2], offchain_config: values[5],
    calldata_keccak256: ethers.keccak256(calldata), config_digest: (s.multichain ? '0x000e' : '0x0001') + hex(digest).slice(6) } }
})
fs.writeFileSync(`${here}/data/scenarios.json`, JSON.stringify({ nodes, scenarios: written }, null, 1) + '\n')
