package org.quorate.node.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.peer.Member;

/** What is made of other members' answers. */
class ProbeTest {
    private static final String ANSWER =
            """
            Zookeeper version: 3.9.5-c1d2e3, built on 2026-01-05 10:12 UTC
            Latency min/avg/max: 0/0.5/12
            Received: 68
            Sent: 71
            Connections: 1
            Outstanding: 0
            Zxid: 0x100000027
            Mode: leader
            Proposal sizes last/min/max: 48/36/205
            Node count: 6
            """;

    private static Member member(int clientPort) {
        return Member.parse(2, "127.0.0.1:2888:3888:participant;127.0.0.1:" + clientPort);
    }

    @Test
    void theAnswerOfARealServerIsUnderstood() {
        Probe.Finding finding = Probe.parse(ANSWER);
        assertThat(finding.state()).isEqualTo("leader");
        assertThat(finding.isVoting()).isTrue();
        assertThat(finding.lines())
                .containsEntry("Zxid", "0x100000027")
                .containsEntry("Latency min/avg/max", "0/0.5/12")
                .containsEntry("Zookeeper version", "3.9.5-c1d2e3, built on 2026-01-05 10:12 UTC");
    }

    @Test
    void aServerWithoutAQuorumIsNotServing() {
        Probe.Finding finding =
                Probe.parse("This ZooKeeper instance is not currently serving requests\n");
        assertThat(finding.state()).isEqualTo("not serving");
        assertThat(finding.isVoting()).isFalse();
    }

    @Test
    void nonsenseIsShownInShort() {
        Probe.Finding finding = Probe.parse("x".repeat(5_000));
        assertThat(finding.state()).isEqualTo("unreachable");
        assertThat(finding.note()).hasSize(200);
        assertThat(Probe.parse("").note()).isEqualTo("it closed the connection");
    }

    @Test
    void aMemberThatDoesNotListenIsUnreachable() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        Probe.Finding finding = Probe.ask(member(port), 500);
        assertThat(finding.state()).isEqualTo("unreachable");
        assertThat(finding.note()).contains("127.0.0.1:" + port);
    }

    @Test
    void aMemberThatListensAndSaysNothingIsGivenUp() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(Probe.ask(member(mute.getLocalPort()), 50).state()).isEqualTo("unreachable");
        }
    }

    @Test
    void aMemberIsAskedByAFourLetterWord() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (Socket socket = listening.accept()) {
                                    byte[] word = socket.getInputStream().readNBytes(4);
                                    String text = new String(word, StandardCharsets.US_ASCII);
                                    String answer = text.equals("srvr") ? ANSWER : text;
                                    socket.getOutputStream()
                                            .write(answer.getBytes(StandardCharsets.UTF_8));
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            assertThat(Probe.ask(member(listening.getLocalPort()), 5_000).state())
                    .isEqualTo("leader");
            server.join();
        }
    }

    @Test
    void aMemberWithoutAClientPortCannotBeAsked() {
        Member none = Member.parse(3, "127.0.0.1:2888:3888");
        assertThat(Probe.ask(none, 50).note()).isEqualTo("the configuration names no client port");
    }
}
