import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { loadFresh } from './fresh-modules.mjs';
import { createRegistry } from './spec-registry.mjs';

const TIMES = join(process.cwd(), '.stryker-tmp/times-of-tests.json');
const stryker = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});

/**
 * Runs the engine's specs in the process of the test runner. They are pure and few of them need more than milliseconds, so that starting jest
 * for each of thousands of mutants would take hours; here each mutant only costs loading the modules again and the tests that reach it.
 */
class InProcessRunner {
  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun({ coverageAnalysis, testFiles }) {
    stryker.activeMutant = undefined;
    stryker.hitLimit = undefined;
    stryker.mutantCoverage = undefined;
    const result = await this.run({ files: testFiles ?? specs(), watched: coverageAnalysis === 'perTest' });
    const times = result.tests?.map(({ id, timeSpentMs }) => [id, timeSpentMs]) ?? [];
    await mkdir(dirname(TIMES), { recursive: true });
    await writeFile(TIMES, JSON.stringify(Object.fromEntries(times)));
    return { ...result, mutantCoverage: stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail, mutantActivation }) {
    if (!isInSample(activeMutant)) return { status: MutantRunStatus.Error, errorMessage: 'not in the sample' };
    stryker.hitLimit = hitLimit;
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    const files = testFilter && [...new Set(testFilter.map((id) => join(process.cwd(), id.split(' › ')[0])))];
    const activate = () => void (stryker.activeMutant = activeMutant.id);
    const result = await this.run({
      files: files ?? specs(),
      activate,
      whileLoading: mutantActivation === 'static',
      only: testFilter && new Set(testFilter),
      bail: !disableBail,
    });
    return toMutantRunResult(result, disableBail);
  }

  /** One spec file after the other, the quickest first: most mutants fail in the first, which spares loading the others. */
  async run({ files, activate, whileLoading = false, only, bail = false, watched = false }) {
    const times = await timesOf();
    const isChosen = ({ id }) => !only || only.has(id);
    const tests = [];
    for (const file of quickestFirst(files, times, (file) =>
      Object.keys(times).filter((id) => id.startsWith(`${nameOf(file)} › `) && isChosen({ id })),
    )) {
      const registry = createRegistry(nameOf(file));
      stryker.activeMutant = undefined;
      if (whileLoading) activate();
      try {
        await loadFresh(file, registry.stood);
      } catch (error) {
        return { status: DryRunStatus.Error, errorMessage: String(error?.stack ?? error) };
      }
      activate?.();
      for (const test of quickestFirst(registry.tests.filter(isChosen), times, ({ id }) => [id])) {
        if (watched) stryker.currentTestId = test.id;
        const result = await outcomeOf(test);
        stryker.currentTestId = undefined;
        const endless = determineHitLimitReached(stryker.hitCount, stryker.hitLimit);
        if (endless) return endless;
        tests.push(result);
        if (bail && result.status === TestStatus.Failed) return { status: DryRunStatus.Complete, tests };
      }
    }
    return { status: DryRunStatus.Complete, tests };
  }
}

/** `MUTATION_SAMPLE=2/8`: the second eighth of the mutants, spread over all files; the others count as no mutants at all. */
function isInSample({ id }) {
  const [part, parts] = (process.env.MUTATION_SAMPLE ?? '1/1').split('/').map(Number);
  const place = (Math.imul(Number(id), 0x9e3779b1) >>> 0) / 2 ** 32;
  return Math.floor(place * parts) === part - 1;
}

/** Most mutants fail many tests, and the first one is enough. */
function quickestFirst(ones, times, idsOf) {
  const spent = new Map(ones.map((one) => [one, idsOf(one).reduce((sum, id) => sum + (times[id] ?? 0), 0)]));
  return ones.toSorted((a, b) => spent.get(a) - spent.get(b));
}

/** How a test's id begins. */
function nameOf(file) {
  return relative(process.cwd(), file);
}

let times;

/** How long each test took in the dry run, for the workers that come after the one that ran it. */
async function timesOf() {
  if (!times && existsSync(TIMES)) times = JSON.parse(await readFile(TIMES, 'utf8'));
  return times ?? {};
}

async function outcomeOf({ id, title, file, body }) {
  const begun = performance.now();
  const about = () => ({ id, name: title, fileName: file, timeSpentMs: performance.now() - begun });
  try {
    await body();
    return { ...about(), status: TestStatus.Success };
  } catch (error) {
    return { ...about(), status: TestStatus.Failed, failureMessage: String(error?.message ?? error) };
  }
}

function specs() {
  const engine = join(process.cwd(), 'packages/engine/src');
  return readdirSync(engine, { recursive: true })
    .filter((name) => name.endsWith('.spec.ts'))
    .sort()
    .map((name) => join(engine, name));
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
