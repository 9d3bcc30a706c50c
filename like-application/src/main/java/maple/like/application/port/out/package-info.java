/**
 * What the application asks of the outside. {@code service} calls it, adapters implement it, and each port has one
 * contract suite in the test-jar of this module that every implementation passes.
 */
@NullMarked
package maple.like.application.port.out;

import org.jspecify.annotations.NullMarked;
