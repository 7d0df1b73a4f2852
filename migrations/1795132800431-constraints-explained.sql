-- What each constraint demands, and what to write instead: PostgreSQL tells whoever violates one its name alone.

COMMENT ON CONSTRAINT ck_audit_entries_action ON flagtree.audit_entries IS
  'The action of an entry is created, updated, deleted, archived or restored. The triggers write it: write to the audited table instead.';
COMMENT ON CONSTRAINT ck_audit_entries_before_or_after ON flagtree.audit_entries IS
  'An entry has the row before, after, or both. The triggers write it: write to the audited table instead.';
COMMENT ON CONSTRAINT ck_audit_entries_table_name ON flagtree.audit_entries IS
  'The table of an entry is a plain lower-case name. The triggers write it: write to the audited table instead.';

COMMENT ON CONSTRAINT ck_checks_context_is_an_object ON flagtree.checks IS
  'The context of a check is a JSON object: write {} for one without attributes.';
COMMENT ON CONSTRAINT ck_checks_name ON flagtree.checks IS
  'The name of a check has letters, digits, ".", "_" and "-", begins with a letter or digit, and has 100 characters at most.';

COMMENT ON CONSTRAINT ck_environment_flags_percentage_has_3_decimals ON flagtree.environment_flags IS
  'A percentage has at most three decimals: write 33.333, not 33.3333.';
COMMENT ON CONSTRAINT ck_environment_flags_percentage_is_0_to_100 ON flagtree.environment_flags IS
  'A percentage is between 0 and 100: write 12.5 for 12.5 %, not 0.125 where you mean that.';
COMMENT ON CONSTRAINT ck_environment_flags_rule_conditions_are_a_list ON flagtree.environment_flags IS
  'The conditions of each rule are a JSON list: write [] for a rule without conditions, or leave the member out.';
COMMENT ON CONSTRAINT ck_environment_flags_rule_ids_are_unique ON flagtree.environment_flags IS
  'No two rules of a list have the same id: give one of them another id.';
COMMENT ON CONSTRAINT ck_environment_flags_rules_are_a_list ON flagtree.environment_flags IS
  'Rules are a JSON list: write [] for none. SQL NULL, not JSON null, inherits.';
COMMENT ON CONSTRAINT ck_environment_flags_rules_have_an_id ON flagtree.environment_flags IS
  'Each rule is an object with an id, a text that is not empty: add "id" to it.';
COMMENT ON CONSTRAINT ck_environment_flags_variant_keys_are_unique ON flagtree.environment_flags IS
  'No two variants of a list have the same key: name one of them differently.';
COMMENT ON CONSTRAINT ck_environment_flags_variant_weights_are_whole ON flagtree.environment_flags IS
  'Weights of variants are whole numbers, 1 to 2147483647 together, or all percentages as text ("33.3 %"), exactly 100 together: take one of the two forms, or leave the weights out.';
COMMENT ON CONSTRAINT ck_environment_flags_variants_are_a_list ON flagtree.environment_flags IS
  'Variants are a JSON list: write [{"key": "on", "value": true}]. SQL NULL, not JSON null, inherits.';
COMMENT ON CONSTRAINT ck_environment_flags_variants_have_key_and_value ON flagtree.environment_flags IS
  'Each variant has a key, a text that is not empty, and a value, which may be any JSON: write "value": null for none.';
COMMENT ON CONSTRAINT ck_environment_flags_rules_mode ON flagtree.environment_flags IS
  'How own rules meet inherited ones is replace, prepend or append.';

COMMENT ON CONSTRAINT ck_environments_aliases ON flagtree.environments IS
  'Aliases are a flat list of at most 10 different names of the form of a slug, and no UUIDs: write {} for none.';
COMMENT ON CONSTRAINT ck_environments_expires_at ON flagtree.environments IS
  'When an environment expires is in the years 1 to 9999, since others could not be written as RFC 3339: write NULL for never, not infinity.';
COMMENT ON CONSTRAINT ck_environments_name_is_not_empty ON flagtree.environments IS
  'The name is not empty: write NULL or leave it out at the insert, and it is made of the slug.';
