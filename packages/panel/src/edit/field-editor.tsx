import { useId } from 'react';
import type { Flag } from '@flagtree/api';
import { fieldName, fieldValue } from '../app/words.js';
import type { Draft, DraftField } from './draft.js';

const SIMPLE = ['enabled', 'percentage', 'defaultVariant', 'offVariant'] as const;

interface EditorProps {
  flag: Flag;
  environment: string;
  draft: Draft;
  mayWrite: boolean;
  onDraft: (draft: Draft) => void;
}

/** The fields of a flag in one environment, each with where its value comes from, and a way to say otherwise or to inherit again. */
export function FieldEditor({ flag, environment, draft, mayWrite, onDraft }: EditorProps) {
  return (
    <table className="plain fields">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Value here</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {SIMPLE.map((field) => (
          <FieldRow key={field} {...{ flag, environment, draft, mayWrite, onDraft, field }} />
        ))}
        <tr>
          <th scope="row">{fieldName('rules')}</th>
          <td>{fieldValue('rules', flag.rules)}</td>
          <td>{originOf(flag, 'rules', environment)}</td>
        </tr>
      </tbody>
    </table>
  );
}

function FieldRow({ flag, environment, draft, mayWrite, onDraft, field }: EditorProps & { field: (typeof SIMPLE)[number] }) {
  const id = useId();
  const isSetHere = flag.override?.[field] !== null && flag.override?.[field] !== undefined;
  const drafted = draft[field];
  const set = (value: boolean | number | string | null) => { onDraft({ ...draft, [field]: value }); }; // prettier-ignore
  const reset = () => {
    const { [field]: _, ...rest } = draft;
    onDraft(rest);
  };
  return (
    <tr>
      <th scope="row">
        <label htmlFor={id}>{fieldName(field)}</label>
      </th>
      <td>
        {drafted === null ? <span className="muted">inherited</span> : <Input {...{ id, flag, field, drafted, mayWrite, set }} />}
      </td>
      <td>
        {field in draft ? (
          <button type="button" className="button link" onClick={reset}>
            Leave as it is
          </button>
        ) : (
          <>
            {originOf(flag, field, environment)}
            {isSetHere && mayWrite && (
              <button
                type="button"
                className="button link"
                onClick={() => {
                  set(null);
                }}
              >
                {/* prettier-ignore */}
                Inherit
              </button>
            )}
          </>
        )}
      </td>
    </tr>
  );
}

interface InputProps {
  id: string;
  flag: Flag;
  field: (typeof SIMPLE)[number];
  drafted: boolean | number | string | undefined;
  mayWrite: boolean;
  set: (value: boolean | number | string) => void;
}

function Input({ id, flag, field, drafted, mayWrite, set }: InputProps) {
  const value = drafted ?? flag[field];
  if (field === 'enabled')
    return (
      <input
        id={id}
        type="checkbox"
        role="switch"
        disabled={!mayWrite}
        checked={value === true}
        onChange={(event) => { set(event.target.checked); }} // prettier-ignore
      />
    );
  if (field === 'percentage')
    return (
      <input
        id={id}
        type="number"
        min={0}
        max={100}
        step="any"
        disabled={!mayWrite}
        value={String(value)}
        onChange={(event) => { if (event.target.value !== '') set(Number(event.target.value)); }} // prettier-ignore
      />
    );
  return (
    <select
      id={id}
      disabled={!mayWrite}
      value={String(value ?? '')}
      onChange={(event) => {
        set(event.target.value);
      }}
    >
      {/* prettier-ignore */}
      {value === null && <option value="">the caller’s own default</option>}
      {flag.variants.map((variant) => (
        <option key={variant.key} value={variant.key}>
          {variant.key}
        </option>
      ))}
    </select>
  );
}

export function originOf(flag: Flag, field: DraftField, environment: string): string {
  const resolved = flag.resolved?.[field];
  if (resolved === undefined) return '';
  if (resolved.source.kind === 'flag') return '↖ default';
  if (resolved.source.slug !== environment) return `↖ ${resolved.source.slug ?? ''}`;
  return resolved.state === 'overridden-equal' ? 'Set here · same' : 'Set here ≠';
}
