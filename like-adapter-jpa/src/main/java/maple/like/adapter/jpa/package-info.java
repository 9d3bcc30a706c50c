/**
 * Keeps relations and counts in a relational database, through Hibernate. {@code bootstrap} constructs
 * {@link maple.like.adapter.jpa.JpaLikes} and hands its ports to the application; nothing here calls anything but the
 * database.
 */
@NullMarked
package maple.like.adapter.jpa;

import org.jspecify.annotations.NullMarked;
