-- Lets people write plain "UPDATE environment_flags …" in psql. The application names the schema and does not need it.

DO $$
DECLARE
  database record;
BEGIN
  SELECT this.datname AS name, pg_has_role(current_user, this.datdba, 'USAGE') AS is_ours,
         EXISTS (
           SELECT FROM pg_db_role_setting AS own
            WHERE own.setdatabase = this.oid AND own.setrole = 0 AND own.setconfig::text ~ 'search_path='
         ) AS has_path
    INTO database
    FROM pg_database AS this WHERE this.datname = current_database();
  IF database.is_ours AND NOT database.has_path THEN
    EXECUTE format('ALTER DATABASE %I SET search_path = "$user", public, flagtree', database.name);
  ELSE
    RAISE NOTICE 'The search_path of database % is left as it is: name the schema, as in flagtree.environment_flags, or set the path yourself',
                 database.name;
  END IF;
END $$;
