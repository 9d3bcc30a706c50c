/**
 * What the service is compared with. One application, one Spring profile for each yardstick: {@code ceiling},
 * {@code source}, {@code transaction}. They take the properties of the service.
 */
@NullMarked
package maple.like.bench.yardstick;

import org.jspecify.annotations.NullMarked;
