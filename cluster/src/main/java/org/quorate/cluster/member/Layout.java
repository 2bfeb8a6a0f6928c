package org.quorate.cluster.member;

import org.quorate.cluster.coordinator.Paths;

/** Where members keep their znodes under one root. */
record Layout(String root) {
    String home() {
        return Paths.join(root, "members");
    }

    String live() {
        return home() + "/live";
    }

    String histories() {
        return home() + "/history";
    }

    String drains() {
        return home() + "/drains";
    }

    String live(String id) {
        return Paths.join(live(), id);
    }

    String history(String id) {
        return Paths.join(histories(), id);
    }

    String drain(String id) {
        return Paths.join(drains(), id);
    }
}
