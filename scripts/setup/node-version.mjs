// Plain enough for the old Nodes that it turns away.

/** The range of `engines` in package.json, for people. */
export const SUPPORTED = 'Node.js 20 from 20.19 on, 22 from 22.13 on, or 24.11 and newer';

/** Whether `version` is in the range of `engines` in package.json: the lines in between are no longer maintained, or lack something. */
export function isSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major === 20) return minor >= 19;
  if (major === 22) return minor >= 13;
  return major > 24 || (major === 24 && minor >= 11);
}

if (!isSupported(process.versions.node)) {
  console.error('Flagtree needs ' + SUPPORTED + '; this is ' + process.versions.node + ' (' + process.execPath + ').');
  console.error('Get one from https://nodejs.org, or with your version manager: nvm install 24');
  process.exit(78);
}
