module.exports = async ({ deployments, getNamedAccounts }) => {
  const { deployer } = await getNamedAccounts();
  await deployments.deploy("Plain", { from: deployer, args: ["1"], log: true });
};
module.exports.tags = ["plain"];
