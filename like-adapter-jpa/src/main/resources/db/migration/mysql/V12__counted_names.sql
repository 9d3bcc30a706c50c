-- The name that a character's likes are counted under in Redis, from when the service first meets the character, for good:
-- the name that it has then, or its OCID if another character is counted under that name. Other writers do not touch it.
create table like_character (
    ocid       varchar(64) not null primary key,
    counted_as varchar(64) not null,
    constraint uk_like_character_counted_as unique (counted_as)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
