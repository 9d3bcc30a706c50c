package maple.like.adapter.jpa;

/** MySQL 8. */
final class MySql extends MySqlFamily {}
