import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Flag, FlagtreeProblem, type MatrixEnvironment } from '@flagtree/api';
import { messageOf } from '../app/api.js';
import type { Draft } from '../edit/draft.js';
import { EffectList } from '../edit/effect-list.js';
import { originOf } from '../edit/field-editor.js';
import { flagQuery, useEffectOf, useSave } from '../edit/use-override.js';
import { Failure, Loading } from '../ui/states.js';
import { ruleInWords } from './rule-words.js';

/** The rules that hold in one environment, each with where it comes from; those of the environment itself can be edited as text. */
export function RulesSection({ flagKey, environment }: { flagKey: string; environment: MatrixEnvironment }) {
  const query = useQuery(flagQuery(flagKey, environment.slug));
  const [isEditing, setEditing] = useState(false);
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const flag = query.data;
  const sources = flag.resolved?.rules.sources ?? [];
  return (
    <div className="card stack">
      <h3>Rules, in the order they are tried</h3>
      {flag.rules.length === 0 ? (
        <p className="muted">There are none here: everybody gets the same.</p>
      ) : (
        <ol>
          {flag.rules.map((rule, at) => (
            <li key={rule.id}>
              <bdi>{ruleInWords(rule)}</bdi>{' '}
              <span className="muted">{sources[at]?.kind === 'environment' ? `↖ ${sources[at].slug ?? ''}` : '↖ default'}</span>
            </li>
          ))}
        </ol>
      )}
      <p className="muted">{originOf(flag, 'rules', environment.slug)}</p>
      {environment.may === 'write' && !isEditing && (
        <div>
          <button
            type="button"
            className="button"
            onClick={() => {
              setEditing(true);
            }}
          >
            Edit as text
          </button>
        </div>
      )}
      {isEditing && (
        <RulesEditor
          flag={flag}
          flagKey={flagKey}
          slug={environment.slug}
          onDone={() => {
            setEditing(false);
          }}
        />
      )}
    </div>
  );
}

const MODES = [
  ['prepend', 'before the inherited ones'],
  ['append', 'after the inherited ones'],
  ['replace', 'instead of the inherited ones'],
] as const;

function RulesEditor({ flag, flagKey, slug, onDone }: { flag: Flag; flagKey: string; slug: string; onDone: () => void }) {
  const [begun] = useState(flag);
  const [text, setText] = useState(() => JSON.stringify(begun.override?.rules ?? [], null, 2));
  const [rulesMode, setMode] = useState(begun.override?.rules ? begun.override.rulesMode : 'prepend');
  const [reason, setReason] = useState('');
  const parsed = parse(text);
  const draft: Draft = parsed.rules ? { rules: parsed.rules, rulesMode } : {};
  const effect = useEffectOf(flagKey, slug, draft);
  const save = useSave(flagKey, slug);
  const problem = effect.error instanceof FlagtreeProblem ? effect.error : null;
  return (
    <div className="stack">
      <label className="row">
        Rules of {slug} stand{' '}
        <select
          value={rulesMode}
          onChange={(event) => {
            setMode(event.target.value as typeof rulesMode);
          }}
        >
          {MODES.map(([mode, label]) => (
            <option key={mode} value={mode}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <div className="field">
        <label htmlFor="rules-text">Rules, as JSON</label>
        <textarea
          id="rules-text"
          rows={14}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </div>
      {parsed.complaint && (
        <p role="alert" className="error">
          {parsed.complaint}
        </p>
      )}
      {problem && (
        <ul role="alert" className="error">
          {problem.errors.map(({ pointer, detail }) => (
            <li key={`${pointer} ${detail}`}>
              {pointer}: {detail}
            </li>
          ))}
        </ul>
      )}
      {parsed.rules && !problem && <EffectList effect={effect} />}
      <div className="field">
        <label htmlFor="rules-reason">Reason, for the history</label>
        <input
          id="rules-reason"
          value={reason}
          maxLength={2000}
          onChange={(event) => {
            setReason(event.target.value);
          }}
        />
      </div>
      {save.error && (
        <p role="alert" className="error">
          {messageOf(save.error)}
        </p>
      )}
      <div className="row">
        <button
          type="button"
          className="button main"
          aria-disabled={parsed.rules === null || save.isPending}
          onClick={() => {
            if (parsed.rules && !save.isPending) save.mutate({ draft, before: begun, reason }, { onSuccess: onDone });
          }}
        >
          {save.isPending ? 'Saving …' : `Save to ${slug}`}
        </button>
        {begun.override?.rules && (
          <button
            type="button"
            className="button"
            onClick={() => {
              save.mutate({ draft: { rules: null }, before: begun, reason }, { onSuccess: onDone });
            }}
          >
            Inherit the rules again
          </button>
        )}
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </div>
  );
}

function parse(text: string): { rules: Flag['rules'] | null; complaint: string | null } {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return { rules: value as Flag['rules'], complaint: null };
    return { rules: null, complaint: 'The rules are a list: begin with [ and end with ].' };
  } catch (error) {
    return { rules: null, complaint: `This is no JSON: ${(error as Error).message}` };
  }
}
