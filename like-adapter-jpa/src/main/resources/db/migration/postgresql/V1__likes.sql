-- The collation "C" compares bytes: names are told apart exactly, and comparing is cheap.
create table game_character (
    id         bigint generated always as identity primary key,
    user_ign   varchar(64) collate "C" not null,
    ocid       varchar(64) collate "C" not null,
    like_count bigint not null default 0,
    constraint uk_character_ign unique (user_ign),
    constraint uk_character_ocid unique (ocid),
    constraint ck_like_count_not_negative check (like_count >= 0)
);

create table character_like (
    id               bigint generated always as identity primary key,
    target_ocid      varchar(64) collate "C" not null,
    liker_account_id varchar(255) collate "C" not null,
    created_at       timestamp(6) with time zone not null,
    constraint uk_target_liker unique (target_ocid, liker_account_id)
);

create table like_partition (
    id         integer primary key,
    generation bigint not null default 0,
    deltas     text not null default ''
);

create table like_set_aside (
    id               bigint generated always as identity primary key,
    target_ocid      varchar(64) collate "C" not null,
    liker_account_id varchar(255) collate "C" not null,
    liked            boolean not null,
    reason           varchar(255) not null,
    created_at       timestamp(6) with time zone not null,
    constraint uk_set_aside unique (target_ocid, liker_account_id)
);
