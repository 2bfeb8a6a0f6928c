package org.quorate.cluster.member;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * What a member says about itself. Immutable; the methods that change something return a new one.
 *
 * @param address how to reach it, in whatever form the database uses
 * @param zone failure domain that fails as one; empty if it has none
 * @param rack smaller domain inside the zone; empty if it has none
 * @param capacity how much it can carry, by dimension; never negative
 * @param version of its software, for roll-outs
 * @param labels anything else
 */
public record Profile(
        String address,
        String zone,
        String rack,
        Map<String, Long> capacity,
        String version,
        Map<String, String> labels) {
    /** Largest profile, as JSON. */
    public static final int BYTES_MAX = 16 * 1024;

    /**
     * Copies the maps.
     *
     * @throws IllegalArgumentException if a capacity is negative
     */
    public Profile {
        capacity = Collections.unmodifiableMap(new LinkedHashMap<>(capacity));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        capacity.forEach((dimension, amount) -> {
            if (amount < 0) {
                throw new IllegalArgumentException(
                        "a capacity of " + amount + " in '" + dimension + "'");
            }
        });
    }

    /** A member reached at {@code address}, with nothing else known. */
    public static Profile at(String address) {
        return new Profile(address, "", "", Map.of(), "", Map.of());
    }

    /** The same in {@code name}. */
    public Profile zone(String name) {
        return new Profile(address, name, rack, capacity, version, labels);
    }

    /** The same in the rack {@code name}. */
    public Profile rack(String name) {
        return new Profile(address, zone, name, capacity, version, labels);
    }

    /** The same with {@code amount} in {@code dimension}. */
    public Profile capacity(String dimension, long amount) {
        Map<String, Long> more = new LinkedHashMap<>(capacity);
        more.put(dimension, amount);
        return new Profile(address, zone, rack, more, version, labels);
    }

    /** The same with software {@code name}. */
    public Profile version(String name) {
        return new Profile(address, zone, rack, capacity, name, labels);
    }

    /** The same with one label set. */
    public Profile label(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(labels);
        more.put(name, value);
        return new Profile(address, zone, rack, capacity, version, more);
    }

    Json.Obj toJson() {
        Json.Obj json = Json.Obj.EMPTY.with("address", Json.of(address));
        json = zone.isEmpty() ? json : json.with("zone", Json.of(zone));
        json = rack.isEmpty() ? json : json.with("rack", Json.of(rack));
        json = capacity.isEmpty() ? json : json.with("capacity", Json.ofNumbers(capacity));
        json = version.isEmpty() ? json : json.with("version", Json.of(version));
        return labels.isEmpty() ? json : json.with("labels", Json.ofTexts(labels));
    }

    static Profile fromJson(Json.Obj json) throws MalformedJsonException {
        try {
            return new Profile(
                    json.text("address", ""),
                    json.text("zone", ""),
                    json.text("rack", ""),
                    json.object("capacity").asNumbers(),
                    json.text("version", ""),
                    json.object("labels").asTexts());
        } catch (IllegalArgumentException impossible) {
            throw new MalformedJsonException(String.valueOf(impossible.getMessage()));
        }
    }
}
