package org.quorate.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.quorate.node.config.ConfigException;
import org.quorate.node.config.ZooCfg;
import org.quorate.protocol.peer.ConfigSyntaxException;
import org.quorate.protocol.peer.Endpoint;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code quorate status}: asks servers, Quorate's or ZooKeeper's, by the four-letter word {@code
 * srvr}, as {@code zkServer.sh status} does; or, with {@code --connect}, what is wrong with a whole
 * ensemble.
 */
@Command(
        name = "status",
        description =
                "Ask servers who they are and how they do (by the word srvr); with --connect, what is"
                        + " wrong with a whole ensemble.",
        footer = {
            "",
            "Exit codes: 0 all serve, 1 one does not, 2 wrong use.",
            "With --connect: 0 well, 1 a warning, 2 wrong use, 3 something critical."
        },
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private static final int NOT_SERVING = 1;
    private static final String[] SHOWN = {
        "Mode", "Zxid", "Node count", "Connections", "Outstanding", "Latency min/avg/max"
    };

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "HOST:PORT|zoo.cfg",
            arity = "0..*",
            description =
                    "Servers, separated by blanks or commas (127.0.0.1:2181); or the configuration of"
                            + " one on this machine.")
    private List<String> servers = List.of("127.0.0.1:2181");

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "How long to wait for an answer (3000).")
    private int timeoutMillis = 3000;

    @Option(
            names = "--connect",
            paramLabel = "HOST[:PORT]",
            split = ",",
            description =
                    "Admin addresses of all servers of an ensemble (port 8080; https:// may stand in"
                            + " front): they are asked for their health and compared.")
    private List<String> admins = List.of();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    StatusCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        if (!admins.isEmpty()) {
            return new EnsembleStatus(Duration.ofMillis(timeoutMillis)).print(adminPorts(), json);
        }
        List<Endpoint> endpoints = endpoints(servers);
        boolean well = true;
        for (Endpoint endpoint : endpoints) {
            Map<String, String> figures = figures(endpoint);
            well &= figures.containsKey("Mode");
            print(endpoint, figures);
        }
        return well ? 0 : NOT_SERVING;
    }

    private List<AdminPort> adminPorts() {
        List<AdminPort> ports = new ArrayList<>();
        try {
            for (String admin : admins) {
                ports.add(AdminPort.parse(admin));
            }
        } catch (ConfigSyntaxException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), String.valueOf(e.getMessage()));
        }
        return ports;
    }

    private List<Endpoint> endpoints(List<String> addresses) {
        List<Endpoint> endpoints = new ArrayList<>();
        try {
            for (String server : String.join(",", addresses).split(",")) {
                Path file = Path.of(server.strip());
                endpoints.add(
                        Files.isRegularFile(file)
                                ? configured(file)
                                : Endpoint.parse(server.strip()));
            }
        } catch (ConfigSyntaxException | ConfigException | InvalidPathException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), String.valueOf(e.getMessage()));
        }
        return endpoints;
    }

    /** Where the server of this configuration is asked, on this machine. */
    private static Endpoint configured(Path file) throws ConfigException {
        Endpoint plain = ZooCfg.read(file, System.getProperties(), warning -> {}).ports().plain();
        if (plain == null) {
            throw new ConfigException(
                    file
                            + ": the server has no port for clients without TLS; ask its admin port,"
                            + " with --connect");
        }
        return plain.isWildcard() ? new Endpoint("127.0.0.1", plain.port()) : plain;
    }

    /** The lines of srvr by their names, or an error. */
    private Map<String, String> figures(Endpoint endpoint) {
        Map<String, String> figures = new LinkedHashMap<>();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), timeoutMillis);
            socket.setSoTimeout(timeoutMillis);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            String text = new String(answer, StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                int colon = line.indexOf(": ");
                if (colon > 0) {
                    figures.put(line.substring(0, colon), line.substring(colon + 2));
                }
            }
            if (!figures.containsKey("Mode")) {
                figures.put("error", text.isBlank() ? "no answer" : text.strip());
            }
        } catch (IOException e) {
            figures.put("error", "Error contacting service. It is probably not running.");
        }
        return figures;
    }

    private void print(Endpoint endpoint, Map<String, String> figures) {
        if (json) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("server", endpoint.toString());
            fields.putAll(figures);
            System.out.println(new JsonMapper().writeValueAsString(fields));
            return;
        }
        StringBuilder line = new StringBuilder(endpoint.toString());
        String separator = ": ";
        for (String name : SHOWN) {
            if (figures.containsKey(name)) {
                line.append(separator).append(name).append(": ").append(figures.get(name));
                separator = ", ";
            }
        }
        if (figures.containsKey("error")) {
            line.append(separator).append(figures.get("error"));
        }
        System.out.println(line);
    }
}
