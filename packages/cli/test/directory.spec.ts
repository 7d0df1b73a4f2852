import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { DIRECTORY_COMMANDS } from '../src/commands/directory.js';
import { CommandLine } from './support/command-line.js';

const KEY = 'platform.billing.new-invoicing';
const BASE = `flags:
  ${KEY}:
    state: DISABLED
    variants:
      "on": true
      "off": false
    defaultVariant: "off"
    targeting: {}
    owner: team-billing
`;
const PROD = `# what production has differently
flags:
  ${KEY}:
    state: ENABLED # since May
    targeting:
      if:
        - and:
            - "!":
                - in: [{ var: account_type }, [enterprise]]
            - fractionalEvaluation:
                - ${KEY}
                - - ["on", 5]
                  - ["off", 95]
        - "on"
        - "off"
`;
const TREE = 'source: shop\nenvironments:\n  production: { aliases: [prod] }\n  staging: { parent: production }\n';

let flagtree: CommandLine;
beforeEach(() => {
  flagtree = new CommandLine();
  write({ '_base/billing.yaml': BASE, 'prod/billing.yaml': PROD, 'environments.yaml': TREE });
});
afterEach(() => {
  flagtree.close();
});

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    const place = join(flagtree.home, 'flags', path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
}
const textOf = (path: string) => readFileSync(join(flagtree.home, 'flags', path), 'utf8');
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: flagtree.home, stdio: 'pipe' });

function assertAnswer(name: string, answer: unknown): void {
  const schema = DIRECTORY_COMMANDS.find((command) => command.name === name)?.answer ?? {};
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  expect([ajv.validate(schema, answer), ajv.errors]).toEqual([true, null]);
}

