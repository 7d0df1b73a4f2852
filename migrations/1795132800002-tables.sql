-- What the domain is made of: environments, flags, overrides, segments, tokens.

CREATE TABLE flagtree.environments (
  id uuid CONSTRAINT pk_environments PRIMARY KEY DEFAULT flagtree.uuid_v7(),
  slug text COLLATE "C" NOT NULL CONSTRAINT uq_environments_slug UNIQUE,
  name text NOT NULL,
  description text,
  parent_id uuid CONSTRAINT fk_environments_parent REFERENCES flagtree.environments (id) ON DELETE RESTRICT,
  settings jsonb NOT NULL DEFAULT '{}',
  is_active boolean NOT NULL DEFAULT true,
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT ck_environments_slug CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  CONSTRAINT ck_environments_name_is_not_empty CHECK (name <> ''),
  CONSTRAINT ck_environments_settings_are_known_booleans CHECK (flagtree.are_settings(settings))
);
CREATE INDEX ix_environments_parent_id ON flagtree.environments (parent_id);

COMMENT ON TABLE flagtree.environments IS 'The environments. They form a forest: each inherits, field by field, what it does not override from its parent.';
COMMENT ON COLUMN flagtree.environments.id IS 'Made by flagtree.uuid_v7(); never changes.';
COMMENT ON COLUMN flagtree.environments.slug IS 'The name used everywhere: ^[a-z0-9][a-z0-9_-]{0,62}$, unique, never changes.';
COMMENT ON COLUMN flagtree.environments.name IS 'For people. The slug, when an INSERT gives none.';
COMMENT ON COLUMN flagtree.environments.description IS 'What the environment is for.';
COMMENT ON COLUMN flagtree.environments.parent_id IS 'The environment that this one inherits from; NULL: a root. Never a cycle, never more than 10 deep.';
COMMENT ON COLUMN flagtree.environments.settings IS 'Only the booleans "protected" and "require_approval"; they come down the tree, and a child can tighten them, not loosen them.';
COMMENT ON COLUMN flagtree.environments.is_active IS 'False: it cannot be evaluated, but stays a link in the chain of its children.';
COMMENT ON COLUMN flagtree.environments.expires_at IS 'When it is no longer needed, for environments made for a while.';
COMMENT ON COLUMN flagtree.environments.created_at IS 'Never changes.';
COMMENT ON COLUMN flagtree.environments.updated_at IS 'The last change; kept by a trigger.';
COMMENT ON COLUMN flagtree.environments.version IS 'Counts the changes of this row from 1; kept by a trigger.';

CREATE TABLE flagtree.flags (
  id uuid CONSTRAINT pk_flags PRIMARY KEY DEFAULT flagtree.uuid_v7(),
  key text COLLATE "C" NOT NULL CONSTRAINT uq_flags_key UNIQUE,
  name text NOT NULL,
  description text,
  type text COLLATE "C" NOT NULL DEFAULT 'boolean',
  enabled boolean NOT NULL DEFAULT false,
  percentage numeric NOT NULL DEFAULT 100,
  rules jsonb NOT NULL DEFAULT '[]',
  variants jsonb NOT NULL DEFAULT '[]',
  default_variant text,
  off_variant text,
  bucketing text COLLATE "C" NOT NULL DEFAULT 'flagd-v2',
  salt text,
  prerequisites jsonb NOT NULL DEFAULT '[]',
  owner text,
  tags text[] NOT NULL DEFAULT '{}',
  permanent boolean NOT NULL DEFAULT false,
  expires_at timestamptz,
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT ck_flags_key CHECK (key ~ '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$'),
  CONSTRAINT ck_flags_name_is_not_empty CHECK (name <> ''),
  CONSTRAINT ck_flags_type CHECK (type IN ('boolean', 'string', 'number', 'json')),
  CONSTRAINT ck_flags_percentage_is_0_to_100 CHECK (percentage >= 0 AND percentage <= 100),
  CONSTRAINT ck_flags_percentage_has_3_decimals CHECK (percentage = round(percentage, 3)),
  CONSTRAINT ck_flags_rules_are_a_list CHECK (flagtree.is_list(rules)),
  CONSTRAINT ck_flags_rules_have_an_id CHECK (flagtree.are_rules(rules)),
  CONSTRAINT ck_flags_rule_ids_are_unique CHECK (flagtree.is_unique(rules, 'id')),
  CONSTRAINT ck_flags_rule_conditions_are_a_list CHECK (flagtree.have_condition_lists(rules)),
  CONSTRAINT ck_flags_variants_are_a_list CHECK (flagtree.is_list(variants)),
  CONSTRAINT ck_flags_variants_have_key_and_value CHECK (flagtree.are_variants(variants)),
  CONSTRAINT ck_flags_variant_keys_are_unique CHECK (flagtree.is_unique(variants, 'key')),
  CONSTRAINT ck_flags_variant_weights_are_whole CHECK (flagtree.have_whole_weights(variants)),
  CONSTRAINT ck_flags_bucketing CHECK (bucketing IN ('flagd-v2')),
  CONSTRAINT ck_flags_salt_is_not_empty CHECK (salt <> ''),
  CONSTRAINT ck_flags_prerequisites_are_a_list CHECK (flagtree.is_list(prerequisites)),
  CONSTRAINT ck_flags_prerequisites_have_flag_and_variants CHECK (flagtree.are_prerequisites(prerequisites)),
  CONSTRAINT ck_flags_tags_are_words CHECK (flagtree.are_words(tags))
);

