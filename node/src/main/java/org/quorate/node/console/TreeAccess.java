package org.quorate.node.console;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quorate.tree.DataTree;

/** Lets questions look at the tree beside its writer. Any thread. */
@FunctionalInterface
public interface TreeAccess {
    /** Asks the tree; the writer waits meanwhile, so a question is short. */
    <T extends @Nullable Object> T read(Function<DataTree, T> question);
}
