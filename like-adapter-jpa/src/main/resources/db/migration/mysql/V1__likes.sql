-- For MySQL 8 and MariaDB 10.6 or later. The collation utf8mb4_bin tells names apart exactly, letter case and accents
-- included. datetime rather than timestamp: it holds UTC as written, and does not end in 2038.
create table game_character (
    id         bigint not null auto_increment primary key,
    user_ign   varchar(64) not null,
    ocid       varchar(64) not null,
    like_count bigint not null default 0,
    constraint uk_character_ign unique (user_ign),
    constraint uk_character_ocid unique (ocid),
    constraint ck_like_count_not_negative check (like_count >= 0)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table character_like (
    id               bigint not null auto_increment primary key,
    target_ocid      varchar(64) not null,
    liker_account_id varchar(255) not null,
    created_at       datetime(6) not null,
    constraint uk_target_liker unique (target_ocid, liker_account_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table like_partition (
    id         integer not null primary key,
    generation bigint not null default 0,
    deltas     mediumtext not null
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table like_set_aside (
    id               bigint not null auto_increment primary key,
    target_ocid      varchar(64) not null,
    liker_account_id varchar(255) not null,
    liked            boolean not null,
    reason           varchar(255) not null,
    created_at       datetime(6) not null,
    constraint uk_set_aside unique (target_ocid, liker_account_id)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
