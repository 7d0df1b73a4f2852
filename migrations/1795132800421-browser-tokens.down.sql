SELECT set_config('flagtree.reason', 'this version knows no browser tokens', true);
DELETE FROM flagtree.tokens AS token WHERE token.kind = 'browser';
SELECT set_config('flagtree.reason', '', true);

ALTER TABLE flagtree.tokens
  DROP COLUMN flag_tags,
  DROP CONSTRAINT ck_tokens_browser_has_one_environment,
  DROP CONSTRAINT ck_tokens_kind,
  ADD CONSTRAINT ck_tokens_kind CHECK (kind IN ('client', 'admin'));
COMMENT ON COLUMN flagtree.tokens.kind IS 'client: evaluates flags. admin: manages them, as far as its role goes. Never changes.';
