package org.quorate.cluster.catalog;

/**
 * One column.
 *
 * @param name unique in its table, not empty
 * @param type as the engine writes it, not empty
 * @param nullable whether it may be empty
 */
public record Column(String name, String type, boolean nullable) {
    /**
     * @throws IllegalArgumentException if the name or the type is empty
     */
    public Column {
        if (name.isEmpty() || type.isEmpty()) {
            throw new IllegalArgumentException("a column '" + name + "' of type '" + type + "'");
        }
    }

    /** A column that may be empty. */
    public static Column of(String name, String type) {
        return new Column(name, type, true);
    }
}