COMMENT ON CONSTRAINT ck_environments_settings_are_an_object ON flagtree.environments IS
  'Settings are a JSON object: write {} for none.';
COMMENT ON CONSTRAINT ck_environments_settings_are_small ON flagtree.environments IS
  'Settings have at most 16384 bytes as JSON without spaces, and 8 levels: keep what is larger elsewhere, and its address here.';
COMMENT ON CONSTRAINT ck_environments_settings_are_spelt_right ON flagtree.environments IS
  'The guards are spelt protected, require_approval and default_enabled: a key that differs by case, "-" or "_" alone would guard nothing.';
COMMENT ON CONSTRAINT ck_environments_settings_guards_are_booleans ON flagtree.environments IS
  'protected, require_approval and default_enabled are true or false: not a text, a number or null.';
COMMENT ON CONSTRAINT ck_environments_settings_hold_no_null ON flagtree.environments IS
  'No setting is null: take the key out, and it is inherited.';
COMMENT ON CONSTRAINT ck_environments_slug ON flagtree.environments IS
  'A slug has lower-case letters, digits, "_" and "-", begins with a letter or digit, and has 63 characters at most.';
COMMENT ON CONSTRAINT ck_environments_slug_is_no_uuid ON flagtree.environments IS
  'A slug does not look like a UUID, since environments are found by their ids too: take a name.';
COMMENT ON CONSTRAINT ck_environments_url ON flagtree.environments IS
  'An address begins with http:// or https://, has no spaces, and has 2000 characters at most: write NULL for none.';

COMMENT ON CONSTRAINT ck_flags_archived_at ON flagtree.flags IS
  'When a flag was archived is in the years 1 to 9999, since others could not be written as RFC 3339: write NULL for a flag in use, not infinity.';
COMMENT ON CONSTRAINT ck_flags_bucketing ON flagtree.flags IS
  'The algorithm of the buckets is flagd-v2, the only one that there is: leave it out.';
COMMENT ON CONSTRAINT ck_flags_expires_at ON flagtree.flags IS
  'When a flag expires is in the years 1 to 9999, since others could not be written as RFC 3339: write NULL for never, not infinity.';
COMMENT ON CONSTRAINT ck_flags_key ON flagtree.flags IS
  'The key of a flag has letters, digits, ".", "_" and "-", begins with a letter or digit, and has 255 characters at most.';
COMMENT ON CONSTRAINT ck_flags_metadata_is_flat ON flagtree.flags IS
  'Metadata are an object of texts, numbers, true and false alone, of 4096 bytes at most as JSON without spaces: write {} for none.';
COMMENT ON CONSTRAINT ck_flags_name_is_not_empty ON flagtree.flags IS
  'The name is not empty: leave it out at the insert, and it is made of the key.';
COMMENT ON CONSTRAINT ck_flags_on_missing_key ON flagtree.flags IS
  'What becomes of a context without the key that a bucket needs is error or off.';
COMMENT ON CONSTRAINT ck_flags_prerequisites_are_a_list ON flagtree.flags IS
  'Prerequisites are a JSON list: write [] for none.';
COMMENT ON CONSTRAINT ck_flags_prerequisites_have_flag_and_variants ON flagtree.flags IS
  'Each prerequisite names a flag, and variants as a list of texts: {"flag": "other", "variants": ["on"]}.';
COMMENT ON CONSTRAINT ck_flags_salt_is_not_empty ON flagtree.flags IS
  'The salt is not empty: write NULL to hash with the key of the flag.';
COMMENT ON CONSTRAINT ck_flags_tags_are_words ON flagtree.flags IS
  'Tags are a flat list of texts that are not empty: write {} for none.';
COMMENT ON CONSTRAINT ck_flags_type ON flagtree.flags IS
  'The type of a flag is boolean, string, number or json.';
COMMENT ON CONSTRAINT ck_flags_percentage_has_3_decimals ON flagtree.flags IS
  'A percentage has at most three decimals: write 33.333, not 33.3333.';
COMMENT ON CONSTRAINT ck_flags_percentage_is_0_to_100 ON flagtree.flags IS
  'A percentage is between 0 and 100: write 12.5 for 12.5 %, not 0.125 where you mean that.';
