package maple.like.adapter.jpa.adoption;

import java.sql.SQLException;
import java.util.Set;

/** MySQL and MariaDB. */
final class MySqlTables extends SharedTables {
    private static final String COLLATION = "utf8mb4_bin";

    /** Table, column or key exists; key or column does not. */
    private static final Set<Integer> RAN_BEFORE = Set.of(1050, 1060, 1061, 1091, 1054);

    @Override
    Sql columns(String table) {
        return Sql.of("""
                select column_name, lower(column_type), character_maximum_length, is_nullable, column_default,
                       collation_name, if(extra like '%auto_increment%', 'YES', 'NO')
                  from information_schema.columns where table_schema = database() and table_name = ?
                """, table);
    }

    @Override
    Sql uniqueIndexes(String table) {
        return Sql.of("""
                select index_name, column_name, 'NO'
                  from information_schema.statistics s
                 where table_schema = database() and table_name = ? and non_unique = 0
                   and not exists (select 1 from information_schema.statistics p
                                    where p.table_schema = s.table_schema and p.table_name = s.table_name
                                      and p.index_name = s.index_name and p.sub_part is not null)
                 order by index_name, seq_in_index
                """, table);
    }

    @Override
    Sql check(String constraint) {
        return Sql.of("""
                select 1 from information_schema.check_constraints
                 where constraint_schema = database() and constraint_name = ?
                """, constraint);
    }

    /** InnoDB refuses another character set or collation of either side. */
    @Override
    Sql foreignKeys(String table, String column) {
        return Sql.of("""
                select table_name, constraint_name from information_schema.key_column_usage
                 where table_schema = database() and referenced_table_name is not null
                   and ((table_name = ? and column_name = ?)
                        or (referenced_table_name = ? and referenced_column_name = ?))
                """, table, column, table, column);
    }

    @Override
    boolean isText(Column column, int length) {
        return column.type().startsWith("varchar") && column.length() >= length && COLLATION.equals(column.collation());
    }

    @Override
    boolean isCount(Column column) {
        return column.type().matches("bigint(\\(\\d+\\))?") && isZero(column.fallback());
    }

    @Override
    boolean isTime(Column column) {
        return column.type().equals("datetime(6)");
    }

    @Override
    Sql[] toText(String table, Column column, int length) {
        return new Sql[] {
            Sql.of("alter table " + table + " modify column " + column.name() + " varchar("
                    + Math.max(length, column.type().startsWith("varchar") ? column.length() : 0)
                    + ") character set utf8mb4 collate " + COLLATION + " not null")
        };
    }

    @Override
    Sql[] toCount(String table, String column) {
        return new Sql[] {
            Sql.of("update " + table + " set " + column + " = 0 where " + column + " is null or " + column + " < 0"),
            Sql.of("alter table " + table + " modify column " + column + " bigint not null default 0")
        };
    }

    @Override
    Sql addCount(String table, String column) {
        return Sql.of("alter table " + table + " add column " + column + " bigint not null default 0");
    }

    @Override
    Sql[] toTime(String table, String column) {
        return new Sql[] {
            Sql.of("update " + table + " set " + column + " = utc_timestamp(6) where " + column + " is null"),
            Sql.of("alter table " + table + " modify column " + column + " datetime(6) not null")
        };
    }

    @Override
    Sql[] addTime(String table, String column) {
        Sql[] change = toTime(table, column);
        return new Sql[] {
            Sql.of("alter table " + table + " add column " + column + " datetime(6)"), change[0], change[1]
        };
    }

    @Override
    Sql rename(String table, Index index, String name) {
        return Sql.of("alter table " + table + " rename index " + index.name() + " to " + name);
    }

    @Override
    Sql similarNames() {
        return Sql.of("""
                select min(convert(user_ign using utf8mb4)) from game_character
                 group by convert(user_ign using utf8mb4) collate utf8mb4_unicode_ci having count(*) > 1
                """);
    }

    @Override
    boolean hasRunBefore(SQLException e) {
        return RAN_BEFORE.contains(e.getErrorCode());
    }
}
