-- A character knows its partition, so that a partition is read without the others. Other writers insert characters
-- without one; the service computes it. And it knows the batch that changed its count last, and by how much: not indexed,
-- because a flush writes both.
alter table game_character
    add column partition_id integer,
    add column last_generation bigint,
    add column last_change bigint,
    add index ix_character_partition (partition_id, ocid);

alter table like_set_aside
    add column partition_id integer,
    add index ix_set_aside_partition (partition_id);

alter table like_partition
    add column state varchar(16) not null default 'ACTIVE',
    rename column detachments to epoch;
