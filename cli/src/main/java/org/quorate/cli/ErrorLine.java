package org.quorate.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** What went wrong, in one line for the person. Stateless. */
public final class ErrorLine {
    private ErrorLine() {}

    /** The exception's message, or what its type says where the message alone would not. */
    public static String of(Throwable e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + ": no such file";
            case AccessDeniedException denied -> denied.getFile() + ": not permitted";
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }
}
