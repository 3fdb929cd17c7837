// Ten counters by Hardhat Ignition, compiled offline by npm's solc: for deployments.lua to be compared with.
require('@nomicfoundation/hardhat-ignition');
const { subtask } = require('hardhat/config');
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require('hardhat/builtin-tasks/task-names');
const solc = require('solc');

subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async ({ solcVersion }) => ({
  compilerPath: require.resolve('solc/soljson.js'),
  isSolcJs: true,
  version: solcVersion,
  longVersion: solc.version().replace('.Emscripten.clang', ''),
}));

module.exports = {
  solidity: {
    version: '0.8.26',
    settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: 'cancun' },
  },
  networks: { localhost: { url: process.env.CHAIN_URL || 'http://127.0.0.1:8545' } },
};
