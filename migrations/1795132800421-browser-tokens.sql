-- Tokens of web pages: anybody can read them, so they see only the flags that are meant for pages.

ALTER TABLE flagtree.tokens
  ADD COLUMN flag_tags text[],
  DROP CONSTRAINT ck_tokens_kind,
  ADD CONSTRAINT ck_tokens_kind CHECK (kind IN ('client', 'browser', 'admin')),
  ADD CONSTRAINT ck_tokens_flag_tags_are_words CHECK (flagtree.are_words(flag_tags)),
  ADD CONSTRAINT ck_tokens_flag_tags_are_a_browsers CHECK ((kind = 'browser') = (coalesce(cardinality(flag_tags), 0) > 0)),
  ADD CONSTRAINT ck_tokens_browser_has_one_environment
    CHECK (kind <> 'browser' OR (cardinality(environment_ids) <= 1 AND NOT include_descendants));

COMMENT ON COLUMN flagtree.tokens.kind IS
  'client: evaluates flags. browser: stands in a web page, is no secret, and evaluates the flags with its tags. admin: manages flags, as far as its role goes. Never changes.';
COMMENT ON COLUMN flagtree.tokens.flag_tags IS 'Of a browser token: to it only the flags exist that bear one of these tags. NULL for the others, which see all.';