COMMENT ON TABLE flagtree.flags IS 'The flags with their base values, which every environment inherits until it or one of its ancestors overrides them.';
COMMENT ON COLUMN flagtree.flags.id IS 'Made by flagtree.uuid_v7(); never changes.';
COMMENT ON COLUMN flagtree.flags.key IS 'The name used everywhere: ^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$, unique, never changes.';
COMMENT ON COLUMN flagtree.flags.name IS 'For people. The key, when an INSERT gives none.';
COMMENT ON COLUMN flagtree.flags.description IS 'What the flag does.';
COMMENT ON COLUMN flagtree.flags.type IS 'boolean, string, number or json: what the values of its variants are. Never changes.';
COMMENT ON COLUMN flagtree.flags.enabled IS 'Off: the off variant is served. New flags are off.';
COMMENT ON COLUMN flagtree.flags.percentage IS 'Share of contexts, 0 to 100 with at most 3 decimals, that get the default when no rule matches; the others get the off variant.';
COMMENT ON COLUMN flagtree.flags.rules IS 'List of { id, name?, enabled?, conditions, percentage?, serve }, tried in order; ids are unique.';
COMMENT ON COLUMN flagtree.flags.variants IS 'List of { key, value, weight?, description? }. A boolean flag inserted without variants gets on and off.';
COMMENT ON COLUMN flagtree.flags.default_variant IS 'Key of the variant that is served when no rule matches.';
COMMENT ON COLUMN flagtree.flags.off_variant IS 'Key of the variant that is served when the flag is off; NULL: the caller''s own default.';
COMMENT ON COLUMN flagtree.flags.bucketing IS 'The algorithm that places contexts in buckets, so that it never changes under a flag''s users: flagd-v2.';
COMMENT ON COLUMN flagtree.flags.salt IS 'What is hashed with the bucket key; NULL: the flag''s key.';
COMMENT ON COLUMN flagtree.flags.prerequisites IS 'List of { flag, variants }: flags that must serve one of these variants in the same environment.';
COMMENT ON COLUMN flagtree.flags.owner IS 'Who answers for the flag.';
COMMENT ON COLUMN flagtree.flags.tags IS 'Words to find it by.';
COMMENT ON COLUMN flagtree.flags.permanent IS 'True: meant to stay; it is never reported as stale.';
COMMENT ON COLUMN flagtree.flags.expires_at IS 'When it should be gone.';
COMMENT ON COLUMN flagtree.flags.archived_at IS 'Since when it is archived: no longer found by evaluation. NULL: in use.';
COMMENT ON COLUMN flagtree.flags.created_at IS 'Never changes.';
COMMENT ON COLUMN flagtree.flags.updated_at IS 'The last change; kept by a trigger.';
COMMENT ON COLUMN flagtree.flags.version IS 'Counts the changes of this row from 1; kept by a trigger.';

