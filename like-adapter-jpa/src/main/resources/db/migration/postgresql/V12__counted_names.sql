-- The name that a character's likes are counted under in Redis, from when the service first meets the character, for good:
-- the name that it has then, or its OCID if another character is counted under that name. Other writers do not touch it.
create table like_character (
    ocid       varchar(64) collate "C" primary key,
    counted_as varchar(64) collate "C" not null,
    constraint uk_like_character_counted_as unique (counted_as)
);
