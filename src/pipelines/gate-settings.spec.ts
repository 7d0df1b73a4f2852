import { describe, expect, it } from '@jest/globals';
import type { WeekWindow } from '@flagtree/engine/rollouts';
import { validateSteps } from './gate-settings.js';

const friday: WeekWindow = { days: ['friday'], from: '16:00', to: '24:00' };
const night: WeekWindow = { days: ['friday'], from: '22:00', to: '06:00' };

describe('the steps of a pipeline', () => {
  const step = (gate: unknown) => validateSteps([{ environment: 'a' }, { environment: 'b', gates: [gate] }]);

  it.each([
    [{ gate: 'reason' }],
    [{ gate: 'has-checks' }],
    [{ gate: 'soak', minutes: 0 }],
    [{ gate: 'frozen-hours', timeZone: 'Europe/Berlin', windows: [friday, night] }],
  ])('may ask for %j', (gate) => {
    expect(step(gate)).toEqual([]);
  });

  it.each([
    [{ gate: 'soak', minutes: -1 }, 'invalid-gate'],
    [{ gate: 'soak', minutes: 1, hours: 1 }, 'unknown-property'],
    [{ gate: 'toString' }, 'unknown-gate'],
    [null, 'unknown-gate'],
    [{ gate: 'frozen-hours', timeZone: 'UTC', windows: [{ ...friday, from: '24:00' }] }, 'invalid-gate'],
    [{ gate: 'frozen-hours', timeZone: 'UTC', windows: [{ ...friday, days: ['freitag'] }] }, 'invalid-gate'],
    [{ gate: 'frozen-hours', timeZone: 'UTC', windows: [{ days: ['friday'], from: '10:00', to: '10:00' }] }, 'invalid-gate'],
    [{ gate: 'frozen-hours', timeZone: 'Moon/Base', windows: [friday] }, 'invalid-gate'],
  ])('may not ask for %j', (gate, code) => {
    expect(step(gate).map((defect) => defect.code)).toEqual([code]);
  });
});
