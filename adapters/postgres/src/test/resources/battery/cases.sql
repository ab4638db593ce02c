--- column-renamed | breaking | the older name is gone
-- up
ALTER TABLE orders RENAME COLUMN note TO remark;
-- down
ALTER TABLE orders RENAME COLUMN remark TO note;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;
UPDATE orders SET note = $1 WHERE id = $2;

--- column-dropped | breaking | it is read
-- up
ALTER TABLE orders DROP COLUMN note;
-- down
ALTER TABLE orders ADD COLUMN note text;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- column-dropped-unused | harmless | nothing says its name
-- up
ALTER TABLE orders DROP COLUMN payload;
-- down
ALTER TABLE orders ADD COLUMN payload jsonb;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- column-dropped-read-by-star | breaking | whole rows are read, and one of its columns is missing
-- up
ALTER TABLE orders DROP COLUMN payload;
-- down
ALTER TABLE orders ADD COLUMN payload jsonb;
-- says
SELECT * FROM orders WHERE id = $1;

--- table-renamed | breaking | the older name is gone
-- up
ALTER TABLE settings RENAME TO options;
-- down
ALTER TABLE options RENAME TO settings;
-- says
SELECT value FROM settings WHERE key = $1;

--- table-renamed-with-view | harmless | a view of the older name takes reads and writes
-- up
ALTER TABLE settings RENAME TO options; CREATE VIEW settings AS SELECT key, value FROM options; GRANT SELECT, INSERT, UPDATE, DELETE ON settings TO app;
-- down
DROP VIEW settings; ALTER TABLE options RENAME TO settings;
-- says
SELECT value FROM settings WHERE key = $1;
UPDATE settings SET value = $2 WHERE key = $1;

--- table-renamed-with-view-without-rights | breaking | nobody granted the view
-- up
ALTER TABLE settings RENAME TO options; CREATE VIEW settings AS SELECT key, value FROM options;
-- down
DROP VIEW settings; ALTER TABLE options RENAME TO settings;
-- says
SELECT value FROM settings WHERE key = $1;

--- renamed-behind-view-new-required | breaking | the view lets the insert through, and the table refuses it
-- up
ALTER TABLE settings RENAME TO options; ALTER TABLE options ADD COLUMN owner text NOT NULL; CREATE VIEW settings AS SELECT key, value FROM options; GRANT ALL ON settings TO app;
-- down
DROP VIEW settings; ALTER TABLE options DROP COLUMN owner; ALTER TABLE options RENAME TO settings;
-- says
INSERT INTO settings (key, value) VALUES ($1, $2);

--- table-dropped | breaking | it is read
-- up
DROP TABLE settings;
-- down
CREATE TABLE settings (key text PRIMARY KEY, value text); GRANT SELECT, INSERT, UPDATE, DELETE ON settings TO app;
-- says
SELECT value FROM settings WHERE key = $1;

--- table-dropped-unused | harmless | nothing says its name
-- up
DROP TABLE settings;
-- down
CREATE TABLE settings (key text PRIMARY KEY, value text); GRANT SELECT, INSERT, UPDATE, DELETE ON settings TO app;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- column-added-nullable | harmless | stays empty
-- up
ALTER TABLE orders ADD COLUMN channel text;
-- down
ALTER TABLE orders DROP COLUMN channel;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;
SELECT * FROM orders WHERE id = $1;

--- column-added-required | breaking | inserts leave it empty
-- up
ALTER TABLE orders ADD COLUMN channel text NOT NULL;
-- down
ALTER TABLE orders DROP COLUMN channel;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- column-added-required-default | harmless | fills itself
-- up
ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'web';
-- down
ALTER TABLE orders DROP COLUMN channel;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- column-added-default-then-dropped | breaking | the default was only for old rows
-- up
ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'web'; ALTER TABLE orders ALTER COLUMN channel DROP DEFAULT;
-- down
ALTER TABLE orders DROP COLUMN channel;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- column-added-required-table-only-read | harmless | nothing inserts there
-- up
ALTER TABLE settings ADD COLUMN owner text NOT NULL DEFAULT 'x'; ALTER TABLE settings ALTER COLUMN owner DROP DEFAULT;
-- down
ALTER TABLE settings DROP COLUMN owner;
-- says
SELECT value FROM settings WHERE key = $1;

--- column-added-serial-without-grant | breaking | no right on the new sequence
-- up
ALTER TABLE orders ADD COLUMN number bigserial;
-- down
ALTER TABLE orders DROP COLUMN number;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- column-added-identity | harmless | an identity needs no right
-- up
ALTER TABLE orders ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;
-- down
ALTER TABLE orders DROP COLUMN number;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- insert-by-position-column-added | harmless | fewer values than columns are fine
-- up
ALTER TABLE settings ADD COLUMN owner text;
-- down
ALTER TABLE settings DROP COLUMN owner;
-- says
INSERT INTO settings VALUES ($1, $2);

