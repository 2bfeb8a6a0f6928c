package org.quorate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process has used, as the operating system accounts it (Linux). The threads of the JIT
 * compiler are told apart, because their work fades.
 *
 * @param serverMicros processor time of all threads but the compiler's
 * @param compilerMicros processor time of the compiler's threads
 */
public record ProcessCpu(long serverMicros, long compilerMicros) {
    private static final long MICROS_PER_TICK = 10_000;

    /** Reads the accounts of the processes, added up. */
    public static ProcessCpu of(List<Long> pids) throws IOException {
        long server = 0;
        long compiler = 0;
        for (long pid : pids) {
            try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
                for (Path thread : threads.toList()) {
                    String stat;
                    try {
                        stat = Files.readString(thread.resolve("stat"));
                    } catch (IOException e) {
                        continue; // it has just ended
                    }
                    int nameEnd = stat.lastIndexOf(')');
                    String[] fields = stat.substring(nameEnd + 2).split(" ");
                    long micros =
                            (Long.parseLong(fields[11]) + Long.parseLong(fields[12]))
                                    * MICROS_PER_TICK;
                    if (stat.substring(0, nameEnd).contains("Compiler")) {
                        compiler += micros;
                    } else {
                        server += micros;
                    }
                }
            }
        }
        return new ProcessCpu(server, compiler);
    }

    /** Resident memory of a process in bytes. */
    public static long residentBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        throw new IOException("no VmRSS of process " + pid);
    }

    /** Bytes that a process has had written to disks. */
    public static long writtenBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/io"))) {
            if (line.startsWith("write_bytes:")) {
                return Long.parseLong(line.substring("write_bytes:".length()).trim());
            }
        }
        throw new IOException("no write_bytes of process " + pid);
    }

    public ProcessCpu minus(ProcessCpu earlier) {
        return new ProcessCpu(
                serverMicros - earlier.serverMicros, compilerMicros - earlier.compilerMicros);
    }
}
