// Prints the access key ID that the AWS SDK for JavaScript v3 resolves for the profile in effect.
const { fromNodeProviderChain } = require("@aws-sdk/credential-providers");

fromNodeProviderChain()().then((credentials) => console.log(credentials.accessKeyId));
