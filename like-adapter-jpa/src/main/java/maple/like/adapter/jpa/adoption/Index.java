package maple.like.adapter.jpa.adoption;

import java.util.List;

/**
 * A unique index that exists, over whole columns.
 *
 * @param constraint whether it belongs to a constraint of the same name
 */
record Index(String name, List<String> columns, boolean constraint) {}
