/** What all packages of the application share: partition states, sets of changes, and the exceptions of an outage. */
@NullMarked
package maple.like.application;

import org.jspecify.annotations.NullMarked;
