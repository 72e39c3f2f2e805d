-- Run once in a migrated template: keeps what the migrations put into tables, and how the tables were, for clean.sql.
CREATE SCHEMA dbtest;

-- Every object whose change would make a database unlike its template. OIDs are equal in every copy of one.
CREATE VIEW dbtest.now AS
SELECT md5(string_agg(line, E'\n' ORDER BY line)) AS sum FROM (
    SELECT 'class ' || concat_ws(' ', oid, relname, relkind, relnamespace, relchecks, relrowsecurity, relforcerowsecurity) AS line FROM pg_class WHERE oid >= 16384
    UNION ALL SELECT 'column ' || concat_ws(' ', attrelid, attnum, attname, atttypid, attnotnull, attisdropped) FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT 'default ' || concat_ws(' ', adrelid, adnum, adbin) FROM pg_attrdef WHERE oid >= 16384
    UNION ALL SELECT 'constraint ' || concat_ws(' ', oid, conname) FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT 'schema ' || concat_ws(' ', oid, nspname) FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_(toast_)?temp_'
    UNION ALL SELECT 'function ' || concat_ws(' ', oid, proname, prosrc) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'trigger ' || concat_ws(' ', oid, tgname, tgenabled) FROM pg_trigger WHERE oid >= 16384
    UNION ALL SELECT 'policy ' || concat_ws(' ', oid, polname, polrelid, polqual, polwithcheck) FROM pg_policy WHERE oid >= 16384
) AS objects
WHERE line !~ 'pg_temp';

CREATE TABLE dbtest.seeded (original TEXT, copy TEXT);

DO $$
DECLARE
    t record;
    filled boolean;
    n int := 0;
BEGIN
    FOR t IN SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
             WHERE c.relkind = 'r' AND c.oid >= 16384 AND s.nspname <> 'dbtest' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', t.name) INTO filled;
        IF filled THEN
            n := n + 1;
            EXECUTE format('CREATE TABLE dbtest.copy_%s AS TABLE %s', n, t.name);
            INSERT INTO dbtest.seeded VALUES (t.name::text, 'dbtest.copy_' || n);
        END IF;
    END LOOP;
END $$;

CREATE TABLE dbtest.was (sum TEXT);
INSERT INTO dbtest.was SELECT sum FROM dbtest.now;
-- The table just made is itself part of the sum.
UPDATE dbtest.was SET sum = (SELECT sum FROM dbtest.now);