--- insert-by-position-reordered | breaking | values land in other columns
-- up
ALTER TABLE settings DROP COLUMN value; ALTER TABLE settings ADD COLUMN owner text; ALTER TABLE settings ADD COLUMN value text;
-- down
ALTER TABLE settings DROP COLUMN owner;
-- says
INSERT INTO settings VALUES ($1, $2);

--- not-null-added | breaking | the older release may write nothing
-- up
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
-- down
ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- not-null-added-omitted | breaking | inserts leave it empty
-- up
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
-- down
ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- not-null-added-with-default-never-written | harmless | the default fills it, and nobody writes it
-- up
ALTER TABLE orders ALTER COLUMN note SET DEFAULT '', ALTER COLUMN note SET NOT NULL;
-- down
ALTER TABLE orders ALTER COLUMN note DROP DEFAULT, ALTER COLUMN note DROP NOT NULL;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- not-null-after-check | harmless | a CHECK demanded it before
-- before
ALTER TABLE orders ADD CONSTRAINT payload_there CHECK (payload IS NOT NULL);
-- up
ALTER TABLE orders ALTER COLUMN payload SET NOT NULL; ALTER TABLE orders DROP CONSTRAINT payload_there;
-- down
ALTER TABLE orders ADD CONSTRAINT payload_there CHECK (payload IS NOT NULL); ALTER TABLE orders ALTER COLUMN payload DROP NOT NULL;
-- says
INSERT INTO orders (customer, total, payload) VALUES ($1, $2, $3);

--- not-null-dropped | harmless | looser
-- up
ALTER TABLE orders ALTER COLUMN code DROP NOT NULL;
-- down
ALTER TABLE orders ALTER COLUMN code SET NOT NULL;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;
SELECT code FROM orders WHERE id = $1;

--- default-dropped | breaking | inserts relied on it
-- up
ALTER TABLE orders ALTER COLUMN qty DROP DEFAULT;
-- down
ALTER TABLE orders ALTER COLUMN qty SET DEFAULT 1;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- default-dropped-always-written | harmless | every insert gives a value
-- up
ALTER TABLE orders ALTER COLUMN qty DROP DEFAULT;
-- down
ALTER TABLE orders ALTER COLUMN qty SET DEFAULT 1;
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- identity-dropped | breaking | nobody numbers the rows
-- up
ALTER TABLE customers ALTER COLUMN id DROP IDENTITY;
-- down
ALTER TABLE customers ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
-- says
INSERT INTO customers (email, name) VALUES ($1, $2);

--- identity-always | breaking | the older release gives the number itself
-- up
ALTER TABLE customers ALTER COLUMN id SET GENERATED ALWAYS;
-- down
ALTER TABLE customers ALTER COLUMN id SET GENERATED BY DEFAULT;
-- says
INSERT INTO customers (id, email, name) VALUES ($1, $2, $3);

--- type-int-to-bigint | harmless | wider
-- up
ALTER TABLE orders ALTER COLUMN qty TYPE bigint;
-- down
ALTER TABLE orders ALTER COLUMN qty TYPE int;
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);
SELECT qty FROM orders WHERE qty > $1;

--- type-varchar-wider | harmless | wider
-- up
ALTER TABLE orders ALTER COLUMN code TYPE varchar(60);
-- down
ALTER TABLE orders ALTER COLUMN code TYPE varchar(20);
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- type-varchar-to-text | harmless | wider
-- up
ALTER TABLE orders ALTER COLUMN code TYPE text;
-- down
ALTER TABLE orders ALTER COLUMN code TYPE varchar(20);
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);
SELECT id FROM orders WHERE code = $1;

--- type-varchar-narrower | breaking | longer values are refused
-- up
ALTER TABLE orders ALTER COLUMN code TYPE varchar(8);
-- down
ALTER TABLE orders ALTER COLUMN code TYPE varchar(20);
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- type-varchar-narrower-only-read | harmless | nobody writes it
-- up
ALTER TABLE customers ALTER COLUMN phone TYPE varchar(15);
-- down
ALTER TABLE customers ALTER COLUMN phone TYPE varchar(20);
-- says
SELECT phone FROM customers WHERE id = $1;

