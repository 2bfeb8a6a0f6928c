package org.quorate.compat.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.quorate.bench.ServerProcess;

/** Clients of the registers, each on a thread of its own, and what they saw. One thread's. */
final class RegisterClients {
    private final Registers registers;
    private final List<RegisterClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private RegisterClients(Registers registers) {
        this.registers = registers;
    }

    static RegisterClients start(
            List<ServerProcess> servers, Registers registers, int count, long seed) {
        List<InetSocketAddress> addresses = servers.stream().map(ServerProcess::address).toList();
        RegisterClients all = new RegisterClients(registers);
        for (int i = 0; i < count; i++) {
            RegisterClient client = new RegisterClient(addresses, registers, i, seed);
            all.clients.add(client);
            all.threads.add(Thread.ofPlatform().daemon().start(client));
        }
        return all;
    }

    /**
     * What came of a run that was linearizable.
     *
     * @param unanswered writes of which nobody was told whether they are done
     */
    record Verdict(long answered, long unanswered) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d operations answered, %,d writes not, linearizable",
                    answered,
                    unanswered);
        }
    }

    /** Ends the clients, and fails if what they saw is not linearizable. */
    Verdict judge() throws InterruptedException {
        clients.forEach(RegisterClient::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        for (RegisterClient client : clients) {
            assertThat(client.failure()).isNull();
        }
        long answered = 0;
        long unanswered = 0;
        for (int register = 0; register < registers.count(); register++) {
            List<Operation> history = new ArrayList<>();
            for (RegisterClient client : clients) {
                history.addAll(client.notes(register));
            }
            long lost = history.stream().filter(each -> !each.isAnswered()).count();
            unanswered += lost;
            answered += history.size() - lost;
            assertThat(Linearizability.violation(history))
                    .as("%s: %s", registers.path(register), history)
                    .isNull();
        }
        return new Verdict(answered, unanswered);
    }
}