COMMENT ON CONSTRAINT ck_flags_rule_conditions_are_a_list ON flagtree.flags IS
  'The conditions of each rule are a JSON list: write [] for a rule without conditions, or leave the member out.';
COMMENT ON CONSTRAINT ck_flags_rule_ids_are_unique ON flagtree.flags IS
  'No two rules of a list have the same id: give one of them another id.';
COMMENT ON CONSTRAINT ck_flags_rules_are_a_list ON flagtree.flags IS
  'Rules are a JSON list: write [] for none.';
COMMENT ON CONSTRAINT ck_flags_rules_have_an_id ON flagtree.flags IS
  'Each rule is an object with an id, a text that is not empty: add "id" to it.';
COMMENT ON CONSTRAINT ck_flags_variant_keys_are_unique ON flagtree.flags IS
  'No two variants of a list have the same key: name one of them differently.';
COMMENT ON CONSTRAINT ck_flags_variant_weights_are_whole ON flagtree.flags IS
  'Weights of variants are whole numbers, 1 to 2147483647 together, or all percentages as text ("33.3 %"), exactly 100 together: take one of the two forms, or leave the weights out.';
COMMENT ON CONSTRAINT ck_flags_variants_are_a_list ON flagtree.flags IS
  'Variants are a JSON list: write [{"key": "on", "value": true}].';
COMMENT ON CONSTRAINT ck_flags_variants_have_key_and_value ON flagtree.flags IS
  'Each variant has a key, a text that is not empty, and a value, which may be any JSON: write "value": null for none.';

COMMENT ON CONSTRAINT ck_jobs_finished_when_over ON flagtree.jobs IS
  'A job has a time at which it finished when it succeeded, failed or was cancelled, and only then. The server writes it: cancel a job over HTTP.';
COMMENT ON CONSTRAINT ck_jobs_kind ON flagtree.jobs IS
  'A job is an import: there is no other kind.';
COMMENT ON CONSTRAINT ck_jobs_problem_when_failed ON flagtree.jobs IS
  'A job that failed says why, and no other has a problem. The server writes it: cancel a job over HTTP.';
COMMENT ON CONSTRAINT ck_jobs_status ON flagtree.jobs IS
  'A job is queued, running, succeeded, failed or cancelled. The server writes it: cancel a job over HTTP.';

COMMENT ON CONSTRAINT ck_ledger_only_row ON flagtree.ledger IS
  'The ledger has one row: do not insert another one.';

COMMENT ON CONSTRAINT ck_pipelines_direction ON flagtree.pipelines IS
  'The direction of a pipeline is any, forward or next-step.';
COMMENT ON CONSTRAINT ck_pipelines_environments_are_unique ON flagtree.pipelines IS
  'No two steps of a pipeline are in the same environment: take one of them out.';
COMMENT ON CONSTRAINT ck_pipelines_gates ON flagtree.pipelines IS
  'Each gate of a step is soak with minutes (0 to 525600), frozen-hours with timeZone and windows, reason, or has-checks: one that cannot be read would hold nobody up.';
COMMENT ON CONSTRAINT ck_pipelines_have_steps ON flagtree.pipelines IS
  'A pipeline has 2 to 50 steps.';
COMMENT ON CONSTRAINT ck_pipelines_name ON flagtree.pipelines IS
  'The name of a pipeline has lower-case letters, digits, "_" and "-", begins with a letter or digit, and has 63 characters at most.';
COMMENT ON CONSTRAINT ck_pipelines_steps_are_a_list ON flagtree.pipelines IS
  'Steps are a JSON list: write [{"environment": "staging", "gates": []}, …].';
COMMENT ON CONSTRAINT ck_pipelines_steps_have_an_environment ON flagtree.pipelines IS
  'Each step names its environment and has a list of gates: {"environment": "staging", "gates": []}.';
COMMENT ON CONSTRAINT ck_pipelines_with_values ON flagtree.pipelines IS
  'Which values may stand for the sources is restricted or any.';

