package org.quorate.log;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.Charset;

/**
 * What the operating system says for an error, in the language of this process: Java has nothing
 * else to tell one failed write from another. Stateless.
 */
final class SystemWords {
    /** {@code ENOSPC}, on Linux and on macOS. */
    static final int NO_SPACE = 28;

    /** {@code EDQUOT}. */
    static final int OVER_QUOTA = System.getProperty("os.name", "").startsWith("Mac") ? 69 : 122;

    private static final int LENGTH_MAX = 1024;

    private SystemWords() {}

    /** Empty where the system cannot be asked. */
    // Justification: one call of a function that every C library has, its result read as text.
    @SuppressWarnings("restricted")
    static String of(int error) {
        try {
            Linker linker = Linker.nativeLinker();
            MemorySegment words =
                    (MemorySegment)
                            linker.downcallHandle(
                                            linker.defaultLookup().findOrThrow("strerror"),
                                            FunctionDescriptor.of(
                                                    ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                                    .invokeExact(error);
            return words.reinterpret(LENGTH_MAX).getString(0, charset());
        } catch (Throwable e) {
            // No such function, or native access is forbidden: the caller has other signs.
            return "";
        }
    }

    /** That which the JVM reads the system's words in. */
    private static Charset charset() {
        return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    }
}
