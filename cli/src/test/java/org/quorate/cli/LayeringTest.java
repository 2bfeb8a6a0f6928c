package org.quorate.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Holds the arrows of ARCHITECTURE.md: who may know whom, and what the core may never know. */
class LayeringTest {
    private static final JavaClasses PRODUCTION =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("org.quorate");

    private static final String[] CORE = {
        "org.quorate.protocol..", "org.quorate.tree..", "org.quorate.zab..", "org.quorate.replica.."
    };

    @Test
    void theCoreKnowsNothingOfTheWorld() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage(CORE)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "java.io..",
                                "java.net..",
                                "java.nio.file..",
                                "java.nio.channels..",
                                "java.util.concurrent..",
                                "java.util.random..",
                                "java.util.logging..",
                                "io.netty..",
                                "org.slf4j..")
                        .because("the simulator must be able to replay the core from a seed"));
    }

    @Test
    void theCoreHasNoClockNoChanceAndNoThread() {
        for (String method : new String[] {"currentTimeMillis", "nanoTime"}) {
            check(
                    noClasses()
                            .that()
                            .resideInAnyPackage(CORE)
                            .should()
                            .callMethod(System.class, method)
                            .because("time and chance are arguments"));
        }
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage(CORE)
                        .should()
                        .callMethod(System.class, "identityHashCode", Object.class)
                        .because("identity must not reach a decision"));
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage(CORE)
                        .should()
                        .dependOnClassesThat()
                        .belongToAnyOf(
                                Thread.class,
                                java.util.UUID.class,
                                java.time.Instant.class,
                                java.time.Clock.class)
                        .because("time, chance and threads belong to the host"));
    }

    @Test
    void arrowsPointInward() {
        forbid("protocol", "tree", "zab", "replica", "log", "net", "node", "sim", "cluster", "cli");
        forbid("tree", "zab", "replica", "log", "net", "node", "sim", "cluster", "cli");
        forbid("zab", "tree", "replica", "log", "net", "node", "sim", "cluster", "cli");
        forbid("replica", "log", "net", "node", "sim", "cluster", "cli");
        forbid("log", "tree", "zab", "replica", "net", "node", "sim", "cluster", "cli");
        forbid("net", "tree", "zab", "replica", "log", "node", "sim", "cluster", "cli");
        forbid("node", "sim", "cluster", "cli");
        forbid("sim", "net", "node", "cluster", "cli");
        forbid("cluster", "protocol", "tree", "zab", "replica", "log", "net", "node", "sim", "cli");
    }

    private static void forbid(String room, String... others) {
        String[] packages = new String[others.length];
        for (int i = 0; i < others.length; i++) {
            packages[i] = "org.quorate." + others[i] + "..";
        }
        check(
                noClasses()
                        .that()
                        .resideInAPackage("org.quorate." + room + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(packages)
                        .because("arrows point one way, see ARCHITECTURE.md"));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(PRODUCTION);
    }
}
