DROP VIEW flagtree.environment_names;
DROP TRIGGER t7_refuse_taken_names ON flagtree.environments;
DROP FUNCTION flagtree.refuse_taken_names();
ALTER TABLE flagtree.environments
  DROP CONSTRAINT ck_environments_slug_is_no_uuid,
  DROP COLUMN url,
  DROP COLUMN aliases;
DROP FUNCTION flagtree.are_aliases(text[]);
