import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { TestDatabase } from './support.js';

describe('verify_audit', () => {
  let victim: TestDatabase;
  beforeAll(async () => {
    victim = await TestDatabase.create();
    await victim.environments({ production: null });
    for (let number = 1; number <= 9; number++) await victim.flag(`flag-${number}`);
    expect(await victim.broken()).toEqual([]);
  });
  afterAll(() => victim.drop());

  /** What is found after somebody with all rights has done this; undone afterwards. */
  async function foundAfter(statements: string[], fromId = 1): Promise<{ entry_id: number; reason: string; detail: string }[]> {
    const session = await victim.session();
    await session.query(
      'BEGIN; ALTER TABLE flagtree.audit_entries DISABLE TRIGGER USER; ALTER TABLE flagtree.ledger DISABLE TRIGGER USER',
    );
    for (const statement of statements) await session.query(statement);
    const { rows } = await session.query<{ entry_id: number; reason: string; detail: string }>(
      'SELECT broken.entry_id::int, broken.reason, broken.detail FROM flagtree.verify_audit($1) AS broken',
      [fromId],
    );
    await session.query('ROLLBACK');
    await session.end();
    return rows;
  }

  const rehash = (id: number) =>
    `UPDATE flagtree.audit_entries AS entry SET hash = flagtree.audit_entry_hash(previous.hash, entry)
       FROM flagtree.audit_entries AS previous WHERE entry.id = ${id} AND previous.id = entry.id - 1`;
  const edit = (id: number, assignment = `actor = 'x'`) => `UPDATE flagtree.audit_entries SET ${assignment} WHERE id = ${id}`;
  const whereAndWhy = (found: { entry_id: number; reason: string }[]) => found.map(({ entry_id, reason }) => [entry_id, reason]);

  it.each([
    `at = at + interval '1 microsecond'`,
    'revision = revision + 1',
    `actor = 'x'`,
    `db_user = 'x'`,
    `action = 'deleted'`,
    `table_name = 'tokens'`,
    'row_id = gen_random_uuid()',
    `flag_key = 'x'`,
    `environment_slug = 'x'`,
    `before = '{}'`,
    `after = after || '{"enabled": true}'`,
    `reason = 'x'`,
    `request_id = 'x'`,
    `causation_id = 'x'`,
    `remote = '203.0.113.7'`,
    `token = 'x'`,
    `hash = sha256('x')`,
  ])('finds an entry edited by %s', async (assignment) => {
    const found = whereAndWhy(await foundAfter([edit(5, assignment)]));
    expect(found).toEqual(
      assignment.startsWith('hash')
        ? [
            [5, 'edited'],
            [6, 'edited'],
          ]
        : [[5, 'edited']],
    );
  });

  it.each(['remote = NULL', 'token = NULL', 'remote = NULL, token = NULL', 'remote = token, token = remote'])(
    'finds an entry with an address and a token that is edited by %s',
    async (assignment) => {
      const named = `UPDATE flagtree.audit_entries SET remote = '203.0.113.7', token = 'abc' WHERE id = 5`;
      const rest = [5, 6, 7, 8, 9, 10].map(rehash);
      const head = `UPDATE flagtree.ledger SET head_hash = (SELECT entry.hash FROM flagtree.audit_entries AS entry WHERE entry.id = 10)`;
      expect(await foundAfter([named, ...rest, head])).toEqual([]);
      expect(whereAndWhy(await foundAfter([named, ...rest, head, edit(5, assignment)]))).toEqual([[5, 'edited']]);
    },
  );

  it('finds an edited entry whose hash was made anew, at the entry after it', async () => {
    expect(whereAndWhy(await foundAfter([edit(5), rehash(5)]))).toEqual([[6, 'edited']]);
  });

  it('finds deleted entries', async () => {
    expect(await foundAfter(['DELETE FROM flagtree.audit_entries WHERE id IN (1, 5, 6)'])).toEqual([
      { entry_id: 1, reason: 'missing', detail: 'Entries 1 to 1 are missing' },
      { entry_id: 5, reason: 'missing', detail: 'Entries 5 to 6 are missing' },
    ]);
  });

  it('finds a tail that is cut off, and an emptied log', async () => {
    expect(await foundAfter(['DELETE FROM flagtree.audit_entries WHERE id >= 9'])).toEqual([
      { entry_id: 9, reason: 'truncated', detail: 'The ledger has 10 entries, the log ends at 8' },
    ]);
    expect(await foundAfter(['DELETE FROM flagtree.audit_entries'])).toEqual([
      { entry_id: 1, reason: 'truncated', detail: 'The ledger has 10 entries, the log ends at 0' },
    ]);
  });

  it.each([
    ['a last entry that was rewritten with its hash', [edit(10), rehash(10)]],
    [
      'entries that no trigger wrote',
      [
        `INSERT INTO flagtree.audit_entries SELECT (jsonb_populate_record(entry, '{"id": 11}')).* FROM flagtree.audit_entries AS entry WHERE entry.id = 10`,
        rehash(11),
      ],
    ],
    ['a ledger that was set back', ['UPDATE flagtree.ledger SET revision = 3']],
    ['a ledger that is gone', ['DELETE FROM flagtree.ledger']],
  ])('finds %s: the head does not fit', async (_, statements) => {
    expect((await foundAfter(statements)).map(({ reason }) => reason)).toEqual(['ledger']);
  });

  it('starts at any entry, and trusts the hash of the one before it', async () => {
    expect(await foundAfter([edit(3)], 4)).toEqual([]);
    expect(await foundAfter([edit(3)], 11)).toEqual([]);
    expect(whereAndWhy(await foundAfter(['DELETE FROM flagtree.audit_entries WHERE id = 6'], 7))).toEqual([[6, 'missing']]);
  });

  it('can be repeated outside of the database, from the text of the entries', async () => {
    const entries = await victim.rows<{ text: string; hash: Buffer }>(
      'SELECT flagtree.audit_entry_text(entry) AS text, entry.hash FROM flagtree.audit_entries AS entry ORDER BY entry.id',
    );
    let hash = Buffer.alloc(32);
    for (const entry of entries) {
      hash = createHash('sha256').update(hash).update(entry.text, 'utf8').digest();
      expect(entry.hash).toEqual(hash);
    }
    expect(entries).toHaveLength(10);
  });
});
