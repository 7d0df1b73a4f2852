// Plain enough for the old Nodes that it turns away.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error('Flagtree needs Node.js 20.19 or newer; this is ' + process.versions.node + ' (' + process.execPath + ').');
  console.error('Get a newer one from https://nodejs.org, or with your version manager: nvm install 22');
  process.exit(78);
}
