-- The tables of an empty database in local mode, as the migrations up to this version leave them. Those take a second.
create table game_character (
    id bigint generated always as identity not null,
    user_ign varchar(128) not null,
    ocid varchar(64) not null,
    like_count bigint default 0 not null,
    partition_id integer,
    last_generation bigint,
    last_change bigint,
    primary key (id),
    constraint ck_like_count_not_negative check (like_count >= 0),
    constraint uk_character_ocid unique (ocid),
    constraint uk_character_ign unique (user_ign)
);
create index ix_character_partition on game_character (partition_id, ocid);

create table like_set_aside (
    id bigint generated always as identity not null,
    target_ocid varchar(64) not null,
    liker_account_id varchar(255) not null,
    liked boolean not null,
    reason varchar(255) not null,
    created_at timestamp(6) with time zone not null,
    partition_id integer,
    primary key (id),
    constraint uk_set_aside unique (target_ocid, liker_account_id)
);
create index ix_set_aside_partition on like_set_aside (partition_id);
create index ix_set_aside_account on like_set_aside (liker_account_id);

create table like_partition (
    id integer not null,
    generation bigint default 0 not null,
    epoch bigint default 0 not null,
    state varchar(16) default 'ACTIVE' not null,
    token bigint default 0 not null,
    recovers_from bigint,
    primary key (id)
);

create table character_like (
    id bigint generated always as identity not null,
    target_ocid varchar(64) not null,
    liker_account_id varchar(255) not null,
    created_at timestamp(6) with time zone not null,
    primary key (id),
    constraint uk_target_liker unique (target_ocid, liker_account_id)
);
create index ix_like_target on character_like (target_ocid, id);
create index ix_like_account on character_like (liker_account_id, id);

create table like_fallback (
    id bigint generated always as identity not null,
    partition_id integer not null,
    target_ocid varchar(64) not null,
    liker_account_id varchar(255) not null,
    liked boolean not null,
    change_by bigint not null,
    created_at timestamp(6) with time zone not null,
    primary key (id)
);
create index ix_fallback_partition on like_fallback (partition_id, id);

create table like_character (
    ocid varchar(64) not null,
    counted_as varchar(128) not null,
    primary key (ocid),
    constraint uk_like_character_counted_as unique (counted_as)
);

create table game_character_alias (
    user_ign varchar(128) not null,
    ocid varchar(64) not null,
    primary key (user_ign)
);

create table like_idempotency_key (
    id bigint generated always as identity not null,
    liker_account_id varchar(255) not null,
    idempotency_key varchar(255) not null,
    target_ocid varchar(64) not null,
    liked boolean not null,
    expires_at timestamp(6) with time zone not null,
    primary key (id),
    constraint uk_like_idempotency_key unique (liker_account_id, idempotency_key)
);
create index ix_like_idempotency_key_expires on like_idempotency_key (expires_at);

create table like_erasure (
    liker_account_id varchar(255) not null,
    claimed_until timestamp(6) with time zone not null,
    primary key (liker_account_id)
);
