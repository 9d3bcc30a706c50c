/**
 * The Spring Boot application: one configuration class per concern, which constructs the adapters and gives them to the
 * use cases. The only place that knows every module.
 */
@NullMarked
package maple.like.bootstrap;

import org.jspecify.annotations.NullMarked;
