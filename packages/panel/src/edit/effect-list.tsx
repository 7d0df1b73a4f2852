import type { UseQueryResult } from '@tanstack/react-query';
import type { DryRun } from '@flagtree/api';
import { messageOf } from '../app/api.js';
import { fieldName, fieldValue } from '../app/words.js';

const MOST = 50;

/** What would change, there and below, before it is written. */
export function EffectList({ effect }: { effect: UseQueryResult<DryRun> }) {
  if (effect.error)
    return (
      <p role="alert" className="error">
        {messageOf(effect.error)}
      </p>
    );
  if (!effect.data) return <p className="muted">Working out what this touches …</p>;
  const { effect: rows, effectCount, warnings = [] } = effect.data;
  if (effectCount === 0) return <p>No value changes anywhere.</p>;
  return (
    <div>
      <h3>If you save</h3>
      <ul>
        {rows.slice(0, MOST).map(({ environment, flag, field, before, after }) => (
          <li key={`${environment} ${flag} ${field}`}>
            <b>{environment}</b>: {fieldName(field)} {fieldValue(field, before)} → {fieldValue(field, after)}
          </li>
        ))}
      </ul>
      {effectCount > MOST && <p className="muted">and {effectCount - MOST} more values</p>}
      {warnings.map((warning) => (
        <p key={warning} className="warn">
          {warning}
        </p>
      ))}
    </div>
  );
}
