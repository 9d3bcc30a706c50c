-- like_partition.deltas holds a line "name TAB change" for each count that the last batch changed, and a line
-- "TAB name TAB liked TAB account:ocid" for each row that it could not store.
update game_character c
   set last_generation = d.generation, last_change = d.change
  from (select p.generation, split_part(l.line, chr(9), 1) as name, cast(split_part(l.line, chr(9), 2) as bigint) as change
          from like_partition p
         cross join unnest(string_to_array(p.deltas, chr(10))) as l(line)
         where l.line <> '' and l.line not like chr(9) || '%') d
 where c.user_ign = d.name;

insert into like_fallback (partition_id, target_ocid, liker_account_id, liked, change_by, created_at)
select p.id,
       substring(split_part(l.line, chr(9), 4) from '[^:]*$'),
       substring(split_part(l.line, chr(9), 4) from '^(.*):'),
       split_part(l.line, chr(9), 3) = '1',
       0,
       current_timestamp
  from like_partition p
 cross join unnest(string_to_array(p.deltas, chr(10))) with ordinality as l(line, line_number)
 where l.line like chr(9) || '%'
 order by p.id, l.line_number;

update like_partition set state = 'FAILED_OVER' where detached;