describe('flagtree validate', () => {
  it('says what is wrong, where, and what to write', async () => {
    const { code, stdout } = await flagtree.run(['validate']);
    expect(code).toBe(0);
    expect(stdout).toContain(`flags/prod/billing.yaml:10:15  warning  legacy-fractional  ${KEY}`);
    expect(stdout).toContain('Write {"===":[{"fractional":[["on",5],["off",95]]},"on"]}.');
    expect(stdout).toMatch(/0 errors, 1 warning in 3 files\.\n$/);
    const answer = await flagtree.json(['validate', '--max-warnings=0'], 3);
    expect(answer.findings).toEqual([
      expect.objectContaining({ file: 'flags/prod/billing.yaml', line: 10, column: 15, severity: 'warning' }),
    ]);
    assertAnswer('validate', answer);
  });

  it('writes what it proposes and nothing else, and has nothing left to say', async () => {
    expect(await flagtree.json(['validate', '--fix'])).toMatchObject({ fixed: ['prod/billing.yaml'], warnings: 0 });
    const lines = textOf('prod/billing.yaml').split('\n');
    expect(lines).toEqual([
      ...PROD.split('\n').slice(0, 9),
      '            - {"===":[{"fractional":[["on",5],["off",95]]},"on"]}',
      ...PROD.split('\n').slice(13),
    ]);
    await flagtree.run(['validate', '--fix']);
    expect(textOf('prod/billing.yaml').split('\n')).toEqual(lines);
  });

  it('ends with 2 for errors, and annotates them for a workflow', async () => {
    write({ 'staging/billing.yaml': `flags:\n  ${KEY}:\n    defaultVariant: onn\n` });
    const { code, stdout } = await flagtree.run(['validate', '--format=github']);
    expect(code).toBe(2);
    expect(stdout).toContain('::error file=flags/staging/billing.yaml,line=3,col=21,title=unknown-variant::');
  });

  it('tells only of what a branch changes', async () => {
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-qm', 'flags');
    expect(await flagtree.json(['validate', '--changed=main'])).toMatchObject({ warnings: 0 });
    write({ 'prod/billing.yaml': `${PROD}# more\n` });
    expect(await flagtree.json(['validate', '--changed=main'])).toMatchObject({ warnings: 1 });
    expect(await flagtree.run(['validate', '--changed=nowhere'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nowhere'),
    });
  });

  it.each<[string, string, string]>([
    ['half a file', 'flags: { a: {', 'not-yaml'],
    ['a merge conflict', 'flags:\n<<<<<<< HEAD\n  a: 1\n=======\n>>>>>>> b\n', 'merge-conflict'],
    ['a tab', 'flags:\n\ta: 1\n', 'tab'],
    ['an alias', 'flags: { a: &a {}, b: *a }', 'alias'],
  ])('refuses %s', async (_, text, rule) => {
    write({ 'staging/bad.yaml': text });
    const answer = await flagtree.json(['validate'], 2);
    expect(answer.findings.map((finding: { rule: string }) => finding.rule)).toContain(rule);
    expect(await flagtree.run(['render', '--env=prod'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('flags/staging/bad.yaml:'),
    });
  });

  it('refuses a link that leads out, and a directory that is not there or cannot be read', async () => {
    expect(await flagtree.run(['validate', '--files=flgas'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no directory flgas'),
    });
    symlinkSync('/etc/hostname', join(flagtree.home, 'flags/prod/out.yaml'));
    expect(await flagtree.run(['validate'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('leads out of the directory'),
    });
    if (process.getuid?.() === 0) return;
    chmodSync(join(flagtree.home, 'flags/_base'), 0);
    expect(await flagtree.run(['validate'])).toMatchObject({ code: 1, stderr: expect.stringContaining('EACCES') });
  });
});

describe('flagtree render', () => {
  it('prints what flagd is to evaluate, through the tree', async () => {
    const answer = await flagtree.json(['render', '--env=staging']);
    expect(answer.flags[KEY]).toMatchObject({ state: 'ENABLED', defaultVariant: 'off', metadata: { owner: 'team-billing' } });
    expect(JSON.stringify(answer.flags[KEY].targeting)).toContain('{"===":[{"fractional":[["on",5],["off",95]]},"on"]}');
    expect((await flagtree.run(['render', '--env=staging'])).stdout).toBe(`${JSON.stringify(answer, null, 2)}\n`);
    assertAnswer('render', answer);
  });

  it('names the environment that was meant', async () => {
    expect(await flagtree.run(['render', '--env=stagign'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean "staging"?'),
    });
  });
});

describe('flagtree dry-run', () => {
  const checks = (variant: string) => `contexts:
  - { account_type: internal, user_id: test-001 }
checks:
  ${KEY}:
    enterprise-never: { environment: prod, context: { account_type: enterprise, targetingKey: e-1 }, variant: "${variant}" }
`;

  it('passes where checks hold, and names the ways that no context takes', async () => {
    write({ 'checks/billing.yaml': checks('off') });
    const { code, stdout } = await flagtree.run(['dry-run', '--env=prod']);
    expect(code).toBe(0);
    expect(stdout).toContain(`PASS [TARGETING_MATCH] ${KEY}@production enterprise-never  variant=off`);
    expect(stdout).toContain(`no context reaches ${KEY}@production  targeting/if/1 → on`);
    expect(stdout).toContain('1 context in production has no targetingKey');
    expect(stdout).toMatch(/Results: 2 passed, 0 failed\n$/);
    expect((await flagtree.json(['dry-run', '--env=prod', '--targeting-key=user_id'])).withoutKey).toEqual([]);
  });

  it('fails where one does not', async () => {
    write({ 'checks/billing.yaml': checks('on') });
    const answer = await flagtree.json(['dry-run'], 1);
    expect(answer).toMatchObject({ failed: 1 });
    assertAnswer('dry-run', answer);
    expect((await flagtree.run(['dry-run'])).stdout).toContain(
      `FAIL [TARGETING_MATCH] ${KEY}@production enterprise-never  expected=on got=off`,
    );
  });

  it('says what to write where there is nothing to try', async () => {
    expect(await flagtree.run(['dry-run'])).toMatchObject({ code: 2, stderr: expect.stringContaining('checks/*.yaml') });
  });
});

describe('the example that is there to be copied', () => {
  const example = fileURLToPath(new URL('../../../examples/gitops', import.meta.url));

  it('has nothing wrong in it, and every check holds', async () => {
    expect(await flagtree.json(['validate', '--max-warnings=0'], 0, { cwd: example })).toMatchObject({ flags: 1, findings: [] });
    const { failed, results } = await flagtree.json(['dry-run', '--targeting-key=user_id'], 0, { cwd: example });
    expect([failed, results.length]).toEqual([0, 11]);
  });
});

describe('the help of these commands', () => {
  it.each(DIRECTORY_COMMANDS.map(({ name }) => name))('has every option of %s', async (name) => {
    const { code, stdout } = await flagtree.run([name, '--help']);
    expect(code).toBe(0);
    const { options } = DIRECTORY_COMMANDS.find((command) => command.name === name) ?? { options: {} };
    for (const option of Object.keys(options))
      expect(stdout).toContain(`--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  });
});
