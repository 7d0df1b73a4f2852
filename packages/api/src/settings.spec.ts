import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiOptions, settingsFrom } from './settings.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flagtree-api-'));
});
afterEach(() => { rmSync(directory, { recursive: true }); }); // prettier-ignore

const write = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

const read = async (options: ApiOptions) => {
  const { url, token, tokenFrom } = settingsFrom({
    env: { FLAGTREE_DATA_DIR: directory, ...options.env },
    ...withoutEnv(options),
  });
  return { url, token: await token(), tokenFrom };
};
const withoutEnv = ({ env: _, ...options }: ApiOptions): ApiOptions => options;

describe('which server, and who asks', () => {
  it('is what the options say', async () => {
    const found = await read({
      url: 'https://flags.internal/below/',
      token: 'ft_a',
      env: { FLAGTREE_URL: 'http://no', FLAGTREE_TOKEN: 'no' },
    });
    expect(found).toEqual({ url: 'https://flags.internal/below', token: 'ft_a', tokenFrom: null });
    expect(await read({ url: 'http://a', token: () => Promise.resolve('ft_b\n') })).toMatchObject({ token: 'ft_b' });
    expect(await read({ url: 'http://a', token: null })).toMatchObject({ token: null });
  });

  it('is else what the environment says, the token of the command line first, and knows from where', async () => {
    const file = write('secret', 'ft_file\n');
    const env = { FLAGTREE_URL: 'http://a', FLAGTREE_TOKEN: 'ft_env' };
    expect(await read({ env })).toEqual({ url: 'http://a', token: 'ft_env', tokenFrom: 'FLAGTREE_TOKEN' });
    const both = await read({ env: { ...env, FLAGTREE_CLI_TOKEN_FILE: file } });
    expect(both).toEqual({ url: 'http://a', token: 'ft_file', tokenFrom: 'FLAGTREE_CLI_TOKEN_FILE' });
  });

  it('is else the server whose data directory is here', async () => {
    write('server.json', '{"url":"http://127.0.0.1:3000","pid":1}\n');
    const file = write('admin-token', 'ft_local\n');
    expect(await read({})).toEqual({ url: 'http://127.0.0.1:3000', token: 'ft_local', tokenFrom: file });
  });

  it('gives the token of a local server to no other one', async () => {
    write('admin-token', 'ft_local\n');
    await expect(read({ url: 'http://elsewhere' })).rejects.toThrow('There is no token');
    await expect(read({ env: { FLAGTREE_URL: 'http://elsewhere' } })).rejects.toThrow('There is no token');
  });

  it('is read from its file for each request, so that a token can be exchanged', async () => {
    const file = write('secret', 'ft_old');
    const { token } = settingsFrom({ url: 'http://a', env: { FLAGTREE_TOKEN_FILE: file } });
    expect(await token()).toBe('ft_old');
    write('secret', 'ft_new');
    expect(await token()).toBe('ft_new');
  });

  it('is refused with all defects at once, and never with the token', () => {
    const wrong = (options: ApiOptions) => () => settingsFrom({ env: {}, ...options });
    expect(wrong({ env: { FLAGTREE_DATA_DIR: directory } })).toThrow(/There is no URL: .* There is no token: /);
    expect(wrong({ url: 'flags.internal', token: 'a\nb', timeoutMs: 0 })).toThrow(
      'The URL must begin with http:// or https://, and is "flags.internal". token holds no token: one is visible ASCII characters without spaces. timeoutMs must be a number of milliseconds above 0.',
    );
    expect(wrong({ url: 'http://a', env: { FLAGTREE_TOKEN_FILE: join(directory, 'none') } })).toThrow(
      'The token of FLAGTREE_TOKEN_FILE cannot be read (ENOENT).',
    );
  });
});
