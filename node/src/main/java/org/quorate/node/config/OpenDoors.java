package org.quorate.node.config;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.net.sasl.PeerSasl;
import org.quorate.net.tls.TlsOptions;
import org.quorate.protocol.peer.Endpoint;

/**
 * What a configuration leaves open: said in one block when a server starts, and by {@code quorate
 * security check}. It looks at the configuration and at the modes of its files, not at access lists
 * of znodes. Used once.
 */
public final class OpenDoors {
    private final ServerConfig config;
    private final List<String> found = new ArrayList<>();

    private OpenDoors(ServerConfig config) {
        this.config = config;
    }

    /** One line for each thing that is open, most dangerous first; empty if nothing is. */
    public static List<String> of(ServerConfig config) {
        OpenDoors doors = new OpenDoors(config);
        doors.rights();
        doors.clients();
        doors.servers();
        doors.operators();
        doors.files();
        return List.copyOf(doors.found);
    }

    private void rights() {
        if (config.behaviour().skipAcl()) {
            found.add("skipACL=yes: access lists are not looked at; everybody may do everything");
        }
        TlsOptions tls = config.tls().clients();
        boolean byCertificate =
                tls != null
                        && tls.clientAuth() == TlsOptions.ClientAuth.NEED
                        && config.ports().plain() == null;
        if (config.auth().enforcedSchemes() == null && !byCertificate) {
            found.add(
                    "clients need not say who they are, and a new tree lets anyone do everything"
                            + " on /: set enforce.auth.enabled, and access lists");
        }
    }

    private void clients() {
        Endpoint plain = config.ports().plain();
        if (plain != null && isReachable(plain)) {
            found.add(
                    "clients on %s are not encrypted%s"
                            .formatted(
                                    plain,
                                    config.ports().unified()
                                            ? " unless they want to be (client.portUnification)"
                                            : ": use secureClientPort, and leave clientPort out"));
        }
        TlsOptions tls = config.tls().clients();
        if (tls != null && tls.clientAuth() != TlsOptions.ClientAuth.NEED) {
            found.add("TLS clients need not show a certificate (ssl.clientAuth)");
        }
        if (tls != null && !tls.revocation().crl() && !tls.revocation().ocsp()) {
            found.add("revoked certificates of clients are believed (ssl.crl, ssl.ocsp)");
        }
    }

    private void servers() {
        if (config.quorum().standalone()) {
            return;
        }
        ServerConfig.PeersTls peers = config.tls().peers();
        if (peers == null || !peers.dials()) {
            PeerSasl.Options sasl = config.auth().peers();
            found.add(
                    sasl != null && sasl.required()
                            ? "servers speak to each other in plain text: set sslQuorum"
                            : "servers trust whoever reaches their quorum and election ports, in"
                                    + " plain text: set sslQuorum");
            return;
        }
        if (peers.plainToo()) {
            found.add("quorum and election ports take plain connections too (portUnification)");
        }
        if (peers.options().clientAuth() != TlsOptions.ClientAuth.NEED) {
            found.add("servers need not show a certificate (ssl.quorum.clientAuth)");
        }
        if (!peers.options().names().ofAcceptors()) {
            found.add(
                    "any certificate of the authority is any server's"
                            + " (ssl.quorum.hostnameVerification)");
        }
    }

    private void operators() {
        ServerConfig.Admin admin = config.admin();
        if (admin.enabled() && isReachable(admin.address())) {
            ServerConfig.AdminTls tls = admin.tls();
            boolean plain = tls == null || tls.plainToo();
            if (tls == null || plain || tls.options().clientAuth() == TlsOptions.ClientAuth.NONE) {
                found.add(
                        "anyone who reaches %s sees the server's state, without a login%s: set admin.serverAddress=127.0.0.1"
                                .formatted(admin.address(), plain ? " and in plain text" : ""));
            }
            if (plain && admin.consolePassword() != null) {
                found.add(
                        "operators' passwords go to %s in plain text (admin.console.passwordHash):"
                                        .formatted(admin.address())
                                + " set admin.forceHttps");
            }
            if (plain && admin.issuer() != null) {
                found.add(
                        "operators' tokens go to %s in plain text (admin.oidc.issuer):"
                                        .formatted(admin.address())
                                + " set admin.forceHttps");
            }
        }
        if (config.metrics().prometheus() && isReachable(config.metrics().address())) {
            found.add(
                    "anyone who reaches %s reads the metrics (metricsProvider.httpHost)"
                            .formatted(config.metrics().address()));
        }
        if (admin.words().contains("*")) {
            found.add("every client may use every four-letter word (4lw.commands.whitelist=*)");
        }
    }

    private void files() {
        Path file = config.quorum().staticFile();
        boolean holdsSecrets =
                config.fileText()
                        .lines()
                        .anyMatch(line -> line.contains("=") && !line.equals(Secrets.shown(line)));
        if (holdsSecrets) {
            readableByOthers("the configuration, with a secret in it,", file);
        }
        keyStore(config.tls().clients());
        ServerConfig.PeersTls peers = config.tls().peers();
        keyStore(peers == null ? null : peers.options());
        readableByOthers("the data directory", config.directories().data());
    }

    private void keyStore(@Nullable TlsOptions tls) {
        TlsOptions.Store keys = tls == null ? null : tls.keyStore();
        if (keys != null) {
            readableByOthers("the key store", keys.location());
        }
    }

    private void readableByOthers(String what, @Nullable Path file) {
        if (file == null
                || !Files.exists(file)
                || !FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                found.add(
                        "%s %s can be read by every user of this machine: chmod o-rwx"
                                .formatted(what, file));
            }
        } catch (IOException e) {
            found.add("%s %s: its mode cannot be read: %s".formatted(what, file, e.getMessage()));
        }
    }

    private static boolean isReachable(Endpoint address) {
        return !address.host().startsWith("127.")
                && !address.host().equals("localhost")
                && !address.host().equals("::1");
    }
}
