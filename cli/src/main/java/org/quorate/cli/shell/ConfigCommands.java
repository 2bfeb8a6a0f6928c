package org.quorate.cli.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** Commands on the ensemble's configuration. Stateless. */
final class ConfigCommands {
    private ConfigCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("config", "[-c] [-w] [-s]", "c w s", 0, 0, ConfigCommands::config),
                Command.of(
                        "reconfig",
                        "[-s] [-v version] [[-file path] | [-members"
                                + " serverID=host:port1:port2;port3[,...]*]] | [-add"
                                + " serverId=host:port1:port2;port3[,...]]* [-remove"
                                + " serverId[,...]*]",
                        "s v= file= members= add= remove=",
                        0,
                        0,
                        ConfigCommands::reconfig));
    }

    private static Result config(Arguments arguments, Session session)
            throws KeeperException, InterruptedException {
        Stat stat = new Stat();
        byte @Nullable [] data = session.client().getConfig(arguments.has("w"), stat);
        String config = data == null ? "" : new String(data, StandardCharsets.UTF_8);
        String text = arguments.has("c") ? clientAddresses(config) : config;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("config", config);
        json.put("stat", StatView.json(stat));
        return Result.of(arguments.has("s") ? text + "\n" + StatView.text(stat) : text, json);
    }

    /** The version and what clients connect to, as zkCli shows it. */
    private static String clientAddresses(String config) {
        String version = "";
        List<String> addresses = new ArrayList<>();
        for (String line : config.split("\n")) {
            if (line.startsWith("version=")) {
                version = line.substring("version=".length());
            } else if (line.startsWith("server.") && line.contains(";")) {
                addresses.add(line.substring(line.lastIndexOf(';') + 1));
            }
        }
        return version + " " + String.join(",", addresses);
    }

    private static Result reconfig(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        String file = arguments.value("file");
        String members = file == null ? arguments.value("members") : read(file);
        String joining = arguments.value("add");
        String leaving = arguments.value("remove");
        if (file != null && arguments.value("members") != null) {
            throw Failure.wrongUse(
                    "Can't use -file and -members together (conflicting non-incremental modes)");
        }
        if (members != null && (joining != null || leaving != null)) {
            throw Failure.wrongUse(
                    "Can't use -file or -members together with -add or -remove (mixing incremental"
                            + " and non-incremental modes is not allowed)");
        }
        if (members == null && joining == null && leaving == null) {
            throw Failure.wrongUse(all().get(1).usage());
        }
        Stat stat = new Stat();
        byte[] config =
                session.client()
                        .reconfigure(
                                prefixed(joining),
                                leaving,
                                prefixed(members),
                                arguments.longInteger("v", -1),
                                stat);
        String text = "Committed new configuration:\n" + new String(config, StandardCharsets.UTF_8);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("config", new String(config, StandardCharsets.UTF_8));
        json.put("stat", StatView.json(stat));
        return Result.of(arguments.has("s") ? text + "\n" + StatView.text(stat) : text, json);
    }

    /** zkCli takes {@code 1=host:…} for {@code server.1=host:…}. */
    private static @Nullable String prefixed(@Nullable String servers) {
        if (servers == null) {
            return null;
        }
        List<String> lines = new ArrayList<>();
        for (String server : servers.split(",")) {
            boolean bare = !server.isEmpty() && Character.isDigit(server.charAt(0));
            lines.add(bare ? "server." + server : server);
        }
        return String.join(",", lines);
    }

    private static String read(String file) throws Failure {
        try {
            List<String> lines = new ArrayList<>();
            for (String line : Files.readAllLines(Path.of(file))) {
                String stripped = line.strip();
                if (stripped.startsWith("server.")
                        || stripped.startsWith("group")
                        || stripped.startsWith("weight")) {
                    lines.add(stripped);
                }
            }
            return String.join(",", lines);
        } catch (IOException | InvalidPathException e) {
            throw Failure.failed("Error processing " + file);
        }
    }
}
