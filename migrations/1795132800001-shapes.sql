-- The schema, the ids, and the small functions that say which JSON a column may hold.
-- SQLSTATEs that Flagtree's own guards raise (class FT; everything else is PostgreSQL's own code):
--   FT001  an environment would inherit from itself
--   FT002  an environment tree would be more than 10 deep
--   FT003  a column that never changes (id, slug, key, type …) was changed
--   FT004  the audit log is append-only
--   FT005  TRUNCATE of an audited table
--   FT006  the ledger is missing, or was written by hand

CREATE SCHEMA IF NOT EXISTS flagtree;
COMMENT ON SCHEMA flagtree IS
  'Flagtree: feature flags for a tree of environments. Every write, from any client, is checked, audited and revisioned by triggers.';

CREATE FUNCTION flagtree.uuid_v7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN (
  SELECT encode(
           int8send(((moment.us / 1000) << 16) | 28672 | ((moment.us % 1000) * 4096 / 1000))
             || substring(uuid_send(gen_random_uuid()) FROM 9),
           'hex')::uuid
    FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS us) AS moment
);
COMMENT ON FUNCTION flagtree.uuid_v7() IS
  'A new UUID version 7 (RFC 9562): 48 bits of milliseconds, 12 bits of their fraction, 62 random bits. PostgreSQL has its own only from 18 on.';

CREATE FUNCTION flagtree.is_list(list jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN jsonb_typeof(list) = 'array';
COMMENT ON FUNCTION flagtree.is_list(jsonb) IS
  'Whether the value is a JSON array. JSON null is not: what inherits is SQL NULL.';

CREATE FUNCTION flagtree.every(list jsonb, good jsonpath) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF jsonb_typeof(list) <> 'array' THEN
    RETURN true;
  END IF;
  RETURN jsonb_array_length(jsonb_path_query_array(list, good, silent => true)) = jsonb_array_length(list);
END $$;
COMMENT ON FUNCTION flagtree.every(jsonb, jsonpath) IS
  'Whether the path finds every element of the list. True for what is no list: that has a constraint of its own.';

CREATE FUNCTION flagtree.is_unique(list jsonb, field text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF jsonb_typeof(list) <> 'array' OR jsonb_array_length(list) < 2 THEN
    RETURN true;
  END IF;
  RETURN (SELECT count(item.value -> field) = count(DISTINCT item.value -> field) FROM jsonb_array_elements(list) AS item (value));
END $$;
COMMENT ON FUNCTION flagtree.is_unique(jsonb, text) IS
  'Whether no two elements of the list have the same value in this field. True for what is no list: that has a constraint of its own.';

CREATE FUNCTION flagtree.are_variants(list jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN flagtree.every(list, 'strict $[*] ? (@.key.type() == "string" && @.key != "" && exists(@.value))');
COMMENT ON FUNCTION flagtree.are_variants(jsonb) IS
  'Whether every element has a non-empty string "key" and a "value", which may be any JSON, also null.';

CREATE FUNCTION flagtree.have_whole_weights(list jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN flagtree.every(
  list,
  'lax $[*] ? (!exists(@.weight) || (@.weight.type() == "number" && @.weight >= 0 && @.weight <= 2147483647 && @.weight.floor() == @.weight))'
);
COMMENT ON FUNCTION flagtree.have_whole_weights(jsonb) IS
  'Whether every "weight" that is given is a whole number from 0 to 2147483647.';

CREATE FUNCTION flagtree.are_rules(list jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN flagtree.every(list, 'strict $[*] ? (@.id.type() == "string" && @.id != "")');
COMMENT ON FUNCTION flagtree.are_rules(jsonb) IS
  'Whether every element is an object with a non-empty string "id".';

CREATE FUNCTION flagtree.have_condition_lists(list jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN flagtree.every(list, 'lax $[*] ? (!exists(@.conditions) || @.conditions.type() == "array")');
COMMENT ON FUNCTION flagtree.have_condition_lists(jsonb) IS
  'Whether every "conditions" that is given is a list.';

CREATE FUNCTION flagtree.are_objects(list jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN flagtree.every(list, 'strict $[*] ? (@.type() == "object")');
COMMENT ON FUNCTION flagtree.are_objects(jsonb) IS
  'Whether every element of the list is an object.';

CREATE FUNCTION flagtree.are_prerequisites(list jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN flagtree.every(
  list,
  'strict $[*] ? (@.flag.type() == "string" && @.variants.type() == "array" && !exists(@.variants[*] ? (@.type() != "string")))'
);
COMMENT ON FUNCTION flagtree.are_prerequisites(jsonb) IS
  'Whether every element has a string "flag" and "variants", a list of strings.';

CREATE FUNCTION flagtree.are_settings(settings jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
  WHEN jsonb_typeof(settings) = 'object' THEN
    settings - 'protected' - 'require_approval' = '{}'
    AND coalesce(jsonb_typeof(settings -> 'protected'), 'boolean') = 'boolean'
    AND coalesce(jsonb_typeof(settings -> 'require_approval'), 'boolean') = 'boolean'
  ELSE false
END;
COMMENT ON FUNCTION flagtree.are_settings(jsonb) IS
  'Whether this is an object with nothing but the booleans "protected" and "require_approval", both optional.';

CREATE FUNCTION flagtree.are_words(list text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
  WHEN coalesce(array_ndims(list), 1) = 1 THEN array_position(list, NULL) IS NULL AND array_position(list, '') IS NULL
  ELSE false
END;
COMMENT ON FUNCTION flagtree.are_words(text[]) IS
  'Whether this is a flat list without NULLs and empty texts.';

CREATE FUNCTION flagtree.current_actor() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('flagtree.actor', true), ''), 'database:' || session_user);
COMMENT ON FUNCTION flagtree.current_actor() IS
  'Who is writing: the transaction''s setting flagtree.actor, else "database:" and the session''s database user.';
