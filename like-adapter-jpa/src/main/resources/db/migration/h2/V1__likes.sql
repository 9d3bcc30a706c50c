-- H2 measures a varchar in UTF-16 units: 128 of them hold a name of 64 code points.
create table game_character (
    id         bigint generated always as identity primary key,
    user_ign   varchar(128) not null,
    ocid       varchar(64) not null,
    like_count bigint default 0 not null,
    constraint uk_character_ign unique (user_ign),
    constraint uk_character_ocid unique (ocid),
    constraint ck_like_count_not_negative check (like_count >= 0)
);

create table character_like (
    id               bigint generated always as identity primary key,
    target_ocid      varchar(64) not null,
    liker_account_id varchar(255) not null,
    created_at       timestamp(6) with time zone not null,
    constraint uk_target_liker unique (target_ocid, liker_account_id)
);

-- Not a clob: a reader must see the lines of its own snapshot while a writer replaces them.
create table like_partition (
    id         integer primary key,
    generation bigint default 0 not null,
    deltas     varchar(1048576) default '' not null
);

create table like_set_aside (
    id               bigint generated always as identity primary key,
    target_ocid      varchar(64) not null,
    liker_account_id varchar(255) not null,
    liked            boolean not null,
    reason           varchar(255) not null,
    created_at       timestamp(6) with time zone not null,
    constraint uk_set_aside unique (target_ocid, liker_account_id)
);
