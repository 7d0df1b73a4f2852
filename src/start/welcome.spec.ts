import { describe, expect, it } from '@jest/globals';
import { welcome } from './welcome.js';

const SERVER = {
  version: '1.0.0',
  url: 'http://127.0.0.1:3000',
  adminTokenPath: '/d/admin-token',
  hasDocs: true,
  hasPanel: true,
  database: ['private'],
};

describe('the welcome', () => {
  it('says at a first start what to do next, ready to be copied', () => {
    expect(welcome({ ...SERVER, isFirst: true })).toContain(
      'export FLAGTREE_URL=http://127.0.0.1:3000 TOKEN=$(cat /d/admin-token); then "The first flag" in README.md',
    );
    expect(welcome({ ...SERVER, isFirst: false })).not.toContain('Next');
  });
});
