-- token: of the transaction that stored the last batch; another batch may have had the same number.
-- recovers_from: while Redis knows of batches that the database lost, the last batch that was not lost.
alter table like_partition add token bigint default 0 not null;
alter table like_partition add recovers_from bigint;
