-- Weights may be percentages ("33.3 %"). The guard takes what the server's validator takes: each weight, and all of a list together.

CREATE OR REPLACE FUNCTION flagtree.have_whole_weights(list jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  weights integer;
  percentages integer;
  total numeric;
BEGIN
  IF jsonb_typeof(list) <> 'array' THEN
    RETURN true;
  END IF;
  IF NOT flagtree.every(
    list,
    'lax $[*] ? (!exists(@.weight)
       || (@.weight.type() == "number" && @.weight >= 0 && @.weight <= 2147483647 && @.weight.floor() == @.weight)
       || (@.weight.type() == "string" && @.weight like_regex "^(100(\\.0{1,3})?|(0|[1-9][0-9]?)(\\.[0-9]{1,3})?) ?%$"))'
  ) THEN
    RETURN false;
  END IF;
  SELECT count(*), count(*) FILTER (WHERE jsonb_typeof(item.value -> 'weight') = 'string'),
         sum(rtrim(item.value ->> 'weight', ' %')::numeric)
    INTO weights, percentages, total
    FROM jsonb_array_elements(list) AS item (value)
   WHERE jsonb_typeof(item.value) = 'object' AND item.value ? 'weight';
  RETURN CASE percentages
    WHEN 0 THEN weights = 0 OR total BETWEEN 1 AND 2147483647
    WHEN weights THEN total = 100
    ELSE false
  END;
END $$;
COMMENT ON FUNCTION flagtree.have_whole_weights(jsonb) IS
  'Whether the weights that are given are whole numbers, 1 to 2147483647 together, or percentages as text (33.3 %), exactly 100 together.';
COMMENT ON COLUMN flagtree.flags.variants IS
  'List of { key, value, weight?, description? }; weights are whole numbers, or percentages as text. A boolean flag inserted without variants gets on and off.';