--- type-numeric-wider | harmless | wider
-- before
DROP MATERIALIZED VIEW sales; DROP VIEW open_orders;
-- up
ALTER TABLE orders ALTER COLUMN total TYPE numeric(14,2);
-- down
ALTER TABLE orders ALTER COLUMN total TYPE numeric(10,2);
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- type-numeric-narrower | breaking | large amounts are refused
-- before
DROP MATERIALIZED VIEW sales; DROP VIEW open_orders;
-- up
ALTER TABLE orders ALTER COLUMN total TYPE numeric(6,2);
-- down
ALTER TABLE orders ALTER COLUMN total TYPE numeric(10,2);
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- type-text-to-int | breaking | texts are refused
-- up
ALTER TABLE orders ALTER COLUMN note TYPE int USING note::int;
-- down
ALTER TABLE orders ALTER COLUMN note TYPE text;
-- says
UPDATE orders SET note = $1 WHERE id = $2;

--- type-int-to-text | breaking | numbers no longer compare
-- up
ALTER TABLE orders ALTER COLUMN qty DROP DEFAULT; ALTER TABLE orders DROP CONSTRAINT orders_qty_check; ALTER TABLE orders ALTER COLUMN qty TYPE text; ALTER TABLE orders ALTER COLUMN qty SET DEFAULT '1';
-- down
ALTER TABLE orders ALTER COLUMN qty DROP DEFAULT; ALTER TABLE orders ALTER COLUMN qty TYPE int USING qty::int; ALTER TABLE orders ALTER COLUMN qty SET DEFAULT 1; ALTER TABLE orders ADD CONSTRAINT orders_qty_check CHECK (qty BETWEEN 1 AND 100);
-- says
SELECT sum(qty) FROM orders;

--- type-timestamptz-to-timestamp | breaking | times shift with the zone
-- up
ALTER TABLE customers ALTER COLUMN created TYPE timestamp;
-- down
ALTER TABLE customers ALTER COLUMN created TYPE timestamptz;
-- says
SELECT created FROM customers WHERE id = $1;

--- type-bigint-to-uuid | breaking | another key
-- up
ALTER TABLE settings ADD COLUMN id uuid DEFAULT gen_random_uuid(); ALTER TABLE settings DROP COLUMN value; ALTER TABLE settings ADD COLUMN value uuid;
-- down
ALTER TABLE settings DROP COLUMN id; ALTER TABLE settings DROP COLUMN value; ALTER TABLE settings ADD COLUMN value text;
-- says
UPDATE settings SET value = $1 WHERE key = $2;

--- type-json-to-jsonb-only-index | harmless | an index serves, and changes nothing
-- up
CREATE INDEX orders_payload ON orders USING gin (payload);
-- down
DROP INDEX orders_payload;
-- says
SELECT id FROM orders WHERE payload @> $1;

--- enum-label-added | harmless | a label more
-- up
ALTER TYPE state ADD VALUE 'returned';
-- down
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;
UPDATE orders SET state = $1 WHERE id = $2;

--- enum-label-renamed | breaking | the older label is refused
-- up
ALTER TYPE state RENAME VALUE 'sent' TO 'shipped';
-- down
ALTER TYPE state RENAME VALUE 'shipped' TO 'sent';
-- says
UPDATE orders SET state = $1 WHERE id = $2;

--- enum-label-removed | breaking | the older label is refused
-- up
DROP VIEW open_orders; ALTER TYPE state RENAME TO state_old; CREATE TYPE state AS ENUM ('new', 'paid'); ALTER TABLE orders ALTER COLUMN state DROP DEFAULT; ALTER TABLE orders ALTER COLUMN state TYPE state USING state::text::state; ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'new'; DROP TYPE state_old;
-- down
-- says
UPDATE orders SET state = $1 WHERE id = $2;

--- enum-to-text | harmless | every label is a text
-- up
DROP VIEW open_orders; ALTER TABLE orders ALTER COLUMN state DROP DEFAULT; ALTER TABLE orders ALTER COLUMN state TYPE text; ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'new';
-- down
-- says
UPDATE orders SET state = $1 WHERE id = $2;
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- check-added | breaking | values may not pass
-- up
ALTER TABLE orders ADD CONSTRAINT small CHECK (total < 1000);
-- down
ALTER TABLE orders DROP CONSTRAINT small;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- check-added-not-valid | breaking | NOT VALID checks new rows all the same
-- up
ALTER TABLE orders ADD CONSTRAINT noted CHECK (note <> '') NOT VALID;
-- down
ALTER TABLE orders DROP CONSTRAINT noted;
-- says
UPDATE orders SET note = $1 WHERE id = $2;

