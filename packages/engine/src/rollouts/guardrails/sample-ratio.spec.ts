import { describe, expect, it } from '@jest/globals';
import { sampleRatio } from './sample-ratio.js';
import type { GuardrailReading } from './reading.js';

const NONE = Array.from({ length: 16 }, () => 0);
const even = (exposures: number) => NONE.map(() => exposures / 16);
const dealt = (treatment: number[], control: number[], stage = 0): GuardrailReading => ({
  stage,
  settled: true,
  treatment: { exposures: treatment, failures: NONE },
  control: { exposures: control, failures: NONE },
});

describe('the sample ratio', () => {
  it('is content with arms as they were dealt, in every stage', () => {
    const readings = [dealt(even(1_600), even(30_400), 0), dealt(even(8_000), even(24_000), 1)];
    expect(sampleRatio(readings, (stage) => [0.05, 0.25][stage]!)).toMatchObject({ alarm: false, dispersion: 1 });
  });

  it('raises the alarm when users of the treatment are missing, or too many', () => {
    expect(sampleRatio([dealt(even(1_200), even(30_800))], () => 0.05).alarm).toBe(true);
    expect(sampleRatio([dealt(even(2_000), even(30_000))], () => 0.05).alarm).toBe(true);
  });

  it('does not take a few users who come again and again for a distortion', () => {
    const often = NONE.map((_, cell) => (cell < 3 ? 400 : 0));
    const rarely = NONE.map((_, cell) => (cell < 3 ? 600 : 1_000));
    const { alarm, dispersion } = sampleRatio([dealt(often, rarely)], () => 0.05);
    expect(dispersion).toBeGreaterThan(100);
    expect(alarm).toBe(false);
  });

  it('says nothing of stages that give everybody or nobody', () => {
    expect(sampleRatio([dealt(even(1_600), even(1_600))], () => 1).log).toBe(0);
    expect(sampleRatio([dealt(even(1_600), even(1_600))], () => 0).log).toBe(0);
  });
});
