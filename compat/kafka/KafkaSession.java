import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What compat/kafka/run does: arguments are the launcher of Quorate and a directory to work in. */
public final class KafkaSession {
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 6;
    private static final int MESSAGES = 2_000;

    private final String launcher;
    private final Path work;
    private final int servicePort = freePort();
    private final List<Process> processes = new ArrayList<>();
    private final List<Integer> brokerPorts = List.of(freePort(), freePort());
    private final Set<String> acknowledged = new HashSet<>();

    private KafkaSession(String launcher, Path work) throws IOException {
        this.launcher = launcher;
        this.work = work;
    }

    public static void main(String[] args) throws Exception {
        KafkaSession session = new KafkaSession(args[0], Path.of(args[1]));
        try {
            session.run();
        } catch (Exception | AssertionError e) {
            session.showLogs();
            throw e;
        } finally {
            session.processes.forEach(Process::destroyForcibly);
        }
        System.exit(0);
    }

    private void run() throws Exception {
        Process service = startService();
        Process first = startBroker(0);
        Process second = startBroker(1);
        try (Admin admin = Admin.create(client())) {
            awaitBrokers(admin, 2);
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 2))).all().get();
            produce("both brokers");

            awaitInSync(admin);
            kill(first);
            awaitBrokers(admin, 1);
            produce("one broker");
            first = startBroker(0);
            awaitBrokers(admin, 2);
            produce("both brokers again");

            kill(service);
            service = startService();
            produce("service killed and back");
            admin.createTopics(List.of(new NewTopic("later", 1, (short) 2)))
                    .all()
                    .get(60, TimeUnit.SECONDS);

            awaitInSync(admin);
            kill(second);
            awaitBrokers(admin, 1);
            produce("the other broker");
        }
        readBack();
        System.out.println(
                "kafka: done, " + acknowledged.size() + " acknowledged messages read back");
    }

    // ---- Kafka's clients

    private Properties client() {
        Properties properties = new Properties();
        properties.put(
                "bootstrap.servers",
                "127.0.0.1:" + brokerPorts.get(0) + ",127.0.0.1:" + brokerPorts.get(1));
        properties.put("acks", "all");
        properties.put("delivery.timeout.ms", "60000");
        properties.put("request.timeout.ms", "10000");
        return properties;
    }

    private void produce(String phase) throws Exception {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client(), new StringSerializer(), new StringSerializer())) {
            produce(producer, phase);
        }
    }

    private void produce(KafkaProducer<String, String> producer, String phase) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            String value = phase + " " + i;
            values.add(value);
            sent.add(producer.send(new ProducerRecord<>(TOPIC, Integer.toString(i), value)));
        }
        for (int i = 0; i < MESSAGES; i++) {
            sent.get(i).get(90, TimeUnit.SECONDS);
            acknowledged.add(values.get(i));
        }
        System.out.println("kafka: " + phase + ", " + MESSAGES + " messages acknowledged");
    }

    private void readBack() throws Exception {
        Set<String> missing = new HashSet<>(acknowledged);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(client(), new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> all = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                all.add(new TopicPartition(TOPIC, partition));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
            while (!missing.isEmpty() && System.nanoTime() - deadlineNanos < 0) {
                consumer.poll(Duration.ofMillis(500))
                        .forEach(message -> missing.remove(message.value()));
            }
        }
        if (!missing.isEmpty()) {
            throw new AssertionError(missing.size() + " acknowledged messages are missing");
        }
    }

    private static void awaitBrokers(Admin admin, int count) throws Exception {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (brokers(admin) != count) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("there are not " + count + " brokers after a minute");
            }
            Thread.sleep(200);
        }
    }

    /** Kafka elects only a replica that is in sync: without waiting, its own rules end the test. */
    private static void awaitInSync(Admin admin) throws Exception {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            boolean all =
                    admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC)
                            .partitions().stream()
                            .allMatch(partition -> partition.isr().size() == 2);
            if (all) {
                return;
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("the brokers are not in sync after a minute");
            }
            Thread.sleep(200);
        }
    }

    private static int brokers(Admin admin) throws InterruptedException {
        try {
            return admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).size();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            return -1;
        }
    }

    // ---- processes

    private Process startService() throws Exception {
        Path config = work.resolve("zoo.cfg");
        Files.write(
                config,
                List.of(
                        "dataDir=" + work.resolve("service"),
                        "clientPort=" + servicePort,
                        "clientPortAddress=127.0.0.1",
                        "tickTime=1000",
                        "admin.enableServer=false"));
        return start("service", launcher, "serve", config.toString());
    }

    private Process startBroker(int id) throws Exception {
        Path config = work.resolve("broker-" + id + ".properties");
        String listener = "PLAINTEXT://127.0.0.1:" + brokerPorts.get(id);
        Files.write(
                config,
                List.of(
                        "broker.id=" + id,
                        "listeners=" + listener,
                        "zookeeper.connect=127.0.0.1:" + servicePort,
                        "zookeeper.session.timeout.ms=6000",
                        "log.dirs=" + work.resolve("broker-" + id),
                        "min.insync.replicas=1",
                        "controlled.shutdown.enable=false"));
        return start(
                "broker-" + id,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "kafka.Kafka",
                config.toString());
    }

    private Process start(String name, String... command) throws IOException {
        File log = work.resolve(name + ".log").toFile();
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                        .start();
        processes.add(process);
        return process;
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private void showLogs() throws IOException {
        for (Map.Entry<String, Integer> log :
                Map.of("service", 40, "broker-0", 30, "broker-1", 30).entrySet()) {
            List<String> lines = Files.readAllLines(work.resolve(log.getKey() + ".log"));
            System.err.println("---- the end of " + log.getKey() + "'s log");
            lines.subList(Math.max(0, lines.size() - log.getValue()), lines.size())
                    .forEach(System.err::println);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
