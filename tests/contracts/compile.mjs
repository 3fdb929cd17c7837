// Writes artifacts/*.json of the contracts beside it, as Hardhat would. The tests read the files and
// need neither node nor npm. Again, by hand:
//   npm install --no-save solc@0.8.26 && node compile.mjs
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import solc from 'solc';

// What a recipe may be given as creation bytecode alone.
const alsoAsHex = /OCR3Capability|Forwarder|Registry|Verifier/;
const folder = new URL('./', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.sol'));
const sources = Object.fromEntries(
  names.map((name) => [`contracts/${name}`, { content: readFileSync(new URL(name, folder), 'utf8') }]));

const output = JSON.parse(solc.compile(JSON.stringify({
  language: 'Solidity',
  sources,
  settings: {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 200 },
    metadata: { bytecodeHash: 'none' },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode', 'evm.deployedBytecode'] } },
  },
})));
for (const { severity, formattedMessage } of output.errors ?? []) {
  console.error(formattedMessage);
  if (severity === 'error') process.exit(1);
}

mkdirSync(new URL('artifacts/', folder), { recursive: true });
for (const [sourceName, contracts] of Object.entries(output.contracts)) {
  for (const [contractName, { abi, evm }] of Object.entries(contracts)) {
    const artifact = {
      _format: 'hh-sol-artifact-1',
      contractName,
      sourceName,
      abi,
      bytecode: `0x${evm.bytecode.object}`,
      deployedBytecode: `0x${evm.deployedBytecode.object}`,
      linkReferences: evm.bytecode.linkReferences,
      deployedLinkReferences: evm.deployedBytecode.linkReferences,
    };
    if (artifact.bytecode === '0x') continue;
    writeFileSync(new URL(`artifacts/${contractName}.json`, folder), `${JSON.stringify(artifact)}\n`);
    if (alsoAsHex.test(contractName)) {
      writeFileSync(new URL(`artifacts/${contractName}.bin`, folder), `${evm.bytecode.object}\n`);
    }
  }
}
