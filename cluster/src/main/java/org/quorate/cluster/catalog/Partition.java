package org.quorate.cluster.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One partition of a table. Immutable.
 *
 * @param name unique in its table
 * @param version from 1, one more with each change; it begins anew if it is removed and put again
 * @param properties where it lies, and whatever else
 */
public record Partition(String name, long version, Map<String, String> properties) {
    /** Copies the properties. */
    public Partition {
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }
}
