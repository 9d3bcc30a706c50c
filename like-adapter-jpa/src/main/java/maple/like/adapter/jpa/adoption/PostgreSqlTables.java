package maple.like.adapter.jpa.adoption;

import java.sql.SQLException;

/** PostgreSQL. Its statements that change tables are part of transactions. */
final class PostgreSqlTables extends SharedTables {
    private static final String COLLATION = "C";
    private static final String TIME = "timestamp with time zone";

    @Override
    Sql columns(String table) {
        return Sql.of("""
                select column_name, data_type, character_maximum_length, is_nullable, column_default, collation_name,
                       case when is_identity = 'YES' or column_default like 'nextval(%' then 'YES' else 'NO' end
                  from information_schema.columns where table_schema = current_schema() and table_name = ?
                """, table);
    }

    @Override
    Sql uniqueIndexes(String table) {
        return Sql.of("""
                select i.relname, a.attname,
                       case when exists (select 1 from pg_constraint c where c.conindid = x.indexrelid) then 'YES' end
                  from pg_index x
                  join pg_class i on i.oid = x.indexrelid
                 cross join unnest(x.indkey) with ordinality as k(number, place)
                  join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.number
                 where x.indrelid = to_regclass(quote_ident(current_schema()) || '.' || ?)
                   and x.indisunique and x.indpred is null and x.indexprs is null
                 order by i.relname, k.place
                """, table);
    }

    @Override
    Sql check(String constraint) {
        return Sql.of("""
                select 1 from pg_constraint c join pg_namespace n on n.oid = c.connamespace
                 where n.nspname = current_schema() and c.contype = 'c' and c.conname = ?
                """, constraint);
    }

    /** PostgreSQL checks foreign keys again. */
    @Override
    Sql foreignKeys(String table, String column) {
        return Sql.of("select '', '' where false");
    }

    @Override
    boolean isText(Column column, int length) {
        return COLLATION.equals(column.collation())
                && (column.type().equals("text")
                        || (column.type().equals("character varying") && column.length() >= length));
    }

    @Override
    boolean isCount(Column column) {
        return column.type().equals("bigint") && isZero(column.fallback());
    }

    @Override
    boolean isTime(Column column) {
        return column.type().equals(TIME);
    }

    @Override
    Sql[] toText(String table, Column column, int length) {
        String type = column.type().equals("character varying")
                ? "varchar(" + Math.max(length, column.length()) + ")"
                : "text";
        return new Sql[] {
            Sql.of("alter table " + table + " alter column " + column.name() + " type " + type + " collate \""
                    + COLLATION + "\", alter column " + column.name() + " set not null")
        };
    }

    @Override
    Sql[] toCount(String table, String column) {
        return new Sql[] {
            Sql.of("update " + table + " set " + column + " = 0 where " + column + " is null or " + column + " < 0"),
            Sql.of("alter table " + table + " alter column " + column + " type bigint, alter column " + column
                    + " set default 0, alter column " + column + " set not null")
        };
    }

    @Override
    Sql addCount(String table, String column) {
        return Sql.of("alter table " + table + " add column " + column + " bigint not null default 0");
    }

    @Override
    Sql[] toTime(String table, String column) {
        return new Sql[] {
            Sql.of("set time zone 'UTC'"),
            Sql.of("update " + table + " set " + column + " = current_timestamp where " + column + " is null"),
            Sql.of("alter table " + table + " alter column " + column
                    + " type timestamp(6) with time zone, alter column " + column + " set not null")
        };
    }

    @Override
    Sql[] addTime(String table, String column) {
        return new Sql[] {
            Sql.of("alter table " + table + " add column " + column
                    + " timestamp(6) with time zone not null default current_timestamp"),
            Sql.of("alter table " + table + " alter column " + column + " drop default")
        };
    }

    @Override
    Sql rename(String table, Index index, String name) {
        return index.constraint()
                ? Sql.of("alter table " + table + " rename constraint \"" + index.name() + "\" to " + name)
                : Sql.of("alter index \"" + index.name() + "\" rename to " + name);
    }

    @Override
    Sql similarNames() {
        return Sql.of("""
                select min(user_ign) from game_character
                 group by lower(normalize(user_ign, nfkc)) having count(*) > 1
                """);
    }

    @Override
    boolean hasRunBefore(SQLException e) {
        return false;
    }
}
