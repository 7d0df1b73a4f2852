-- Environments have other names beside their slug, and a URL. Slugs and aliases are one namespace: whatever is named anywhere is one environment.

CREATE FUNCTION flagtree.are_aliases(list text[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(array_ndims(list), 1) <> 1 OR cardinality(list) > 10 THEN
    RETURN false;
  END IF;
  RETURN (SELECT count(*) = count(DISTINCT alias)
                 AND coalesce(bool_and(coalesce(alias ~ '^[a-z0-9][a-z0-9_-]{0,62}$'
                                                AND alias !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', false)), true)
            FROM unnest(list) AS alias);
END $$;
COMMENT ON FUNCTION flagtree.are_aliases(text[]) IS
  'Whether this is a flat list of at most 10 different names of the form of a slug, none of the form of a UUID.';

ALTER TABLE flagtree.environments
  ADD COLUMN aliases text[] COLLATE "C" NOT NULL DEFAULT '{}',
  ADD COLUMN url text,
  ADD CONSTRAINT ck_environments_aliases CHECK (flagtree.are_aliases(aliases)),
  ADD CONSTRAINT ck_environments_url CHECK (url ~* '^https?://[^[:space:]/?#]+[^[:space:]]*$' AND length(url) <= 2000),
  -- A slug from before does not stop this migration, and is judged when its row is written again.
  ADD CONSTRAINT ck_environments_slug_is_no_uuid CHECK (slug !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') NOT VALID;

COMMENT ON COLUMN flagtree.environments.aliases IS 'Other names, at most 10: each is taken wherever the slug is. Unique among all slugs and aliases.';
COMMENT ON COLUMN flagtree.environments.url IS 'Where what is deployed there can be seen.';

CREATE FUNCTION flagtree.refuse_taken_names() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ours flagtree.environments;
  taken record;
BEGIN
  -- At the end of a transaction the row may be another than the statement left, or gone.
  SELECT environment.* INTO ours FROM flagtree.environments AS environment WHERE environment.id = NEW.id;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT name.name, other.slug INTO taken
    FROM unnest(ours.aliases || ours.slug) AS name (name)
    JOIN flagtree.environments AS other
      ON (other.id <> ours.id AND (other.slug = name.name OR name.name = ANY (other.aliases)))
      OR (other.id = ours.id AND other.slug = name.name AND name.name = ANY (ours.aliases))
   ORDER BY name.name
   LIMIT 1;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'The name "%" of the environment "%" is taken by "%"', taken.name, ours.slug, taken.slug
    USING ERRCODE = 'unique_violation', SCHEMA = 'flagtree', TABLE = 'environments', COLUMN = 'aliases', CONSTRAINT = 'uq_environments_names',
          DETAIL = format('The environment "%s" has the name "%s" already.', taken.slug, taken.name),
          HINT = 'Slugs and aliases are one namespace: take another name, or take the alias from the other environment first.';
END $$;
REVOKE EXECUTE ON FUNCTION flagtree.refuse_taken_names() FROM PUBLIC;
COMMENT ON FUNCTION flagtree.refuse_taken_names() IS
  'Trigger: refuses (unique_violation, uq_environments_names) a slug or alias that is a slug or alias already. Writers come one after another (t1_lock_ledger), so what is checked holds.';

CREATE CONSTRAINT TRIGGER t7_refuse_taken_names AFTER INSERT OR UPDATE OF slug, aliases ON flagtree.environments
  DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION flagtree.refuse_taken_names();
COMMENT ON TRIGGER t7_refuse_taken_names ON flagtree.environments IS
  'Each name is of one environment. Judged by what the whole statement leaves; can be deferred to the end of a transaction that moves an alias.';

CREATE VIEW flagtree.environment_names AS
SELECT environment.slug AS name, 'slug' AS kind, environment.slug AS environment, environment.id AS environment_id
  FROM flagtree.environments AS environment
UNION ALL
SELECT alias.name, 'alias', environment.slug, environment.id
  FROM flagtree.environments AS environment CROSS JOIN LATERAL unnest(environment.aliases) AS alias (name);

COMMENT ON VIEW flagtree.environment_names IS 'Every name that an environment has: its slug and its aliases. Join it to ask other views by whatever name you have.';
COMMENT ON COLUMN flagtree.environment_names.name IS 'The name; there once.';
COMMENT ON COLUMN flagtree.environment_names.kind IS 'slug or alias.';
COMMENT ON COLUMN flagtree.environment_names.environment IS 'Slug of the environment.';
COMMENT ON COLUMN flagtree.environment_names.environment_id IS 'Id of the environment.';
