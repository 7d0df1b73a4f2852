-- What may be read: the supported, stable interface for reports and for people with psql.

CREATE VIEW flagtree.environment_chains AS
SELECT environment.slug AS environment, link.depth, link.slug AS ancestor, link.path,
       environment.id AS environment_id, link.id AS ancestor_id
  FROM flagtree.environments AS environment
 CROSS JOIN LATERAL (
         WITH RECURSIVE walk AS (
           SELECT environment.id, environment.parent_id, environment.slug, 0 AS depth, ARRAY[environment.slug] AS path
           UNION ALL
           SELECT parent.id, parent.parent_id, parent.slug, walk.depth + 1, walk.path || parent.slug
             FROM walk JOIN flagtree.environments AS parent ON parent.id = walk.parent_id
            WHERE parent.slug <> ALL (walk.path)
         )
         SELECT walk.id, walk.slug, walk.depth, walk.path FROM walk
       ) AS link;

COMMENT ON VIEW flagtree.environment_chains IS 'For each environment its inheritance chain, one row a link: itself, its parent, …, its root. Ends also where a restored dump has a cycle.';
COMMENT ON COLUMN flagtree.environment_chains.environment IS 'The environment.';
COMMENT ON COLUMN flagtree.environment_chains.depth IS '0: itself, 1: its parent, and so on.';
COMMENT ON COLUMN flagtree.environment_chains.ancestor IS 'The link of the chain.';
COMMENT ON COLUMN flagtree.environment_chains.path IS 'The slugs from the environment to this link.';
COMMENT ON COLUMN flagtree.environment_chains.environment_id IS 'Id of the environment.';
COMMENT ON COLUMN flagtree.environment_chains.ancestor_id IS 'Id of the link.';

CREATE FUNCTION flagtree.combined_rules(flag flagtree.flags, chain_ids uuid[], chain_slugs text[])
RETURNS TABLE (rules jsonb, sources jsonb)
LANGUAGE sql STABLE AS $$
  WITH own AS (
    SELECT link.depth, link.slug, override.rules, override.rules_mode
      FROM unnest(chain_ids, chain_slugs) WITH ORDINALITY AS link (id, slug, depth)
      JOIN flagtree.environment_flags AS override ON override.environment_id = link.id AND override.flag_id = flag.id
     WHERE override.rules IS NOT NULL
  ),
  floor AS (
    SELECT min(own.depth) AS depth FROM own WHERE own.rules_mode = 'replace'
  ),
  parts AS (
    SELECT 0 AS place, 0::bigint AS rank, flag.rules, 'flag' AS source FROM floor WHERE floor.depth IS NULL
    UNION ALL
    SELECT CASE own.rules_mode WHEN 'prepend' THEN -1 WHEN 'append' THEN 1 ELSE 0 END,
           CASE own.rules_mode WHEN 'append' THEN -own.depth ELSE own.depth END,
           own.rules, own.slug
      FROM own CROSS JOIN floor
     WHERE floor.depth IS NULL OR own.depth <= floor.depth
  )
  SELECT coalesce(jsonb_agg(rule.value ORDER BY parts.place, parts.rank, rule.position), '[]'),
         coalesce(jsonb_agg(parts.source ORDER BY parts.place, parts.rank, rule.position), '[]')
    FROM parts CROSS JOIN LATERAL jsonb_array_elements(parts.rules) WITH ORDINALITY AS rule (value, position)
$$;
COMMENT ON FUNCTION flagtree.combined_rules(flagtree.flags, uuid[], text[]) IS
  'The rules of a flag along a chain (nearest first), combined by each override''s rules_mode from the root down, and where each rule comes from.';

