const assert = require("assert");
const { deployments, network } = require("hardhat");

describe("Counter", () => {
  it("is deployed by its script", async () => {
    await deployments.fixture("counter");
    const { address } = await deployments.get("Counter");
    assert.notEqual(await network.provider.send("eth_getCode", [address, "latest"]), "0x");
  });
  it("is what the test wants", () => assert.equal(process.env.WANTED || "this", "this"));
});
