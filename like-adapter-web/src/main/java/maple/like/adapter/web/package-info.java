/**
 * The REST API: paths and tokens become domain types here, and outcomes become answers or problem documents. Clients
 * call it over HTTP; it calls {@code port.in}. {@link maple.like.adapter.web.WebAdapter} is the door.
 */
@NullMarked
package maple.like.adapter.web;

import org.jspecify.annotations.NullMarked;