--- check-on-new-column | harmless | NULL passes
-- up
ALTER TABLE orders ADD COLUMN weight int CHECK (weight > 0);
-- down
ALTER TABLE orders DROP COLUMN weight;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- check-loosened-list | harmless | a value more
-- up
ALTER TABLE orders DROP CONSTRAINT kind_known; ALTER TABLE orders ADD CONSTRAINT kind_known CHECK (kind IN ('web', 'shop', 'phone'));
-- down
ALTER TABLE orders DROP CONSTRAINT kind_known; ALTER TABLE orders ADD CONSTRAINT kind_known CHECK (kind IN ('web', 'shop'));
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- check-tightened-list | breaking | a value less
-- up
ALTER TABLE orders DROP CONSTRAINT kind_known; ALTER TABLE orders ADD CONSTRAINT kind_known CHECK (kind IN ('web'));
-- down
ALTER TABLE orders DROP CONSTRAINT kind_known; ALTER TABLE orders ADD CONSTRAINT kind_known CHECK (kind IN ('web', 'shop'));
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- check-loosened-bound | harmless | a wider bound
-- up
ALTER TABLE orders DROP CONSTRAINT orders_qty_check; ALTER TABLE orders ADD CONSTRAINT orders_qty_check CHECK (qty BETWEEN 1 AND 1000);
-- down
ALTER TABLE orders DROP CONSTRAINT orders_qty_check; ALTER TABLE orders ADD CONSTRAINT orders_qty_check CHECK (qty BETWEEN 1 AND 100);
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- check-tightened-bound | breaking | a narrower bound
-- up
ALTER TABLE orders DROP CONSTRAINT orders_qty_check; ALTER TABLE orders ADD CONSTRAINT orders_qty_check CHECK (qty BETWEEN 1 AND 10);
-- down
ALTER TABLE orders DROP CONSTRAINT orders_qty_check; ALTER TABLE orders ADD CONSTRAINT orders_qty_check CHECK (qty BETWEEN 1 AND 100);
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- check-dropped | harmless | looser
-- up
ALTER TABLE orders DROP CONSTRAINT kind_known;
-- down
ALTER TABLE orders ADD CONSTRAINT kind_known CHECK (kind IN ('web', 'shop'));
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- check-jsonb-shape | breaking | the older release writes another shape
-- up
ALTER TABLE orders ADD CONSTRAINT shaped CHECK (payload ? 'version');
-- down
ALTER TABLE orders DROP CONSTRAINT shaped;
-- says
UPDATE orders SET payload = $1 WHERE id = $2;

--- unique-added | breaking | the same value twice is refused
-- up
ALTER TABLE customers ADD CONSTRAINT phone_once UNIQUE (phone);
-- down
ALTER TABLE customers DROP CONSTRAINT phone_once;
-- says
UPDATE customers SET phone = $1 WHERE id = $2;

--- unique-index-added | breaking | the same value twice is refused
-- up
CREATE UNIQUE INDEX name_once ON customers (lower(name));
-- down
DROP INDEX name_once;
-- says
INSERT INTO customers (email, name) VALUES ($1, $2);

--- unique-covered | harmless | an older key already made it unique
-- up
CREATE UNIQUE INDEX email_tenant ON customers (email, tenant);
-- down
DROP INDEX email_tenant;
-- says
INSERT INTO customers (email, name) VALUES ($1, $2);

--- unique-on-new-column | harmless | many rows may have none
-- up
ALTER TABLE customers ADD COLUMN slug text UNIQUE;
-- down
ALTER TABLE customers DROP COLUMN slug;
-- says
INSERT INTO customers (email, name) VALUES ($1, $2);

--- unique-on-new-default | breaking | every new row gets the same value
-- up
ALTER TABLE customers ADD COLUMN slug text DEFAULT 'none'; CREATE UNIQUE INDEX slug_once ON customers (slug);
-- down
ALTER TABLE customers DROP COLUMN slug;
-- says
INSERT INTO customers (email, name) VALUES ($1, $2);

--- unique-dropped-on-conflict | breaking | ON CONFLICT needs it
-- up
ALTER TABLE settings DROP CONSTRAINT settings_pkey;
-- down
ALTER TABLE settings ADD PRIMARY KEY (key);
-- says
INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

--- primary-key-dropped-group-by | breaking | grouping by the key alone needs the key
-- up
ALTER TABLE orders DROP CONSTRAINT orders_customer_fkey; ALTER TABLE customers DROP CONSTRAINT customers_pkey;
-- down
ALTER TABLE customers ADD PRIMARY KEY (id); ALTER TABLE orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES customers;
-- says
SELECT c.id, c.name, count(*) FROM customers c JOIN orders o ON o.customer = c.id GROUP BY c.id;

