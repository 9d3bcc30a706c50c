-- A character knows its partition, so that a partition is read without the others. Other writers insert characters
-- without one; the service computes it.
alter table game_character add column partition_id integer;
create index ix_character_partition on game_character (partition_id, ocid);
alter table like_set_aside add column partition_id integer;
create index ix_set_aside_partition on like_set_aside (partition_id);

-- A character knows the batch that changed its count last, and by how much. Not indexed: a flush writes both.
alter table game_character add column last_generation bigint;
alter table game_character add column last_change bigint;

alter table like_partition add column state varchar(16) default 'ACTIVE' not null;
alter table like_partition alter column detachments rename to epoch;
