package org.quorate.compat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A key distribution centre of MIT Kerberos in a process of its own, for the realm {@link #REALM},
 * with its files in one directory. Needs Debian's {@code krb5-kdc} and {@code krb5-admin-server}.
 */
final class Kdc implements AutoCloseable {
    static final String REALM = "QUORATE.TEST";

    private static final int START_SECONDS_MAX = 20;

    private final Path dir;
    private final Process process;

    /**
     * @param ticketLife as Kerberos writes it: {@code 10s}, {@code 8h}
     */
    Kdc(Path dir, String ticketLife) throws IOException, InterruptedException {
        this.dir = dir;
        int port = freePort();
        Files.writeString(
                configuration(),
                """
                [libdefaults]
                  default_realm = %1$s
                  dns_lookup_kdc = false
                  dns_lookup_realm = false
                  dns_canonicalize_hostname = false
                  rdns = false
                  udp_preference_limit = 1
                  ticket_lifetime = %3$s
                [realms]
                  %1$s = {
                    kdc = 127.0.0.1:%2$d
                  }
                """
                        .formatted(REALM, port, ticketLife));
        Files.writeString(
                dir.resolve("kdc.conf"),
                """
                [kdcdefaults]
                  kdc_listen = ""
                  kdc_tcp_listen = 127.0.0.1:%2$d
                [realms]
                  %1$s = {
                    database_name = %3$s/principal
                    key_stash_file = %3$s/stash
                    acl_file = %3$s/acl
                    max_life = %4$s
                  }
                """
                        .formatted(REALM, port, dir, ticketLife));
        run("kdb5_util", "create", "-s", "-r", REALM, "-P", "of this test");
        process = command("krb5kdc", "-n").start();
        awaitListening(port);
    }

    /** For {@code -Djava.security.krb5.conf}. */
    Path configuration() {
        return dir.resolve("krb5.conf");
    }

    /** Makes principals with keys that nobody knows, in a key tab of their own. */
    Path keyTab(String file, String... principals) throws IOException, InterruptedException {
        Path keyTab = dir.resolve(file);
        for (String principal : principals) {
            run("kadmin.local", "-q", "addprinc -randkey " + principal);
            run("kadmin.local", "-q", "ktadd -k %s %s".formatted(keyTab, principal));
        }
        if (!Files.exists(keyTab)) {
            throw new IOException("no key tab was made: " + keyTab);
        }
        return keyTab;
    }

    /** A section of a JAAS configuration that logs in with a key tab. */
    static String section(String name, Path keyTab, String principal) {
        return """
        %s {
          com.sun.security.auth.module.Krb5LoginModule required
          useKeyTab=true storeKey=true useTicketCache=false refreshKrb5Config=true
          keyTab="%s" principal="%s@%s";
        };
        """
                .formatted(name, keyTab, principal, REALM);
    }

    private void run(String... words) throws IOException, InterruptedException {
        Process run = command(words).start();
        if (!run.waitFor(30, TimeUnit.SECONDS) || run.exitValue() != 0) {
            run.destroyForcibly();
            throw new IOException("%s failed:%n%s".formatted(words[0], log()));
        }
    }

    private ProcessBuilder command(String... words) {
        List<String> command = new ArrayList<>(List.of(words));
        command.set(0, "/usr/sbin/" + words[0]);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("KRB5_CONFIG", configuration().toString());
        builder.environment().put("KRB5_KDC_PROFILE", dir.resolve("kdc.conf").toString());
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("kdc.log").toFile()));
    }

    private String log() throws IOException {
        return Files.readString(dir.resolve("kdc.log"));
    }

    private void awaitListening(int port) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException e) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS)
                        || System.nanoTime() > deadlineNanos) {
                    throw new IOException("the KDC does not listen: " + log(), e);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
