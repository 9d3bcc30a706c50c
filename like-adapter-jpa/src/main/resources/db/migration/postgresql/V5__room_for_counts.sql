-- Each flush writes a new version of the rows whose counts it changes. With room for them in the row's own page, no index
-- has to be written, and what is dead is cleared away when the page is read next.
alter table game_character set (fillfactor = 50);
