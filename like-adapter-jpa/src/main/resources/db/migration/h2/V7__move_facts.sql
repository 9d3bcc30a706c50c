-- like_partition.deltas holds a line "name TAB change" for each count that the last batch changed, and a line
-- "TAB name TAB liked TAB account:ocid" for each row that it could not store.
merge into game_character c
using (select l.generation,
              regexp_substr(l.line, '^[^\t]+') as name,
              cast(regexp_substr(l.line, '[^\t]+$') as bigint) as change_by
         from (select p.generation, regexp_substr(p.deltas, '[^\n]+', 1, cast(n.x as integer)) as line
                 from like_partition p
                cross join system_range(1, 300000) n
                where n.x <= length(p.deltas) - length(replace(p.deltas, char(10), ''))) l
        where l.line not like char(9) || '%') d
   on c.user_ign = d.name
 when matched then update set last_generation = d.generation, last_change = d.change_by;

insert into like_fallback (partition_id, target_ocid, liker_account_id, liked, change_by, created_at)
select r.id,
       regexp_substr(r.line, '[^:]+$'),
       regexp_replace(r.line, '^\t[^\t]*\t[01]\t(.*):[^:]+$', '$1'),
       r.line like char(9) || '%' || char(9) || '1' || char(9) || '%',
       0,
       current_timestamp
  from (select p.id, n.x, regexp_substr(p.deltas, '[^\n]+', 1, cast(n.x as integer)) as line
          from like_partition p
         cross join system_range(1, 300000) n
         where n.x <= length(p.deltas) - length(replace(p.deltas, char(10), ''))) r
 where r.line like char(9) || '%'
 order by r.id, r.x;

update like_partition set state = 'FAILED_OVER' where detached;
