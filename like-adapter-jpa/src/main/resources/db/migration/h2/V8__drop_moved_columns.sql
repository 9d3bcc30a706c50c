alter table like_partition drop column deltas;
alter table like_partition drop column detached;
