-- Other names that lead to a character: names that the game operator gave it later. Its likes stay counted under
-- game_character.user_ign, which comes first where a name is in both tables.
create table game_character_alias (
    user_ign varchar(64) not null primary key,
    ocid     varchar(64) not null
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