COMMENT ON CONSTRAINT ck_promotions_fields_are_words ON flagtree.promotions IS
  'The fields that were promoted are a flat list of texts that are not empty: write {} for none. The server writes it: promote over HTTP.';
COMMENT ON CONSTRAINT ck_promotions_flags_are_words ON flagtree.promotions IS
  'The flags that were promoted are a flat list of texts that are not empty: write {} for none. The server writes it: promote over HTTP.';
COMMENT ON CONSTRAINT ck_promotions_keep_are_words ON flagtree.promotions IS
  'The environments that did not follow are a flat list of texts that are not empty: write {} for none. The server writes it: promote over HTTP.';
COMMENT ON CONSTRAINT ck_promotions_kind ON flagtree.promotions IS
  'A row is a promotion or a revert. The server writes it: promote over HTTP.';
COMMENT ON CONSTRAINT ck_promotions_mode ON flagtree.promotions IS
  'The mode of a promotion is resolved, override or exact. The server writes it: promote over HTTP.';
COMMENT ON CONSTRAINT ck_promotions_plan_is_an_object ON flagtree.promotions IS
  'The plan of a promotion is a JSON object. The server writes it: promote over HTTP.';
COMMENT ON CONSTRAINT ck_promotions_plan_is_whole ON flagtree.promotions IS
  'The plan of a promotion has all that a revert needs to take it back. The server writes it: promote over HTTP.';
COMMENT ON CONSTRAINT ck_promotions_revert_names_a_promotion ON flagtree.promotions IS
  'A revert names the promotion that it takes back, and nothing else does. The server writes it: revert over HTTP.';
COMMENT ON CONSTRAINT ck_promotions_targets_are_words ON flagtree.promotions IS
  'The targets of a promotion are a flat list of texts that are not empty: write {} for none. The server writes it: promote over HTTP.';
COMMENT ON CONSTRAINT ck_promotions_with_values_are_an_object ON flagtree.promotions IS
  'The values that targets got instead are a JSON object by field: write {} for none. The server writes it: promote over HTTP.';

COMMENT ON CONSTRAINT ck_segments_conditions_are_a_list ON flagtree.segments IS
  'The conditions of a segment are a JSON list: write [] for none.';
COMMENT ON CONSTRAINT ck_segments_conditions_are_objects ON flagtree.segments IS
  'Each condition of a segment is a JSON object: {"attribute": "plan", "operator": "equals", "values": ["beta"]}.';
COMMENT ON CONSTRAINT ck_segments_key ON flagtree.segments IS
  'The key of a segment has letters, digits, ".", "_" and "-", begins with a letter or digit, and has 255 characters at most.';
COMMENT ON CONSTRAINT ck_segments_name_is_not_empty ON flagtree.segments IS
  'The name is not empty: leave it out at the insert, and it is made of the key.';

COMMENT ON CONSTRAINT ck_tokens_browser_has_one_environment ON flagtree.tokens IS
  'The token of a web page is for one environment and none below it: make a token for each page, and write include_descendants false.';
COMMENT ON CONSTRAINT ck_tokens_client_names_an_environment ON flagtree.tokens IS
  'A client token names the environments that it is for: give it environment_ids. Admin tokens may have NULL, which is all of them.';
COMMENT ON CONSTRAINT ck_tokens_environment_ids_are_a_list ON flagtree.tokens IS
  'The environments of a token are a flat list of their ids, none of them NULL: find an id by its slug in environment_names.';
COMMENT ON CONSTRAINT ck_tokens_expires_at ON flagtree.tokens IS
  'When a token expires is in the years 1 to 9999, since others could not be written as RFC 3339: write NULL for never, not infinity.';
COMMENT ON CONSTRAINT ck_tokens_flag_tags_are_a_browsers ON flagtree.tokens IS
  'A browser token names at least one tag, and sees the flags that bear one of them. Other tokens see all flags: write NULL.';
COMMENT ON CONSTRAINT ck_tokens_flag_tags_are_words ON flagtree.tokens IS
  'The tags of a token are a flat list of texts that are not empty.';
COMMENT ON CONSTRAINT ck_tokens_kind ON flagtree.tokens IS
  'A token is client, which evaluates flags, browser, which stands in a web page, or admin, which manages flags.';
