-- The short names that were built into some commands become aliases, which are taken everywhere, where the environment exists and the name is free.
SELECT set_config('flagtree.reason', 'The short names that were built in are aliases now', true);

UPDATE flagtree.environments AS environment
   SET aliases = free.names
  FROM (SELECT known.slug, array_agg(known.alias ORDER BY known.alias) AS names
          FROM (VALUES ('development', 'dev'), ('staging', 'stage'), ('staging', 'stg'), ('production', 'prod')) AS known (slug, alias)
         WHERE NOT EXISTS (SELECT FROM flagtree.environments AS other WHERE other.slug = known.alias)
         GROUP BY known.slug) AS free
 WHERE environment.slug = free.slug;

SELECT set_config('flagtree.reason', '', true);
