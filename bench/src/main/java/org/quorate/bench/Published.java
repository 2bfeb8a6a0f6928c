package org.quorate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The figures that docs/performance.md shows, as docs/performance.json has them for programs.
 *
 * @param rows by workload
 */
record Published(Map<Workload, Row> rows) {
    /**
     * Processor time per operation.
     *
     * @param ratio of the same runs; not always the quotient of the two rounded medians
     */
    record Row(double zookeeperMicros, double quorateMicros, double ratio) {}

    static Published read(Path file) throws IOException {
        JsonNode workloads =
                new ObjectMapper().readTree(Files.readString(file)).required("workloads");
        Map<Workload, Row> rows = new EnumMap<>(Workload.class);
        for (Map.Entry<String, JsonNode> each : workloads.properties()) {
            JsonNode row = each.getValue();
            rows.put(
                    Workload.valueOf(each.getKey()),
                    new Row(
                            row.required("zookeeper_us").asDouble(),
                            row.required("quorate_us").asDouble(),
                            row.required("ratio").asDouble()));
        }
        return new Published(rows);
    }
}
