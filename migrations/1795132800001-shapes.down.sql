-- The schema itself stays: it holds the list of applied migrations.
DROP FUNCTION flagtree.current_actor();
DROP FUNCTION flagtree.are_words(text[]);
DROP FUNCTION flagtree.are_settings(jsonb);
DROP FUNCTION flagtree.are_prerequisites(jsonb);
DROP FUNCTION flagtree.are_objects(jsonb);
DROP FUNCTION flagtree.have_condition_lists(jsonb);
DROP FUNCTION flagtree.are_rules(jsonb);
DROP FUNCTION flagtree.have_whole_weights(jsonb);
DROP FUNCTION flagtree.are_variants(jsonb);
DROP FUNCTION flagtree.is_unique(jsonb, text);
DROP FUNCTION flagtree.every(jsonb, jsonpath);
DROP FUNCTION flagtree.is_list(jsonb);
DROP FUNCTION flagtree.uuid_v7();
