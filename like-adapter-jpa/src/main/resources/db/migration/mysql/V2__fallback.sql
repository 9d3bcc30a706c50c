-- What the database decides by itself while Redis is away, until Redis was told.
alter table like_partition add column detached boolean not null default false;

create table like_fallback (
    id               bigint not null auto_increment primary key,
    partition_id     integer not null,
    target_ocid      varchar(64) not null,
    liker_account_id varchar(255) not null,
    liked            boolean not null,
    change_by        bigint not null,
    created_at       datetime(6) not null,
    index ix_fallback_partition (partition_id, id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