CREATE TABLE flagtree.environment_flags (
  id uuid CONSTRAINT pk_environment_flags PRIMARY KEY DEFAULT flagtree.uuid_v7(),
  environment_id uuid NOT NULL CONSTRAINT fk_environment_flags_environment REFERENCES flagtree.environments (id) ON DELETE CASCADE,
  flag_id uuid NOT NULL CONSTRAINT fk_environment_flags_flag REFERENCES flagtree.flags (id) ON DELETE CASCADE,
  enabled boolean,
  percentage numeric,
  rules jsonb,
  rules_mode text COLLATE "C" NOT NULL DEFAULT 'replace',
  variants jsonb,
  default_variant text,
  off_variant text,
  reason text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT uq_environment_flags_environment_flag UNIQUE (environment_id, flag_id),
  CONSTRAINT ck_environment_flags_percentage_is_0_to_100 CHECK (percentage >= 0 AND percentage <= 100),
  CONSTRAINT ck_environment_flags_percentage_has_3_decimals CHECK (percentage = round(percentage, 3)),
  CONSTRAINT ck_environment_flags_rules_are_a_list CHECK (flagtree.is_list(rules)),
  CONSTRAINT ck_environment_flags_rules_have_an_id CHECK (flagtree.are_rules(rules)),
  CONSTRAINT ck_environment_flags_rule_ids_are_unique CHECK (flagtree.is_unique(rules, 'id')),
  CONSTRAINT ck_environment_flags_rule_conditions_are_a_list CHECK (flagtree.have_condition_lists(rules)),
  CONSTRAINT ck_environment_flags_rules_mode CHECK (rules_mode IN ('replace', 'prepend', 'append')),
  CONSTRAINT ck_environment_flags_variants_are_a_list CHECK (flagtree.is_list(variants)),
  CONSTRAINT ck_environment_flags_variants_have_key_and_value CHECK (flagtree.are_variants(variants)),
  CONSTRAINT ck_environment_flags_variant_keys_are_unique CHECK (flagtree.is_unique(variants, 'key')),
  CONSTRAINT ck_environment_flags_variant_weights_are_whole CHECK (flagtree.have_whole_weights(variants))
);
CREATE INDEX ix_environment_flags_flag_id ON flagtree.environment_flags (flag_id);

COMMENT ON TABLE flagtree.environment_flags IS 'The overrides: what an environment, and so every environment below it, has differently from what it would inherit. NULL in a field means inherit.';
COMMENT ON COLUMN flagtree.environment_flags.id IS 'Made by flagtree.uuid_v7(); never changes.';
COMMENT ON COLUMN flagtree.environment_flags.environment_id IS 'The environment that overrides; never changes.';
COMMENT ON COLUMN flagtree.environment_flags.flag_id IS 'The flag that is overridden; never changes.';
COMMENT ON COLUMN flagtree.environment_flags.enabled IS 'NULL: inherit.';
COMMENT ON COLUMN flagtree.environment_flags.percentage IS '0 to 100 with at most 3 decimals. NULL: inherit.';
COMMENT ON COLUMN flagtree.environment_flags.rules IS 'Combined with the inherited rules as rules_mode says. NULL: inherit; an empty list with replace: no rules here.';
COMMENT ON COLUMN flagtree.environment_flags.rules_mode IS 'replace: discards the inherited rules; prepend, append: adds to them. Without meaning while rules is NULL.';
COMMENT ON COLUMN flagtree.environment_flags.variants IS 'All the variants, not only those that differ. NULL: inherit.';
COMMENT ON COLUMN flagtree.environment_flags.default_variant IS 'NULL: inherit.';
COMMENT ON COLUMN flagtree.environment_flags.off_variant IS 'NULL: inherit.';
COMMENT ON COLUMN flagtree.environment_flags.reason IS 'Why this environment differs.';
COMMENT ON COLUMN flagtree.environment_flags.created_at IS 'Never changes.';
COMMENT ON COLUMN flagtree.environment_flags.updated_at IS 'The last change; kept by a trigger.';
COMMENT ON COLUMN flagtree.environment_flags.version IS 'Counts the changes of this row from 1; kept by a trigger.';

CREATE TABLE flagtree.segments (
  id uuid CONSTRAINT pk_segments PRIMARY KEY DEFAULT flagtree.uuid_v7(),
  key text COLLATE "C" NOT NULL CONSTRAINT uq_segments_key UNIQUE,
  name text NOT NULL,
  description text,
  conditions jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT ck_segments_key CHECK (key ~ '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$'),
  CONSTRAINT ck_segments_name_is_not_empty CHECK (name <> ''),
  CONSTRAINT ck_segments_conditions_are_a_list CHECK (flagtree.is_list(conditions)),
  CONSTRAINT ck_segments_conditions_are_objects CHECK (flagtree.are_objects(conditions))
);

COMMENT ON TABLE flagtree.segments IS 'Named sets of conditions that rules refer to.';
COMMENT ON COLUMN flagtree.segments.id IS 'Made by flagtree.uuid_v7(); never changes.';
COMMENT ON COLUMN flagtree.segments.key IS 'The name that conditions use: ^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$, unique, never changes.';
COMMENT ON COLUMN flagtree.segments.name IS 'For people. The key, when an INSERT gives none.';
COMMENT ON COLUMN flagtree.segments.description IS 'Who is in it.';
COMMENT ON COLUMN flagtree.segments.conditions IS 'List of conditions, all of which must hold.';
COMMENT ON COLUMN flagtree.segments.created_at IS 'Never changes.';
COMMENT ON COLUMN flagtree.segments.updated_at IS 'The last change; kept by a trigger.';
COMMENT ON COLUMN flagtree.segments.version IS 'Counts the changes of this row from 1; kept by a trigger.';