--- exclusion-added | breaking | overlapping rows are refused
-- up
ALTER TABLE orders ADD CONSTRAINT once EXCLUDE USING btree (code WITH =);
-- down
ALTER TABLE orders DROP CONSTRAINT once;
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- index-added | harmless | only faster
-- up
CREATE INDEX orders_note ON orders (note);
-- down
DROP INDEX orders_note;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- index-added-concurrently | harmless | only faster
-- up
CREATE INDEX CONCURRENTLY orders_note ON orders (note);
-- down
DROP INDEX CONCURRENTLY orders_note;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- index-dropped | harmless | only slower
-- up
DROP INDEX orders_customer;
-- down
CREATE INDEX orders_customer ON orders (customer);
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- index-on-failing-expression | breaking | a note that is no number is refused
-- up
CREATE INDEX by_weight ON orders (((payload ->> 'weight')::int));
-- down
DROP INDEX by_weight;
-- says
UPDATE orders SET payload = $1 WHERE id = $2;

--- foreign-key-added | breaking | what is written must exist elsewhere
-- up
CREATE TABLE kinds (kind text PRIMARY KEY); ALTER TABLE orders ADD CONSTRAINT kind_exists FOREIGN KEY (kind) REFERENCES kinds NOT VALID;
-- down
ALTER TABLE orders DROP CONSTRAINT kind_exists; DROP TABLE kinds;
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- foreign-key-on-new-column | harmless | stays empty
-- up
CREATE TABLE shops (id int PRIMARY KEY); ALTER TABLE orders ADD COLUMN shop int REFERENCES shops;
-- down
ALTER TABLE orders DROP COLUMN shop; DROP TABLE shops;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- foreign-key-from-new-table | harmless | nothing deletes what is pointed to
-- up
CREATE TABLE refunds (id int PRIMARY KEY, orderid bigint REFERENCES orders);
-- down
DROP TABLE refunds;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- foreign-key-from-new-table-deleted | breaking | what is pointed to can no longer be deleted
-- up
CREATE TABLE cards (id int PRIMARY KEY, customer bigint REFERENCES customers);
-- down
DROP TABLE cards;
-- says
DELETE FROM customers WHERE id = $1;

--- foreign-key-cascade-from-new-table | harmless | goes with what it points to
-- up
CREATE TABLE cards (id int PRIMARY KEY, customer bigint REFERENCES customers ON DELETE CASCADE);
-- down
DROP TABLE cards;
-- says
DELETE FROM customers WHERE id = $1;

--- trigger-raises | breaking | it refuses rows
-- up
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.total > 500 THEN RAISE EXCEPTION 'too much'; END IF; RETURN NEW; END $$; CREATE TRIGGER guard BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION guard();
-- down
DROP TRIGGER guard ON orders; DROP FUNCTION guard();
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- trigger-sets-updated | harmless | it sets a time
-- up
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated := now(); RETURN NEW; END $$; CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
-- down
DROP TRIGGER touch ON orders; DROP FUNCTION touch();
-- says
UPDATE orders SET note = $1 WHERE id = $2;

--- trigger-audit-with-rights | harmless | it writes elsewhere, and may
-- up
CREATE TABLE audit (id bigserial, what text); GRANT INSERT ON audit TO app; GRANT USAGE ON audit_id_seq TO app; CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit (what) VALUES (TG_OP); RETURN NULL; END $$; CREATE TRIGGER audit AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION audit();
-- down
DROP TRIGGER audit ON orders; DROP FUNCTION audit(); DROP TABLE audit;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;
UPDATE orders SET note = $1 WHERE id = $2;

--- trigger-audit-without-rights | breaking | the application may not write there
-- up
CREATE TABLE audit (what text); CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit (what) VALUES (TG_OP); RETURN NULL; END $$; CREATE TRIGGER audit AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION audit();
-- down
DROP TRIGGER audit ON orders; DROP FUNCTION audit(); DROP TABLE audit;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- trigger-swallows | breaking | it drops rows
-- up
CREATE FUNCTION archive() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; CREATE TRIGGER archive BEFORE DELETE ON customers FOR EACH ROW EXECUTE FUNCTION archive();
-- down
DROP TRIGGER archive ON customers; DROP FUNCTION archive();
-- says
DELETE FROM customers WHERE id = $1;

--- trigger-keeps-new-column | harmless | it fills a new column from an old one
-- up
ALTER TABLE customers ADD COLUMN name_lower text; CREATE FUNCTION low() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name_lower := lower(NEW.name); RETURN NEW; END $$; CREATE TRIGGER low BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION low();
-- down
DROP TRIGGER low ON customers; DROP FUNCTION low(); ALTER TABLE customers DROP COLUMN name_lower;
-- says
INSERT INTO customers (email, name) VALUES ($1, $2);

--- trigger-changes-old-column | breaking | what was written is not what is there
-- up
CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name = upper(NEW.name); RETURN NEW; END $$; CREATE TRIGGER up BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION up();
-- down
DROP TRIGGER up ON customers; DROP FUNCTION up();
-- says
INSERT INTO customers (email, name) VALUES ($1, $2);

