-- What the database decides by itself while Redis is away, until Redis was told.
alter table like_partition add column detached boolean not null default false;

create table like_fallback (
    id               bigint generated always as identity primary key,
    partition_id     integer not null,
    target_ocid      varchar(64) collate "C" not null,
    liker_account_id varchar(255) collate "C" not null,
    liked            boolean not null,
    change_by        bigint not null,
    created_at       timestamp(6) with time zone not null
);

create index ix_fallback_partition on like_fallback (partition_id, id);
