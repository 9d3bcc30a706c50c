/**
 * The REST API: converts paths and tokens to domain types, and outcomes to responses or problem documents. Clients call
 * it over HTTP; it calls {@code port.in}. Applications import {@link maple.like.adapter.web.WebAdapter}.
 */
@NullMarked
package maple.like.adapter.web;

import org.jspecify.annotations.NullMarked;
