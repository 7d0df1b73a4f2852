DO $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_db_role_setting AS own JOIN pg_database AS this ON this.oid = own.setdatabase
     WHERE this.datname = current_database() AND own.setrole = 0 AND 'search_path="$user", public, flagtree' = ANY (own.setconfig)
       AND pg_has_role(current_user, this.datdba, 'USAGE')
  ) THEN
    EXECUTE format('ALTER DATABASE %I RESET search_path', current_database());
  END IF;
END $$;
