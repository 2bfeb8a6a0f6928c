package org.quorate.sim;

import java.io.IOException;

/** The machine loses its power in the middle of something; everything after it fails as well. */
final class PowerLoss extends IOException {
    private static final long serialVersionUID = 1;

    PowerLoss() {
        super("power loss");
    }
}
