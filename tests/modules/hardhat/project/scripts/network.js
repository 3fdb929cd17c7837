console.log(JSON.stringify({ network: require("hardhat").network.name }));