--- row-security-on | breaking | no policy lets it see anything
-- up
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
-- down
ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- row-security-by-setting | breaking | the older release never sets the tenant
-- up
ALTER TABLE customers ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON customers USING (tenant = current_setting('app.tenant')::int);
-- down
DROP POLICY own ON customers; ALTER TABLE customers DISABLE ROW LEVEL SECURITY;
-- says
SELECT id, email, name FROM customers WHERE email = $1;

--- row-security-open | harmless | a policy lets everyone do everything
-- up
ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY everyone ON orders USING (true) WITH CHECK (true);
-- down
DROP POLICY everyone ON orders; ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- row-security-new-table | harmless | the older release does not know the table
-- up
CREATE TABLE secrets (id int); ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
-- down
DROP TABLE secrets;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- function-argument-added | breaking | no function of the older shape
-- up
DROP FUNCTION gross(numeric); CREATE FUNCTION gross(net numeric, rate numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT net * rate';
-- down
DROP FUNCTION gross(numeric, numeric); CREATE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT net * 1.19';
-- says
SELECT gross(total) FROM orders WHERE id = $1;

--- function-argument-with-default | harmless | the older call still fits
-- up
DROP FUNCTION gross(numeric); CREATE FUNCTION gross(net numeric, rate numeric DEFAULT 1.19) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT net * rate';
-- down
DROP FUNCTION gross(numeric, numeric); CREATE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT net * 1.19';
-- says
SELECT gross(total) FROM orders WHERE id = $1;

--- function-returns-other-type | breaking | what comes back is no number
-- up
DROP FUNCTION gross(numeric); CREATE FUNCTION gross(net numeric) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT (net * 1.19)::text';
-- down
DROP FUNCTION gross(text);
-- says
SELECT gross(total) FROM orders WHERE id = $1;

--- function-body-changed | breaking | it computes something else
-- up
CREATE OR REPLACE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT net * 1.07';
-- down
CREATE OR REPLACE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT net * 1.19';
-- says
SELECT gross(total) FROM orders WHERE id = $1;

--- function-body-reformatted | harmless | the same in other words
-- up
CREATE OR REPLACE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS '-- with tax
 SELECT  net * 1.19';
-- down
CREATE OR REPLACE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT net * 1.19';
-- says
SELECT gross(total) FROM orders WHERE id = $1;

--- function-changed-unused | harmless | nothing calls it
-- up
CREATE OR REPLACE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT net * 1.07';
-- down
CREATE OR REPLACE FUNCTION gross(net numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT net * 1.19';
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- function-names-dropped-column | breaking | its body is read when it runs
-- up
ALTER TABLE orders DROP COLUMN note;
-- down
ALTER TABLE orders ADD COLUMN note text;
-- says
SELECT place($1, $2);

--- view-gains-column | harmless | one more at the end
-- up
CREATE OR REPLACE VIEW open_orders AS SELECT id, customer, total, note FROM orders WHERE state = 'new';
-- down
DROP VIEW open_orders; CREATE VIEW open_orders AS SELECT id, customer, total FROM orders WHERE state = 'new';
-- says
SELECT * FROM open_orders WHERE customer = $1;

--- view-loses-column | breaking | it is read
-- up
DROP VIEW open_orders; CREATE VIEW open_orders AS SELECT id, customer FROM orders WHERE state = 'new'; GRANT SELECT ON open_orders TO app;
-- down
DROP VIEW open_orders; CREATE VIEW open_orders AS SELECT id, customer, total FROM orders WHERE state = 'new';
-- says
SELECT total FROM open_orders WHERE customer = $1;

--- view-loses-column-star | breaking | whole rows are read
-- up
DROP VIEW open_orders; CREATE VIEW open_orders AS SELECT id, customer FROM orders WHERE state = 'new'; GRANT SELECT ON open_orders TO app;
-- down
DROP VIEW open_orders; CREATE VIEW open_orders AS SELECT id, customer, total FROM orders WHERE state = 'new';
-- says
SELECT * FROM open_orders WHERE customer = $1;

--- view-other-rows | breaking | it means something else
-- up
CREATE OR REPLACE VIEW open_orders AS SELECT id, customer, total FROM orders WHERE state = 'paid';
-- down
CREATE OR REPLACE VIEW open_orders AS SELECT id, customer, total FROM orders WHERE state = 'new';
-- says
SELECT id FROM open_orders WHERE customer = $1;

--- view-made-again-without-rights | breaking | rights went with the older one
-- up
DROP VIEW open_orders; CREATE VIEW open_orders AS SELECT id, customer, total FROM orders WHERE state = 'new';
-- down
GRANT SELECT, INSERT, UPDATE, DELETE ON open_orders TO app;
-- says
SELECT id FROM open_orders WHERE customer = $1;

--- generated-column-added | harmless | computed from what is there
-- up
ALTER TABLE orders ADD COLUMN sum numeric GENERATED ALWAYS AS (total * qty) STORED;
-- down
ALTER TABLE orders DROP COLUMN sum;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- generated-column-failing | breaking | what is no number is refused
-- up
ALTER TABLE orders ADD COLUMN weight int GENERATED ALWAYS AS ((payload ->> 'weight')::int) STORED;
-- down
ALTER TABLE orders DROP COLUMN weight;
-- says
UPDATE orders SET payload = $1 WHERE id = $2;

--- column-becomes-generated | breaking | nobody may write it
-- up
ALTER TABLE orders DROP COLUMN code; ALTER TABLE orders ADD COLUMN code text GENERATED ALWAYS AS (upper(kind)) STORED;
-- down
-- says
INSERT INTO orders (customer, total, note, code, qty, kind) VALUES ($1, $2, $3, $4, $5, $6);

--- partition-detached | breaking | its rows are gone from the whole
-- up
ALTER TABLE events DETACH PARTITION events_2025;
-- down
ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- says
SELECT what FROM events WHERE at = $1;
INSERT INTO events (id, at, what) VALUES ($1, $2, $3);

--- partition-bounds-narrower | breaking | rows without a place are refused
-- up
ALTER TABLE events DETACH PARTITION events_2026; ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
-- down
ALTER TABLE events DETACH PARTITION events_2026; ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- says
INSERT INTO events (id, at, what) VALUES ($1, $2, $3);

--- partition-added | harmless | more room
-- up
CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
-- down
DROP TABLE events_2027;
-- says
INSERT INTO events (id, at, what) VALUES ($1, $2, $3);

--- sequence-max-lowered | breaking | numbers run out
-- up
ALTER SEQUENCE invoice_no MAXVALUE 1000;
-- down
ALTER SEQUENCE invoice_no NO MAXVALUE;
-- says
SELECT nextval('invoice_no');

--- sequence-max-raised | harmless | more numbers
-- before
ALTER SEQUENCE invoice_no MAXVALUE 1000;
-- up
ALTER SEQUENCE invoice_no MAXVALUE 100000;
-- down
ALTER SEQUENCE invoice_no MAXVALUE 1000;
-- says
SELECT nextval('invoice_no');

--- sequence-increment | breaking | blocks of numbers overlap
-- up
ALTER SEQUENCE invoice_no INCREMENT 50;
-- down
ALTER SEQUENCE invoice_no INCREMENT 1;
-- says
SELECT nextval('invoice_no');

--- right-revoked | breaking | it may no longer write
-- up
REVOKE UPDATE ON orders FROM app;
-- down
GRANT UPDATE ON orders TO app;
-- says
UPDATE orders SET note = $1 WHERE id = $2;

--- right-revoked-unused | harmless | it never deletes
-- up
REVOKE DELETE ON orders FROM app;
-- down
GRANT DELETE ON orders TO app;
-- says
UPDATE orders SET note = $1 WHERE id = $2;
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- right-revoked-from-others | harmless | not the application
-- before
GRANT SELECT ON orders TO reader;
-- up
REVOKE SELECT ON orders FROM reader;
-- down
GRANT SELECT ON orders TO reader;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- sequence-right-revoked | breaking | the default needs it
-- up
REVOKE USAGE ON SEQUENCE orders_id_seq FROM app;
-- down
GRANT USAGE ON SEQUENCE orders_id_seq TO app;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;

--- schema-right-revoked | breaking | it may not enter
-- up
REVOKE USAGE ON SCHEMA public FROM app, PUBLIC;
-- down
GRANT USAGE ON SCHEMA public TO app, PUBLIC;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- table-moved-to-schema | breaking | it is not where names are looked for
-- up
CREATE SCHEMA sales; ALTER TABLE settings SET SCHEMA sales;
-- down
ALTER TABLE sales.settings SET SCHEMA public; DROP SCHEMA sales;
-- says
SELECT value FROM settings WHERE key = $1;

--- table-moved-with-search-path | harmless | names are looked for there too
-- up
CREATE SCHEMA sales; GRANT USAGE ON SCHEMA sales TO app; ALTER TABLE settings SET SCHEMA sales; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, sales', current_database()); END $$;
-- down
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET search_path', current_database()); END $$; ALTER TABLE sales.settings SET SCHEMA public; DROP SCHEMA sales;
-- says
SELECT value FROM settings WHERE key = $1;

--- domain-check-added | breaking | values may not pass
-- up
ALTER DOMAIN mail ADD CONSTRAINT short CHECK (length(VALUE) < 50);
-- down
ALTER DOMAIN mail DROP CONSTRAINT short;
-- says
INSERT INTO customers (email, name) VALUES ($1, $2);

--- domain-check-added-only-read | harmless | nobody writes it
-- up
ALTER DOMAIN mail ADD CONSTRAINT short CHECK (length(VALUE) < 50);
-- down
ALTER DOMAIN mail DROP CONSTRAINT short;
-- says
SELECT id, email, name FROM customers WHERE email = $1;

--- collation-changed | harmless | only the order changes
-- up
ALTER TABLE settings ALTER COLUMN value TYPE text COLLATE "POSIX";
-- down
ALTER TABLE settings ALTER COLUMN value TYPE text;
-- says
SELECT value FROM settings WHERE key = $1;

--- materialised-view-unique-dropped | breaking | it can no longer be refreshed beside readers
-- before
ALTER MATERIALIZED VIEW sales OWNER TO app; GRANT CREATE ON SCHEMA public TO app;
-- up
DROP INDEX sales_customer;
-- down
CREATE UNIQUE INDEX sales_customer ON sales (customer);
-- says
REFRESH MATERIALIZED VIEW CONCURRENTLY sales;

--- cast-dropped | breaking | the statement relied on it
-- before
CREATE FUNCTION rank(state) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE CAST (state AS integer) WITH FUNCTION rank(state);
-- up
DROP CAST (state AS integer);
-- down
-- says
SELECT state::integer FROM orders WHERE id = $1;

--- operator-dropped | breaking | the statement relied on it
-- before
CREATE FUNCTION same(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT lower($1) = lower($2)'; CREATE OPERATOR ~~~ (FUNCTION = same, LEFTARG = text, RIGHTARG = text);
-- up
DROP OPERATOR ~~~ (text, text);
-- down
CREATE OPERATOR ~~~ (FUNCTION = same, LEFTARG = text, RIGHTARG = text);
-- says
SELECT id FROM orders WHERE note ~~~ $1;

--- table-split | breaking | a column lives elsewhere now
-- up
CREATE TABLE contacts (customer bigint PRIMARY KEY REFERENCES customers, phone varchar(20)); INSERT INTO contacts SELECT id, phone FROM customers; ALTER TABLE customers DROP COLUMN phone;
-- down
ALTER TABLE customers ADD COLUMN phone varchar(20); UPDATE customers c SET phone = x.phone FROM contacts x WHERE x.customer = c.id; DROP TABLE contacts;
-- says
SELECT phone FROM customers WHERE id = $1;

--- values-rewritten | breaking | the older release looks for other values
-- up
ALTER TABLE orders DROP CONSTRAINT kind_known; UPDATE orders SET kind = upper(kind);
-- down
UPDATE orders SET kind = lower(kind); ALTER TABLE orders ADD CONSTRAINT kind_known CHECK (kind IN ('web', 'shop'));
-- says
SELECT id FROM orders WHERE kind = $1;

--- new-column-filled | harmless | only a new column is filled
-- up
ALTER TABLE orders ADD COLUMN channel text; UPDATE orders SET channel = kind;
-- down
ALTER TABLE orders DROP COLUMN channel;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- table-added | harmless | the older release does not know it
-- up
CREATE TABLE coupons (id bigserial PRIMARY KEY, code text NOT NULL UNIQUE CHECK (code <> ''));
-- down
DROP TABLE coupons;
-- says
INSERT INTO orders (customer, total) VALUES ($1, $2) RETURNING id;
SELECT id, state, total, note FROM orders WHERE customer = $1;
INSERT INTO customers (email, name) VALUES ($1, $2);

--- comment-added | harmless | nobody reads it
-- up
COMMENT ON TABLE orders IS 'what people want';
-- down
COMMENT ON TABLE orders IS NULL;
-- says
SELECT id, state, total, note FROM orders WHERE customer = $1;

--- composite-type-changed | breaking | a row of it has another shape
-- before
CREATE TYPE address AS (street text, zip text);
-- up
ALTER TYPE address DROP ATTRIBUTE zip;
-- down
ALTER TYPE address ADD ATTRIBUTE zip text;
-- says
SELECT ROW($1, $2)::address;

--- email-citext | breaking | two spellings of one address are one now
-- up
CREATE EXTENSION citext; ALTER TABLE customers ALTER COLUMN email TYPE citext;
-- down
ALTER TABLE customers ALTER COLUMN email TYPE mail; DROP EXTENSION citext;
-- says
INSERT INTO customers (email, name) VALUES ($1, $2);
