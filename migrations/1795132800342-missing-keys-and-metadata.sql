-- What a flag does with a context that has no key for its buckets, and what its answers carry for whoever reads them.

CREATE FUNCTION flagtree.is_flat(metadata jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN jsonb_typeof(metadata) = 'object'
   AND NOT jsonb_path_exists(metadata, 'strict $.* ? (@.type() == "object" || @.type() == "array" || @.type() == "null")', silent => true)
   AND octet_length(metadata::text) - 2 * jsonb_array_length(jsonb_path_query_array(metadata, 'lax $.keyvalue().key')) < 4096;
COMMENT ON FUNCTION flagtree.is_flat(jsonb) IS
  'Whether it is an object of texts, numbers and truths alone, and has at most 4,096 bytes as JSON without spaces.';

ALTER TABLE flagtree.flags
  ADD COLUMN on_missing_key text COLLATE "C" NOT NULL DEFAULT 'error',
  ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}',
  ADD CONSTRAINT ck_flags_on_missing_key CHECK (on_missing_key IN ('error', 'off')),
  ADD CONSTRAINT ck_flags_metadata_is_flat CHECK (flagtree.is_flat(metadata));
COMMENT ON COLUMN flagtree.flags.on_missing_key IS
  'Of a context without the key that a bucket needs: error (TARGETING_KEY_MISSING), or off: it is outside of every gate, and where only a split needs the key the off variant is served.';
COMMENT ON COLUMN flagtree.flags.metadata IS 'What every answer holds besides the value: a flat object of texts, numbers and truths, at most 4 KiB.';
