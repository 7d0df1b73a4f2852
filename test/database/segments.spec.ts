import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from './support.js';

describe('segments, written with SQL', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await TestDatabase.create();
    await insert('people', [{ attribute: 'id', operator: 'exists' }]);
    await insert('staff', [{ any: [{ not: { segment: 'people' } }] }]);
  });
  afterAll(() => database.drop());

  const insert = (key: string, conditions: unknown) =>
    database.rows('INSERT INTO flagtree.segments (key, conditions) VALUES ($1, $2)', [key, JSON.stringify(conditions)]);
  const edit = (key: string, conditions: unknown) =>
    database.rows('UPDATE flagtree.segments SET conditions = $2 WHERE key = $1', [key, JSON.stringify(conditions)]);
  const refused = (message: string) => expect.objectContaining({ code: 'FT008', message });

  it('never name themselves, alone or in a ring', async () => {
    await expect(insert('self', [{ segment: 'self' }])).rejects.toEqual(
      refused('Segment "self" would, through the segments that it names, name itself'),
    );
    await expect(edit('people', [{ all: [{ segment: 'staff' }] }])).rejects.toEqual(
      refused('Segment "people" would, through the segments that it names, name itself'),
    );
    await expect(edit('people', [{ jsonLogic: { '!': [{ $ref: 'staff' }] } }])).rejects.toEqual(
      refused('Segment "people" would, through the segments that it names, name itself'),
    );
  });

  it('are checked by a query that PostgreSQL does not take for a large one, which it would compile each time', async () => {
    const rows = await database.rows(`SELECT prorows FROM pg_proc WHERE oid = 'flagtree.segments_named_in(jsonb)'::regprocedure`);
    expect(rows).toEqual([{ prorows: 3 }]);
  });

  it('name only segments that there are, as the whole transaction leaves them', async () => {
    await expect(insert('lost', [{ segment: 'nobody' }])).rejects.toEqual(
      refused('Segment "lost" would name the segment "nobody", which does not exist'),
    );
    await expect(database.rows(`DELETE FROM flagtree.segments WHERE key = 'people'`)).rejects.toEqual(
      refused('Segment "staff" would name the segment "people", which does not exist'),
    );
    const session = await database.session();
    await session.query(`BEGIN; INSERT INTO flagtree.segments (key, conditions) VALUES ('a', '[{"segment": "b"}]')`);
    await session.query(`INSERT INTO flagtree.segments (key) VALUES ('b'); COMMIT`);
    await session.query(`DELETE FROM flagtree.segments WHERE key IN ('a', 'b')`);
    expect(await database.rows('SELECT key FROM flagtree.segments ORDER BY key')).toEqual([{ key: 'people' }, { key: 'staff' }]);
  });

  it('may have attributes and values that are called like segments', async () => {
    await insert('odd', [{ attribute: 'segment', operator: 'in', values: ['odd', 'nobody'] }]);
    expect(await database.broken()).toEqual([]);
  });
});
