-- like_partition.deltas holds a line "name TAB change" for each count that the last batch changed, and a line
-- "TAB name TAB liked TAB account:ocid" for each row that it could not store. The lines become a JSON array; char(92) is
-- a backslash, whatever the SQL mode.
update (select p.generation,
               substring_index(l.line, char(9 using utf8mb4), 1) as name,
               cast(substring_index(l.line, char(9 using utf8mb4), -1) as signed) as change_by
          from like_partition p
         cross join json_table(
               concat('["',
                      replace(replace(replace(replace(p.deltas,
                          char(92 using utf8mb4), concat(char(92 using utf8mb4), char(92 using utf8mb4))),
                          '"', concat(char(92 using utf8mb4), '"')),
                          char(9 using utf8mb4), concat(char(92 using utf8mb4), 't')),
                          char(10 using utf8mb4), '","'),
                      '"]'),
               '$[*]' columns (line varchar(1024) character set utf8mb4 collate utf8mb4_bin path '$')) l
         where l.line <> '' and l.line not like concat(char(9 using utf8mb4), '%')) d
  join game_character c on c.user_ign = d.name
   set c.last_generation = d.generation, c.last_change = d.change_by;

insert into like_fallback (partition_id, target_ocid, liker_account_id, liked, change_by, created_at)
select r.id,
       substring_index(r.relation, ':', -1),
       left(r.relation, char_length(r.relation) - char_length(substring_index(r.relation, ':', -1)) - 1),
       r.liked = '1',
       0,
       utc_timestamp(6)
  from (select p.id,
               l.line_number,
               substring_index(substring_index(l.line, char(9 using utf8mb4), 3), char(9 using utf8mb4), -1) as liked,
               substring_index(l.line, char(9 using utf8mb4), -1) as relation
          from like_partition p
         cross join json_table(
               concat('["',
                      replace(replace(replace(replace(p.deltas,
                          char(92 using utf8mb4), concat(char(92 using utf8mb4), char(92 using utf8mb4))),
                          '"', concat(char(92 using utf8mb4), '"')),
                          char(9 using utf8mb4), concat(char(92 using utf8mb4), 't')),
                          char(10 using utf8mb4), '","'),
                      '"]'),
               '$[*]' columns (
                   line_number for ordinality,
                   line varchar(1024) character set utf8mb4 collate utf8mb4_bin path '$')) l
         where l.line like concat(char(9 using utf8mb4), '%')) r
 order by r.id, r.line_number;

update like_partition set state = 'FAILED_OVER' where detached;
