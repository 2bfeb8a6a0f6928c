package org.quorate.cluster.discovery;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * One instance of a service. Immutable; the methods that change something return a new one.
 *
 * @param service name of the service
 * @param id name of the instance, unique within the service
 * @param address host name or address
 * @param port for plain connections; 0 for none
 * @param sslPort for TLS; 0 for none
 * @param zone failure domain; empty if unknown
 * @param weight share of the requests in relation to others, positive
 * @param enabled whether it should be given requests: healthy, and willing
 * @param registeredMillis when it registered, its own wall time
 * @param labels anything else
 */
public record Instance(
        String service,
        String id,
        String address,
        int port,
        int sslPort,
        String zone,
        int weight,
        boolean enabled,
        long registeredMillis,
        Map<String, String> labels) {
    private static final String OURS = "quorate";

    /**
     * Copies the labels.
     *
     * @throws IllegalArgumentException if a name is no path component, a port is out of range or
     *     the weight is not positive
     */
    public Instance {
        Paths.checkName(service);
        Paths.checkName(id);
        if (port < 0 || port > 65_535 || sslPort < 0 || sslPort > 65_535 || weight < 1) {
            throw new IllegalArgumentException(
                    "ports " + port + " and " + sslPort + ", weight " + weight + " of " + id);
        }
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /** An enabled instance of weight 1 without a zone. */
    public static Instance of(String service, String id, String address, int port) {
        return new Instance(service, id, address, port, 0, "", 1, true, 0, Map.of());
    }

    /** The same in {@code name}. */
    public Instance zone(String name) {
        return new Instance(
                service,
                id,
                address,
                port,
                sslPort,
                name,
                weight,
                enabled,
                registeredMillis,
                labels);
    }

    /** The same with another weight. */
    public Instance weight(int share) {
        return new Instance(
                service,
                id,
                address,
                port,
                sslPort,
                zone,
                share,
                enabled,
                registeredMillis,
                labels);
    }

    /** The same, enabled or not. */
    public Instance enabled(boolean willing) {
        return new Instance(
                service,
                id,
                address,
                port,
                sslPort,
                zone,
                weight,
                willing,
                registeredMillis,
                labels);
    }

    Instance registered(long millis) {
        return new Instance(
                service, id, address, port, sslPort, zone, weight, enabled, millis, labels);
    }

    Json.Obj toJson() {
        Json.Obj ours = Json.Obj.EMPTY.with("weight", Json.of(weight));
        ours = zone.isEmpty() ? ours : ours.with("zone", Json.of(zone));
        ours = labels.isEmpty() ? ours : ours.with("labels", Json.ofTexts(labels));
        return Json.Obj.EMPTY
                .with("name", Json.of(service))
                .with("id", Json.of(id))
                .with("address", Json.of(address))
                .with("port", port == 0 ? new Json.Null() : Json.of(port))
                .with("sslPort", sslPort == 0 ? new Json.Null() : Json.of(sslPort))
                .with("payload", new Json.Null())
                .with("registrationTimeUTC", Json.of(registeredMillis))
                .with("serviceType", Json.of("DYNAMIC"))
                .with("uriSpec", new Json.Null())
                .with("enabled", Json.of(enabled))
                .with(OURS, ours);
    }

    static Instance fromJson(Json.Obj json) throws MalformedJsonException {
        Json.Obj ours = json.object(OURS);
        try {
            return new Instance(
                    json.text("name", ""),
                    json.text("id", ""),
                    json.text("address", ""),
                    Math.toIntExact(json.number("port", 0)),
                    Math.toIntExact(json.number("sslPort", 0)),
                    ours.text("zone", ""),
                    Math.toIntExact(ours.number("weight", 1)),
                    json.flag("enabled", true),
                    json.number("registrationTimeUTC", 0),
                    ours.object("labels").asTexts());
        } catch (IllegalArgumentException | ArithmeticException impossible) {
            throw new MalformedJsonException(String.valueOf(impossible.getMessage()));
        }
    }
}
