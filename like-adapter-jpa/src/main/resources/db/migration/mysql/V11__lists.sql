-- The lists of likes, newest first, read page by page.
create index ix_like_target on character_like (target_ocid, id);
create index ix_like_account on character_like (liker_account_id, id);