CREATE VIEW flagtree.resolved_flags AS
SELECT environment.slug AS environment, flag.key AS flag, flag.type,
       coalesce(own.enabled, above.enabled, flag.enabled) AS enabled,
       CASE WHEN own.enabled IS NOT NULL THEN environment.slug ELSE coalesce(above.enabled_source, 'flag') END AS enabled_source,
       CASE WHEN own.enabled IS NULL THEN 'inherited'
            WHEN own.enabled = coalesce(above.enabled, flag.enabled) THEN 'overridden-equal' ELSE 'overridden' END AS enabled_state,
       coalesce(own.percentage, above.percentage, flag.percentage) AS percentage,
       CASE WHEN own.percentage IS NOT NULL THEN environment.slug ELSE coalesce(above.percentage_source, 'flag') END AS percentage_source,
       CASE WHEN own.percentage IS NULL THEN 'inherited'
            WHEN own.percentage = coalesce(above.percentage, flag.percentage) THEN 'overridden-equal' ELSE 'overridden' END AS percentage_state,
       combined.rules,
       CASE WHEN own.rules IS NOT NULL THEN environment.slug ELSE coalesce(above.rules_source, 'flag') END AS rules_source,
       CASE WHEN own.rules IS NULL THEN 'inherited'
            WHEN combined.rules = (SELECT inherited.rules FROM flagtree.combined_rules(flag.*, chain.ids[2:], chain.slugs[2:]) AS inherited)
            THEN 'overridden-equal' ELSE 'overridden' END AS rules_state,
       combined.sources AS rule_sources,
       coalesce(own.variants, above.variants, flag.variants) AS variants,
       CASE WHEN own.variants IS NOT NULL THEN environment.slug ELSE coalesce(above.variants_source, 'flag') END AS variants_source,
       CASE WHEN own.variants IS NULL THEN 'inherited'
            WHEN own.variants = coalesce(above.variants, flag.variants) THEN 'overridden-equal' ELSE 'overridden' END AS variants_state,
       coalesce(own.default_variant, above.default_variant, flag.default_variant) AS default_variant,
       CASE WHEN own.default_variant IS NOT NULL THEN environment.slug ELSE coalesce(above.default_variant_source, 'flag') END AS default_variant_source,
       CASE WHEN own.default_variant IS NULL THEN 'inherited'
            WHEN own.default_variant = coalesce(above.default_variant, flag.default_variant) THEN 'overridden-equal' ELSE 'overridden' END AS default_variant_state,
       coalesce(own.off_variant, above.off_variant, flag.off_variant) AS off_variant,
       CASE WHEN own.off_variant IS NOT NULL THEN environment.slug ELSE coalesce(above.off_variant_source, 'flag') END AS off_variant_source,
       CASE WHEN own.off_variant IS NULL THEN 'inherited'
            WHEN own.off_variant = coalesce(above.off_variant, flag.off_variant) THEN 'overridden-equal' ELSE 'overridden' END AS off_variant_state,
       CASE WHEN num_nonnulls(own.enabled, own.percentage, own.rules, own.variants, own.default_variant, own.off_variant) = 0
            THEN above.nearest END AS inherited_from,
       own.reason, environment.id AS environment_id, flag.id AS flag_id
  FROM flagtree.environments AS environment
 CROSS JOIN LATERAL (
         SELECT array_agg(link.ancestor_id ORDER BY link.depth) AS ids, array_agg(link.ancestor ORDER BY link.depth) AS slugs
           FROM flagtree.environment_chains AS link WHERE link.environment_id = environment.id
       ) AS chain
 CROSS JOIN flagtree.flags AS flag
  LEFT JOIN flagtree.environment_flags AS own ON own.environment_id = environment.id AND own.flag_id = flag.id
 CROSS JOIN LATERAL (
         SELECT (array_agg(link.slug ORDER BY link.depth) FILTER (WHERE override.enabled IS NOT NULL))[1] AS enabled_source,
                (array_agg(override.enabled ORDER BY link.depth) FILTER (WHERE override.enabled IS NOT NULL))[1] AS enabled,
                (array_agg(link.slug ORDER BY link.depth) FILTER (WHERE override.percentage IS NOT NULL))[1] AS percentage_source,
                (array_agg(override.percentage ORDER BY link.depth) FILTER (WHERE override.percentage IS NOT NULL))[1] AS percentage,
                (array_agg(link.slug ORDER BY link.depth) FILTER (WHERE override.rules IS NOT NULL))[1] AS rules_source,
                (array_agg(link.slug ORDER BY link.depth) FILTER (WHERE override.variants IS NOT NULL))[1] AS variants_source,
                (array_agg(override.variants ORDER BY link.depth) FILTER (WHERE override.variants IS NOT NULL))[1] AS variants,
                (array_agg(link.slug ORDER BY link.depth) FILTER (WHERE override.default_variant IS NOT NULL))[1] AS default_variant_source,
                (array_agg(override.default_variant ORDER BY link.depth) FILTER (WHERE override.default_variant IS NOT NULL))[1] AS default_variant,
                (array_agg(link.slug ORDER BY link.depth) FILTER (WHERE override.off_variant IS NOT NULL))[1] AS off_variant_source,
                (array_agg(override.off_variant ORDER BY link.depth) FILTER (WHERE override.off_variant IS NOT NULL))[1] AS off_variant,
                (array_agg(link.slug ORDER BY link.depth))[1] AS nearest
           FROM unnest(chain.ids[2:], chain.slugs[2:]) WITH ORDINALITY AS link (id, slug, depth)
           JOIN flagtree.environment_flags AS override ON override.environment_id = link.id AND override.flag_id = flag.id
          WHERE num_nonnulls(override.enabled, override.percentage, override.rules, override.variants, override.default_variant, override.off_variant) > 0
       ) AS above
 CROSS JOIN LATERAL flagtree.combined_rules(flag.*, chain.ids, chain.slugs) AS combined
 WHERE flag.archived_at IS NULL;

