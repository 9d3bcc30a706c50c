/**
 * The words and rules of liking a game character.
 *
 * <p>Every type is immutable and therefore safe for use by any number of threads. No method accepts or returns
 * {@code null}, unless its signature says so; a {@code null} argument is answered with a
 * {@link java.lang.NullPointerException}. Kotlin and null checkers read this from the JSpecify annotations, which need no
 * dependency.
 *
 * <p>Values cannot exist in a wrong state: constructors normalise what is harmless and reject the rest with an
 * {@link java.lang.IllegalArgumentException} that quotes the offending value in printable form. Account ids are
 * personal data: {@code toString} of the types that carry one shows it masked.
 */
@NullMarked
package maple.like.domain;

import org.jspecify.annotations.NullMarked;
