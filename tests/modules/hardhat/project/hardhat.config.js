// A project as operators have them, but with the compiler of npm solc, so that nothing is downloaded.
require("hardhat-deploy");
const { subtask, task } = require("hardhat/config");
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require("hardhat/builtin-tasks/task-names");

if (process.env.SOLC !== "download") {
  const solc = require("solc");
  subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async () => {
    const longVersion = solc.version().replace(".Emscripten.clang", "");
    const version = longVersion.split("+")[0];
    return { compilerPath: require.resolve("solc/soljson.js"), isSolcJs: true, version, longVersion };
  });
}
task("greet", "Prints JSON", async () => console.log(JSON.stringify({ hello: process.env.WHO })));

const url = process.env.RPC_URL || "http://127.0.0.1:8545";
const accounts = process.env.DEPLOYER_KEY ? [process.env.DEPLOYER_KEY] : "remote";
module.exports = {
  solidity: { version: "0.8.26", settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: "cancun" } },
  namedAccounts: { deployer: { default: 0 } },
  networks: { local: { url, accounts }, pinned: { url, accounts, chainId: 1337 } },
};
