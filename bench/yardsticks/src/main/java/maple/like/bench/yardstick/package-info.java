/**
 * The servers that the benchmark compares with: one application with one Spring profile per yardstick ({@code ceiling},
 * {@code source}, {@code transaction}). They take the properties of the service.
 */
@NullMarked
package maple.like.bench.yardstick;

import org.jspecify.annotations.NullMarked;
