-- What changes with an idempotency key were answered, until the key expires. Stored with the change itself.
create table like_idempotency_key (
    id               bigint generated always as identity primary key,
    liker_account_id varchar(255) collate "C" not null,
    idempotency_key  varchar(255) collate "C" not null,
    target_ocid      varchar(64) collate "C" not null,
    liked            boolean not null,
    expires_at       timestamp(6) with time zone not null,
    constraint uk_like_idempotency_key unique (liker_account_id, idempotency_key)
);

create index ix_like_idempotency_key_expires on like_idempotency_key (expires_at);