COMMENT ON VIEW flagtree.resolved_flags IS 'What every flag is in every environment: each field with its value, its source and its state. Filter by environment or flag: only those are resolved.';
COMMENT ON COLUMN flagtree.resolved_flags.environment IS 'The environment.';
COMMENT ON COLUMN flagtree.resolved_flags.flag IS 'The flag; archived ones are left out.';
COMMENT ON COLUMN flagtree.resolved_flags.type IS 'Type of the flag.';
COMMENT ON COLUMN flagtree.resolved_flags.enabled IS 'Whether the flag is on there.';
COMMENT ON COLUMN flagtree.resolved_flags.enabled_source IS 'Where enabled comes from: "flag" (its base value) or the slug of an environment.';
COMMENT ON COLUMN flagtree.resolved_flags.enabled_state IS 'inherited; overridden: the environment sets it; overridden-equal: it does, to what it would inherit anyway.';
COMMENT ON COLUMN flagtree.resolved_flags.percentage IS 'Share of contexts that get the default.';
COMMENT ON COLUMN flagtree.resolved_flags.percentage_source IS 'Where percentage comes from: "flag" (its base value) or the slug of an environment.';
COMMENT ON COLUMN flagtree.resolved_flags.percentage_state IS 'inherited; overridden: the environment sets it; overridden-equal: it does, to what it would inherit anyway.';
COMMENT ON COLUMN flagtree.resolved_flags.rules IS 'All rules that are tried there, in order.';
COMMENT ON COLUMN flagtree.resolved_flags.rules_source IS 'The nearest environment that takes part in the rules, or "flag".';
COMMENT ON COLUMN flagtree.resolved_flags.rules_state IS 'inherited; overridden: the environment sets it; overridden-equal: it does, to what it would inherit anyway.';
COMMENT ON COLUMN flagtree.resolved_flags.rule_sources IS 'Where each rule comes from, in the order of rules: "flag" or the slug of an environment.';
COMMENT ON COLUMN flagtree.resolved_flags.variants IS 'The variants.';
COMMENT ON COLUMN flagtree.resolved_flags.variants_source IS 'Where variants comes from: "flag" (its base value) or the slug of an environment.';
COMMENT ON COLUMN flagtree.resolved_flags.variants_state IS 'inherited; overridden: the environment sets it; overridden-equal: it does, to what it would inherit anyway.';
COMMENT ON COLUMN flagtree.resolved_flags.default_variant IS 'Key of the default variant.';
COMMENT ON COLUMN flagtree.resolved_flags.default_variant_source IS 'Where default_variant comes from: "flag" (its base value) or the slug of an environment.';
COMMENT ON COLUMN flagtree.resolved_flags.default_variant_state IS 'inherited; overridden: the environment sets it; overridden-equal: it does, to what it would inherit anyway.';
COMMENT ON COLUMN flagtree.resolved_flags.off_variant IS 'Key of the off variant; NULL: the caller''s own default.';
COMMENT ON COLUMN flagtree.resolved_flags.off_variant_source IS 'Where off_variant comes from: "flag" (its base value) or the slug of an environment.';
COMMENT ON COLUMN flagtree.resolved_flags.off_variant_state IS 'inherited; overridden: the environment sets it; overridden-equal: it does, to what it would inherit anyway.';
COMMENT ON COLUMN flagtree.resolved_flags.inherited_from IS 'The nearest ancestor that overrides a field, when the environment itself overrides none.';
COMMENT ON COLUMN flagtree.resolved_flags.reason IS 'Why the environment differs, from its own override.';
COMMENT ON COLUMN flagtree.resolved_flags.environment_id IS 'Id of the environment.';
COMMENT ON COLUMN flagtree.resolved_flags.flag_id IS 'Id of the flag.';

