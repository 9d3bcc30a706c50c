-- What changes with an idempotency key were answered, until the key expires. Stored with the change itself.
create table like_idempotency_key (
    id               bigint not null auto_increment primary key,
    liker_account_id varchar(255) not null,
    idempotency_key  varchar(255) not null,
    target_ocid      varchar(64) not null,
    liked            boolean not null,
    expires_at       datetime(6) not null,
    constraint uk_like_idempotency_key unique (liker_account_id, idempotency_key),
    index ix_like_idempotency_key_expires (expires_at)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
