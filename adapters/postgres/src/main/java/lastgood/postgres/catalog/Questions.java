package lastgood.postgres.catalog;

import java.util.LinkedHashMap;
import java.util.Map;
import lastgood.core.schema.Item.Kind;

/// What is asked of `pg_catalog`: one query for each kind of thing, whatever their number. Columns called `path1`,
/// `path2`, `path3` are the name, each other column is a fact; null and false are absent.
///
/// Nothing that differs between two databases with the same schema may come in: no object numbers, no names that the
/// server made up, no order of rows. Written for PostgreSQL 13 and later.
final class Questions {

    /// Whatever we keep in a database ourselves.
    static final String OURS = "lastgood";

    private static final String PUBLIC_SCHEMAS = """
            n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', '%s')
              AND n.nspname !~ '^pg_(temp|toast_temp)_'""".formatted(OURS);

    private Questions() {}

    private static String notOfAnExtension(String catalog, String alias) {
        return """
                NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '%s'::regclass AND x.objid = %s.oid
                  AND x.deptype = 'e')""".formatted(catalog, alias);
    }

    /// Who may do what; the rights that come with an object are spelled out, so that a GRANT of what was there anyway
    /// is no difference.
    private static String rights(String acl, String fallback) {
        return """
                (SELECT string_agg(g.line, E'\\n' ORDER BY g.line COLLATE "C") FROM (
                  SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END || '='
                    || string_agg(a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END, ','
                         ORDER BY a.privilege_type COLLATE "C") AS line
                  FROM aclexplode(coalesce(%s, %s)) a GROUP BY a.grantee) g)""".formatted(acl, fallback);
    }

    private static String columns(String numbers, String relation) {
        return """
                (SELECT string_agg(quote_ident(ca.attname), E'\\n' ORDER BY cn.ord)
                   FROM unnest(%s) WITH ORDINALITY cn(num, ord)
                   JOIN pg_attribute ca ON ca.attrelid = %s AND ca.attnum = cn.num)""".formatted(numbers, relation);
    }

