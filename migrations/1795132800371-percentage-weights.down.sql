-- A server before this has whole weights only: percentages become thousandths of a percent, which are the same shares of the same users.
CREATE FUNCTION flagtree.with_whole_weights(list jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT coalesce(jsonb_agg(
           CASE WHEN jsonb_typeof(entry.value -> 'weight') = 'string'
                THEN jsonb_set(entry.value, '{weight}', to_jsonb((rtrim(entry.value ->> 'weight', ' %')::numeric * 1000)::integer))
                ELSE entry.value END
           ORDER BY entry.place), '[]')
    FROM jsonb_array_elements(list) WITH ORDINALITY AS entry (value, place)
);

CREATE FUNCTION flagtree.with_whole_splits(rules jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT coalesce(jsonb_agg(
           CASE WHEN jsonb_typeof(rule.value #> '{serve,split}') = 'array'
                THEN jsonb_set(rule.value, '{serve,split}', flagtree.with_whole_weights(rule.value #> '{serve,split}'))
                ELSE rule.value END
           ORDER BY rule.place), '[]')
    FROM jsonb_array_elements(rules) WITH ORDINALITY AS rule (value, place)
);

SELECT set_config('flagtree.reason', 'Back to a version without weights as percentages', true);
UPDATE flagtree.flags SET variants = flagtree.with_whole_weights(variants) WHERE variants @? '$[*].weight ? (@.type() == "string")';
UPDATE flagtree.environment_flags SET variants = flagtree.with_whole_weights(variants)
 WHERE variants @? '$[*].weight ? (@.type() == "string")';
UPDATE flagtree.flags SET rules = flagtree.with_whole_splits(rules)
 WHERE rules @? '$[*].serve.split[*].weight ? (@.type() == "string")';
UPDATE flagtree.environment_flags SET rules = flagtree.with_whole_splits(rules)
 WHERE rules @? '$[*].serve.split[*].weight ? (@.type() == "string")';
SELECT set_config('flagtree.reason', '', true);
DROP FUNCTION flagtree.with_whole_splits(jsonb);
DROP FUNCTION flagtree.with_whole_weights(jsonb);

CREATE OR REPLACE FUNCTION flagtree.have_whole_weights(list jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN flagtree.every(
  list,
  'lax $[*] ? (!exists(@.weight) || (@.weight.type() == "number" && @.weight >= 0 && @.weight <= 2147483647 && @.weight.floor() == @.weight))'
);
COMMENT ON FUNCTION flagtree.have_whole_weights(jsonb) IS
  'Whether every "weight" that is given is a whole number from 0 to 2147483647.';
COMMENT ON COLUMN flagtree.flags.variants IS 'List of { key, value, weight?, description? }. A boolean flag inserted without variants gets on and off.';
