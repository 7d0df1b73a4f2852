import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { FlagsCreateData } from '@flagtree/api';
import { api, messageOf } from '../app/api.js';
import { Sheet } from '../ui/sheet.js';
import { useTell } from '../ui/toasts.js';

type Type = 'boolean' | 'string' | 'number' | 'json';

/** What one begins with; boolean flags have on and off by themselves. */
const EXAMPLES: Record<Exclude<Type, 'boolean'>, string> = {
  string: '[\n  { "key": "blue", "value": "#0b5cad" },\n  { "key": "green", "value": "#0a6b3b" }\n]',
  number: '[\n  { "key": "few", "value": 10 },\n  { "key": "many", "value": 50 }\n]',
  json: '[\n  { "key": "small", "value": { "size": 1 } },\n  { "key": "large", "value": { "size": 9 } }\n]',
};

export function NewFlag({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const tell = useTell();
  const [type, setType] = useState<Type>('boolean');
  const [variants, setVariants] = useState('');
  const create = useMutation({
    mutationFn: (body: FlagsCreateData['body']) => api.flags.create(body),
    onSuccess: ({ key }) => {
      void client.invalidateQueries({ queryKey: ['matrix'] });
      tell(`${key} is created.`);
      onClose();
      void navigate({ to: '/flags/$key', params: { key } });
    },
  });
  const [complaint, setComplaint] = useState<string | null>(null);
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    try {
      const list = type === 'boolean' ? null : (JSON.parse(variants) as { key: string; value: never }[]);
      setComplaint(null);
      create.mutate({
        key: text('key'),
        type,
        ...(text('name') && { name: text('name') }),
        ...(text('description') && { description: text('description') }),
        ...(list && { variants: list, defaultVariant: list[0]?.key ?? null, offVariant: list[0]?.key ?? null }),
      });
    } catch (error) {
      setComplaint(`The variants are no JSON: ${(error as Error).message}`);
    }
  };
  return (
    <Sheet title="New flag" isDialog hasDraft={false} onClose={onClose}>
      <form className="stack" onSubmit={send}>
        <div className="field">
          <label htmlFor="key">Key</label>
          <input id="key" name="key" required maxLength={255} pattern="[A-Za-z0-9][A-Za-z0-9._\-]*" className="mono" autoFocus />
          <span className="muted">The name in code, such as checkout.new-flow. It never changes.</span>
        </div>
        <div className="field">
          <label htmlFor="type">Type</label>
          <select
            id="type"
            value={type}
            onChange={(event) => {
              const next = event.target.value as Type;
              setType(next);
              if (next !== 'boolean') setVariants(EXAMPLES[next]);
            }}
          >
            {['boolean', ...Object.keys(EXAMPLES)].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        {type !== 'boolean' && (
          <div className="field">
            <label htmlFor="variants">Variants, as JSON</label>
            <textarea
              id="variants"
              rows={6}
              value={variants}
              onChange={(event) => {
                setVariants(event.target.value);
              }}
            />
          </div>
        )}
        <div className="field">
          <label htmlFor="name">Name</label>
          <input id="name" name="name" maxLength={255} />
        </div>
        <div className="field">
          <label htmlFor="description">Description</label>
          <input id="description" name="description" maxLength={4000} />
        </div>
        {(complaint ?? create.error) && (
          <p role="alert" className="error">
            {complaint ?? messageOf(create.error)}
          </p>
        )}
        <div>
          <button type="submit" className="button main">
            {create.isPending ? 'Creating …' : 'Create'}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
