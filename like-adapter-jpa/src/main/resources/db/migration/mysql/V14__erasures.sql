-- Accounts that are to be erased, until nothing else names them.
create table like_erasure (
    liker_account_id varchar(255) not null primary key,
    claimed_until    datetime(6) not null
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
create index ix_set_aside_account on like_set_aside (liker_account_id);