    static Map<Kind, String> all() {
        var all = new LinkedHashMap<Kind, String>();
        all.put(Kind.SCHEMA, """
                SELECT n.nspname AS path1, pg_get_userbyid(n.nspowner) AS owner, %s AS rights
                FROM pg_namespace n
                WHERE %s AND %s
                """.formatted(
                        rights("n.nspacl", "acldefault('n', n.nspowner)"),
                        PUBLIC_SCHEMAS,
                        notOfAnExtension("pg_namespace", "n")));
        all.put(Kind.EXTENSION, """
                SELECT e.extname AS path1, e.extversion AS version, n.nspname AS schema
                FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                WHERE e.extname <> 'plpgsql'
                """);
        all.put(Kind.TYPE, """
                SELECT n.nspname AS path1, t.typname AS path2, pg_get_userbyid(t.typowner) AS owner,
                  CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range' ELSE 'base' END
                    AS kind,
                  (SELECT string_agg(quote_literal(l.enumlabel), E'\\n' ORDER BY l.enumsortorder)
                     FROM pg_enum l WHERE l.enumtypid = t.oid) AS labels,
                  CASE t.typtype WHEN 'c' THEN
                    (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), E'\\n'
                              ORDER BY a.attnum)
                       FROM pg_attribute a WHERE a.attrelid = t.typrelid AND NOT a.attisdropped AND a.attnum > 0)
                    END AS attributes,
                  (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid) AS subtype,
                  %s AS rights
                FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
                WHERE (t.typtype IN ('e', 'r') OR t.typtype = 'c' AND c.relkind = 'c')
                  AND %s AND %s
                """.formatted(
                rights("t.typacl", "acldefault('T', t.typowner)"), PUBLIC_SCHEMAS, notOfAnExtension("pg_type", "t")));
        all.put(Kind.DOMAIN, """
                SELECT n.nspname AS path1, t.typname AS path2, pg_get_userbyid(t.typowner) AS owner,
                  format_type(t.typbasetype, t.typtypmod) AS type, t.typnotnull AS not_null, t.typdefault AS "default",
                  CASE WHEN t.typcollation <> 0 AND t.typcollation <> b.typcollation THEN
                    (SELECT quote_ident(m.nspname) || '.' || quote_ident(l.collname) FROM pg_collation l
                       JOIN pg_namespace m ON m.oid = l.collnamespace WHERE l.oid = t.typcollation) END AS collation,
                  %s AS rights
                FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
                WHERE t.typtype = 'd' AND %s AND %s
                """.formatted(
                rights("t.typacl", "acldefault('T', t.typowner)"), PUBLIC_SCHEMAS, notOfAnExtension("pg_type", "t")));
        var relation = """
                SELECT n.nspname AS path1, c.relname AS path2, pg_get_userbyid(c.relowner) AS owner,
                  CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' WHEN 'f' THEN 'foreign'
                    WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized' END AS kind,
                  CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
                  array_to_string(c.reloptions, ', ') AS options,
                  %%s
                  %s AS rights
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE %s AND %s AND c.relpersistence <> 't'
                """.formatted(
                rights("c.relacl", "acldefault('r', c.relowner)"), PUBLIC_SCHEMAS, notOfAnExtension("pg_class", "c"));
        all.put(Kind.TABLE, relation.formatted("""
                  c.relrowsecurity AS row_security, c.relforcerowsecurity AS force_row_security,
                  CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'n' THEN 'nothing' WHEN 'i' THEN 'index' END
                    AS replica_identity,
                  CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
                  pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
                  (SELECT string_agg(quote_ident(pn.nspname) || '.' || quote_ident(p.relname), E'\\n'
                            ORDER BY i.inhseqno)
                     FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
                     JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid) AS inherits,
                  (SELECT format_type(c.reloftype, NULL) WHERE c.reloftype <> 0) AS of_type,
                """) + " AND c.relkind IN ('r', 'p', 'f')");
        all.put(
                Kind.VIEW,
                relation.formatted("pg_get_viewdef(c.oid) AS definition,\n") + " AND c.relkind IN ('v', 'm')");
        all.put(Kind.COLUMN, """
                SELECT n.nspname AS path1, c.relname AS path2, a.attname AS path3,
                  row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS position,
                  format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
                  CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
                  CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated,
                  CASE a.attgenerated WHEN 'v' THEN 'true' END AS virtual,
                  CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
                  CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation THEN
                    (SELECT quote_ident(m.nspname) || '.' || quote_ident(l.collname) FROM pg_collation l
                       JOIN pg_namespace m ON m.oid = l.collnamespace WHERE l.oid = a.attcollation) END AS collation,
                  CASE WHEN a.attstorage <> t.typstorage THEN
                    CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
                      WHEN 'x' THEN 'extended' END END AS storage,
                  %s AS rights
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                  JOIN pg_type t ON t.oid = a.atttypid
                  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
                  AND c.relpersistence <> 't' AND %s AND %s
                """.formatted(
                rights("a.attacl", "acldefault('c', c.relowner)"), PUBLIC_SCHEMAS, notOfAnExtension("pg_class", "c")));
        all.put(Kind.SEQUENCE, """
                SELECT n.nspname AS path1, c.relname AS path2, pg_get_userbyid(c.relowner) AS owner,
                  format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment,
                  s.seqmin AS min, s.seqmax AS max, s.seqcache AS cache, s.seqcycle AS cycle,
                  (d.deptype = 'i') AS identity,
                  quote_ident(tn.nspname) || '.' || quote_ident(t.relname) || '.' || quote_ident(a.attname) AS owned_by,
                  %s AS rights
                FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
                  LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
                  LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                WHERE c.relpersistence <> 't' AND %s AND %s
                """.formatted(
                rights("c.relacl", "acldefault('s', c.relowner)"), PUBLIC_SCHEMAS, notOfAnExtension("pg_class", "c")));
        // A NOT NULL is a fact of its column; as constraints they exist from 18 on only. A foreign key of a partition
        // comes with its parent's.
        all.put(Kind.CONSTRAINT, """
                SELECT n.nspname AS path1, coalesce(c.relname, t.typname) AS path2, k.conname AS path3,
                  CASE k.contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key' WHEN 'p' THEN 'primary key'
                    WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclude' ELSE k.contype::text END AS kind,
                  pg_get_constraintdef(k.oid) AS definition, NOT k.convalidated AS not_valid,
                  k.condeferrable AS deferrable, k.condeferred AS deferred, k.connoinherit AND k.contype = 'c'
                    AS no_inherit,
                  (k.coninhcount > 0) AS inherited,
                  (k.contypid <> 0) AS of_domain,
                  CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS expression,
                  %s AS columns,
                  quote_ident(rn.nspname) || '.' || quote_ident(r.relname) AS refers_to,
                  CASE WHEN k.confrelid <> 0 THEN %s END AS refers_to_columns,
                  CASE k.confdeltype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade'
                    WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END AS on_delete,
                  CASE k.confupdtype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade'
                    WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END AS on_update
                FROM pg_constraint k LEFT JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_type t ON t.oid = k.contypid
                  JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, t.typnamespace)
                  LEFT JOIN pg_class r ON r.oid = k.confrelid LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
                WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND NOT (k.contype = 'f' AND k.conparentid <> 0)
                  AND coalesce(c.relpersistence, 'p') <> 't' AND %s
                  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.deptype = 'e'
                    AND (x.classid = 'pg_class'::regclass AND x.objid = k.conrelid AND k.conrelid <> 0
                      OR x.classid = 'pg_type'::regclass AND x.objid = k.contypid AND k.contypid <> 0))
                """.formatted(
                        columns("k.conkey", "k.conrelid"), columns("k.confkey", "k.confrelid"), PUBLIC_SCHEMAS));
        all.put(Kind.INDEX, """
                SELECT n.nspname AS path1, t.relname AS path2, c.relname AS path3,
                  pg_get_indexdef(i.indexrelid) AS definition, i.indisunique AS "unique", i.indisprimary AS "primary",
                  i.indisexclusion AS exclusion, NOT i.indisvalid AS invalid, i.indisclustered AS clustered,
                  i.indisreplident AS replica_identity,
                  (SELECT string_agg(pg_get_indexdef(i.indexrelid, g, false), E'\\n' ORDER BY g)
                     FROM generate_series(1, i.indnkeyatts) g) AS keys,
                  pg_get_expr(i.indpred, i.indrelid) AS predicate,
                  (SELECT string_agg(k.conname, E'\\n') FROM pg_constraint k
                     WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) AS of_constraint,
                  (SELECT quote_ident(pn.nspname) || '.' || quote_ident(p.relname) FROM pg_inherits h
                     JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
                     WHERE h.inhrelid = i.indexrelid) AS partition_of
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
                  JOIN pg_namespace n ON n.oid = t.relnamespace
                WHERE t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't' AND %s AND %s
                """.formatted(PUBLIC_SCHEMAS, notOfAnExtension("pg_class", "t")));
        all.put(Kind.FUNCTION, """
                SELECT n.nspname AS path1, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS path2,
                  quote_ident(p.proname) AS name,
                  CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate'
                    WHEN 'w' THEN 'window' END AS kind,
                  pg_get_userbyid(p.proowner) AS owner, pg_get_function_result(p.oid) AS result,
                  pg_get_function_identity_arguments(p.oid) AS arguments,
                  pg_get_function_arguments(p.oid) AS declared, l.lanname AS language, p.prosecdef AS security_definer,
                  CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
                  p.proisstrict AS strict,
                  CASE WHEN p.prokind <> 'a' THEN p.prosrc END AS body,
                  CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid)
                    ELSE (SELECT concat_ws(' ', g.aggtransfn, g.aggfinalfn, g.aggcombinefn, format_type(g.aggtranstype, NULL),
                            g.agginitval) FROM pg_aggregate g WHERE g.aggfnoid = p.oid) END AS definition,
                  %s AS rights
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
                WHERE %s AND %s
                """.formatted(
                rights("p.proacl", "acldefault('f', p.proowner)"), PUBLIC_SCHEMAS, notOfAnExtension("pg_proc", "p")));
        all.put(Kind.TRIGGER, """
                SELECT n.nspname AS path1, c.relname AS path2, t.tgname AS path3, pg_get_triggerdef(t.oid) AS definition,
                  CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled,
                  CASE WHEN t.tgtype & 2 <> 0 THEN 'before' WHEN t.tgtype & 64 <> 0 THEN 'instead of' ELSE 'after' END
                    AS timing,
                  (t.tgtype & 1 <> 0) AS each_row,
                  concat_ws(E'\\n', CASE WHEN t.tgtype & 4 <> 0 THEN 'INSERT' END,
                    CASE WHEN t.tgtype & 8 <> 0 THEN 'DELETE' END, CASE WHEN t.tgtype & 16 <> 0 THEN 'UPDATE' END,
                    CASE WHEN t.tgtype & 32 <> 0 THEN 'TRUNCATE' END) AS events,
                  %s AS update_of,
                  quote_ident(fn.nspname) || '.' || quote_ident(p.proname) AS function,
                  fn.nspname AS function_schema,
                  p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS function_name
                FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                  JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace fn ON fn.oid = p.pronamespace
                WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND c.relpersistence <> 't' AND %s AND %s
                """.formatted(
                        columns("t.tgattr::int2[]", "t.tgrelid"), PUBLIC_SCHEMAS, notOfAnExtension("pg_class", "c")));
        all.put(Kind.POLICY, """
                SELECT n.nspname AS path1, c.relname AS path2, p.polname AS path3,
                  CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END AS mode,
                  CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                    ELSE 'ALL' END AS command,
                  (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, E'\\n'
                     ORDER BY CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END COLLATE "C")
                     FROM unnest(p.polroles) r) AS roles,
                  pg_get_expr(p.polqual, p.polrelid) AS "using", pg_get_expr(p.polwithcheck, p.polrelid) AS "check"
                FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE %s
                """.formatted(PUBLIC_SCHEMAS));
        all.put(Kind.RULE, """
                SELECT n.nspname AS path1, c.relname AS path2, r.rulename AS path3, pg_get_ruledef(r.oid) AS definition,
                  CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
                FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE r.rulename <> '_RETURN' AND %s AND %s
                """.formatted(PUBLIC_SCHEMAS, notOfAnExtension("pg_class", "c")));
        all.put(Kind.OPERATOR, """
                SELECT n.nspname AS path1, o.oprname || '(' || format_type(o.oprleft, NULL) || ', '
                    || format_type(o.oprright, NULL) || ')' AS path2,
                  pg_get_userbyid(o.oprowner) AS owner, o.oprname AS symbol,
                  CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END AS left_type,
                  format_type(o.oprright, NULL) AS right_type, format_type(o.oprresult, NULL) AS result,
                  o.oprcode::text AS function
                FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
                WHERE %s AND %s
                """.formatted(PUBLIC_SCHEMAS, notOfAnExtension("pg_operator", "o")));
        // What comes with the server has low numbers.
        all.put(Kind.CAST, """
                SELECT format_type(k.castsource, NULL) AS path1, format_type(k.casttarget, NULL) AS path2,
                  CASE k.castcontext WHEN 'e' THEN 'explicit' WHEN 'a' THEN 'assignment' ELSE 'implicit' END AS context,
                  CASE k.castmethod WHEN 'f' THEN k.castfunc::regprocedure::text WHEN 'i' THEN 'inout' ELSE 'binary' END
                    AS function
                FROM pg_cast k WHERE k.oid >= 16384 AND %s
                """.formatted(notOfAnExtension("pg_cast", "k")));
        all.put(Kind.COLLATION, """
                SELECT n.nspname AS path1, k.collname AS path2, pg_get_userbyid(k.collowner) AS owner,
                  k.collprovider AS provider, NOT k.collisdeterministic AS nondeterministic,
                  (SELECT string_agg(f.value, E'\\n' ORDER BY f.key) FROM jsonb_each_text(to_jsonb(k)) f
                     WHERE f.key IN ('collcollate', 'collctype', 'colliculocale', 'colllocale', 'collicurules')) AS locale
                FROM pg_collation k JOIN pg_namespace n ON n.oid = k.collnamespace
                WHERE %s AND %s
                """.formatted(PUBLIC_SCHEMAS, notOfAnExtension("pg_collation", "k")));
        all.put(Kind.STATISTICS, """
                SELECT n.nspname AS path1, s.stxname AS path2, pg_get_userbyid(s.stxowner) AS owner,
                  pg_get_statisticsobjdef(s.oid) AS definition
                FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE %s
                """.formatted(PUBLIC_SCHEMAS));
        all.put(Kind.EVENT_TRIGGER, """
                SELECT e.evtname AS path1, e.evtevent AS event, e.evtfoid::regprocedure::text AS function,
                  array_to_string(e.evttags, ', ') AS tags,
                  CASE e.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
                FROM pg_event_trigger e WHERE %s
                """.formatted(notOfAnExtension("pg_event_trigger", "e")));
        all.put(Kind.DEFAULT_PRIVILEGES, """
                SELECT quote_ident(pg_get_userbyid(d.defaclrole)) AS path1,
                  coalesce((SELECT n.nspname FROM pg_namespace n WHERE n.oid = d.defaclnamespace), '') AS path2,
                  d.defaclobjtype::text AS path3, %s AS rights
                FROM pg_default_acl d
                """.formatted(rights("d.defaclacl", "'{}'::aclitem[]")));
        all.put(Kind.SETTING, """
                SELECT coalesce(quote_ident(r.rolname), '') AS path1, split_part(v, '=', 1) AS path2,
                  substr(v, strpos(v, '=') + 1) AS value
                FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) v
                WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND split_part(v, '=', 1) <> 'default_transaction_read_only'
                """);
        return all;
    }
}
