const { buildModule } = require('@nomicfoundation/hardhat-ignition/modules');

module.exports = buildModule('Counters', (m) =>
  Object.fromEntries(
    Array.from({ length: 10 }, (_, number) =>
      [`counter${number}`, m.contract('Counter', [number], { id: `Counter${number}` })])));
