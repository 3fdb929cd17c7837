module.exports = async ({ deployments, getNamedAccounts }) => {
  const { deployer } = await getNamedAccounts();
  const steps = await deployments.deploy("Steps", { from: deployer, log: true });
  await deployments.deploy("Counter", { from: deployer, args: ["7"], libraries: { Steps: steps.address }, log: true });
};
module.exports.tags = ["counter"];