COMMENT ON CONSTRAINT ck_tokens_name_is_not_empty ON flagtree.tokens IS
  'The name of a token is not empty: the log tells tokens apart by it.';
COMMENT ON CONSTRAINT ck_tokens_name_is_not_reserved ON flagtree.tokens IS
  'setup and bootstrap are names of the server''s own token alone: take another name.';
COMMENT ON CONSTRAINT ck_tokens_own_is_an_unlimited_admin ON flagtree.tokens IS
  'The server''s own token is an admin of every environment: write is_own false for any other.';
COMMENT ON CONSTRAINT ck_tokens_public_id_is_not_empty ON flagtree.tokens IS
  'The part of a token that may be shown is not empty. Make tokens over HTTP, which gives them one.';
COMMENT ON CONSTRAINT ck_tokens_role ON flagtree.tokens IS
  'The role of an admin token is viewer, developer, promoter or admin.';
COMMENT ON CONSTRAINT ck_tokens_role_is_for_admin_tokens ON flagtree.tokens IS
  'Admin tokens have a role and client tokens have none: write NULL for a client.';
COMMENT ON CONSTRAINT ck_tokens_secret_sha256_has_32_bytes ON flagtree.tokens IS
  'What is kept of a secret is its SHA-256, 32 bytes: write sha256(convert_to(secret, ''UTF8'')), never the secret.';

COMMENT ON CONSTRAINT fk_checks_environment ON flagtree.checks IS
  'The environment of a check exists: find its id by its slug in environments. Checks go with it.';
COMMENT ON CONSTRAINT fk_checks_flag ON flagtree.checks IS
  'The flag of a check exists: find its id by its key in flags. Checks go with it.';

COMMENT ON CONSTRAINT fk_environment_flags_environment ON flagtree.environment_flags IS
  'The environment of an override exists: find its id by its slug in environments. Overrides go with it.';
COMMENT ON CONSTRAINT fk_environment_flags_flag ON flagtree.environment_flags IS
  'The flag of an override exists: find its id by its key in flags. Overrides go with it.';

COMMENT ON CONSTRAINT fk_environments_parent ON flagtree.environments IS
  'The parent of an environment exists, and is not deleted before its children: give the children another parent first.';

COMMENT ON CONSTRAINT fk_promotions_reverts ON flagtree.promotions IS
  'What a revert takes back is a promotion that exists: promotions are never deleted.';

COMMENT ON CONSTRAINT fk_token_usage_token ON flagtree.token_usage IS
  'The use of a token is of one that exists. The server writes it; it goes with the token.';

COMMENT ON CONSTRAINT uq_checks_flag_name ON flagtree.checks IS
  'A flag has no two checks of the same name: change the one that is there, or take another name.';

COMMENT ON CONSTRAINT uq_environment_flags_environment_flag ON flagtree.environment_flags IS
  'A flag has one override in an environment: update it, or INSERT … ON CONFLICT (environment_id, flag_id) DO UPDATE.';

COMMENT ON CONSTRAINT uq_environments_slug ON flagtree.environments IS
  'No two environments have the same slug: take another one.';

COMMENT ON CONSTRAINT uq_flags_key ON flagtree.flags IS
  'No two flags have the same key, and an archived flag keeps its own: take another key, or set archived_at of that flag to NULL.';

COMMENT ON CONSTRAINT uq_pipelines_name ON flagtree.pipelines IS
  'No two pipelines have the same name: take another one.';

COMMENT ON CONSTRAINT uq_segments_key ON flagtree.segments IS
  'No two segments have the same key: take another one.';

COMMENT ON CONSTRAINT uq_tokens_public_id ON flagtree.tokens IS
  'No two tokens have the same shown part. Make tokens over HTTP, which draws it.';
COMMENT ON CONSTRAINT uq_tokens_secret_sha256 ON flagtree.tokens IS
  'No two tokens have the same secret: draw another one.';

COMMENT ON INDEX flagtree.uq_tokens_own IS
  'One token in force is the server''s own: write is_own false for any other.';
