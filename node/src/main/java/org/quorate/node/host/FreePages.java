package org.quorate.node.host;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import org.quorate.tree.DataTree;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets Linux have the memory of free pages back while their addresses stay ({@code madvise},
 * MADV_DONTNEED). Elsewhere nothing happens. Any thread.
 */
final class FreePages implements DataTree.PageRelease {
    private static final Logger LOG = LoggerFactory.getLogger(FreePages.class);
    private static final int DONT_NEED = 4;

    /** Found when it is first wanted: it takes some tens of milliseconds. */
    private @Nullable MethodHandle advise;

    private boolean unable = !System.getProperty("os.name", "").equals("Linux");

    @Override
    public synchronized void release(MemorySegment page) {
        if (unable) {
            return;
        }
        try {
            MethodHandle call = advise;
            if (call == null) {
                call = link();
                advise = call;
            }
            int _ = (int) call.invokeExact(page, page.byteSize(), DONT_NEED);
        } catch (Throwable e) {
            // No such function, or native access is forbidden: the memory is kept.
            unable = true;
            LOG.debug("free memory of the tree is kept: {}", e.toString());
        }
    }

    // Justification: one call of a function that Linux has, on memory that nobody uses.
    @SuppressWarnings("restricted")
    private static MethodHandle link() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("madvise"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT));
    }
}
