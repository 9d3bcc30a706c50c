-- Accounts that are to be erased, until nothing else names them.
create table like_erasure (
    liker_account_id varchar(255) collate "C" primary key,
    claimed_until    timestamp(6) with time zone not null
);
create index ix_set_aside_account on like_set_aside (liker_account_id);