CREATE VIEW flagtree.audit_log AS
SELECT entry.id, entry.revision, entry.at AS timestamp, entry.actor AS user_name, entry.db_user AS database_user, entry.action,
       entry.flag_key AS flag, entry.environment_slug AS environment, entry.reason,
       CASE WHEN entry.before IS NOT NULL AND entry.after IS NOT NULL THEN (
         SELECT array_agg(field.key ORDER BY field.key) FROM jsonb_each(entry.after) AS field
          WHERE field.value IS DISTINCT FROM entry.before -> field.key AND field.key NOT IN ('version', 'updated_at')
       ) END AS changed,
       entry.before - 'secret_sha256' AS before, entry.after - 'secret_sha256' AS after,
       entry.table_name, entry.row_id, entry.request_id, entry.causation_id, encode(entry.hash, 'hex') AS hash
  FROM flagtree.audit_entries AS entry;

COMMENT ON VIEW flagtree.audit_log IS 'Who changed what, when and why. ORDER BY id DESC for the newest first.';
COMMENT ON COLUMN flagtree.audit_log.id IS 'Number of the entry.';
COMMENT ON COLUMN flagtree.audit_log.revision IS 'The revision that it belongs to.';
COMMENT ON COLUMN flagtree.audit_log.timestamp IS 'When.';
COMMENT ON COLUMN flagtree.audit_log.user_name IS 'Who did it, as the application named them, else "database:" and the database user.';
COMMENT ON COLUMN flagtree.audit_log.database_user IS 'The database user of the session.';
COMMENT ON COLUMN flagtree.audit_log.action IS 'created, updated, deleted, archived or restored.';
COMMENT ON COLUMN flagtree.audit_log.flag IS 'Key of the flag that it is about, if any.';
COMMENT ON COLUMN flagtree.audit_log.environment IS 'Slug of the environment that it is about, if any.';
COMMENT ON COLUMN flagtree.audit_log.reason IS 'Why.';
COMMENT ON COLUMN flagtree.audit_log.changed IS 'Names of the columns that differ, but for version and updated_at; NULL when the row was created or deleted.';
COMMENT ON COLUMN flagtree.audit_log.before IS 'The row before. Digests of secrets are left out.';
COMMENT ON COLUMN flagtree.audit_log.after IS 'The row after. Digests of secrets are left out.';
COMMENT ON COLUMN flagtree.audit_log.table_name IS 'The table of the changed row.';
COMMENT ON COLUMN flagtree.audit_log.row_id IS 'The id of the changed row.';
COMMENT ON COLUMN flagtree.audit_log.request_id IS 'The HTTP request that did it.';
COMMENT ON COLUMN flagtree.audit_log.causation_id IS 'What led to it.';
COMMENT ON COLUMN flagtree.audit_log.hash IS 'Hash of the entry, in hexadecimal.';
