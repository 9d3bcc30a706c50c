alter table like_partition drop column deltas, drop column detached;
