-- How often the database began to decide by itself: who waits for Redis sees whether it did meanwhile.
alter table like_partition add column detachments bigint default 0 not null;
