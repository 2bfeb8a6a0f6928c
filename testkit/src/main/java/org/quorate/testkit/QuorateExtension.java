package org.quorate.testkit;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A {@link TestEnsemble} for JUnit tests, handed to those that ask for it as a parameter.
 *
 * <pre>{@code
 * @RegisterExtension
 * static QuorateExtension quorate = QuorateExtension.of(TestEnsemble.builder().servers(3));
 *
 * @Test
 * void aLeaderThatLosesItsSessionStandsDown(TestEnsemble ensemble) { … }
 * }</pre>
 *
 * <p>In a static field, or by {@code @ExtendWith}, all tests of a class share one ensemble, which
 * is healed, and its stopped servers started, after each; in another field each test gets its own.
 * The seed of a failed test is printed.
 */
public final class QuorateExtension
        implements BeforeAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback,
                ParameterResolver {
    private final TestEnsemble.Builder builder;
    private @Nullable TestEnsemble ensemble;
    private boolean shared;

    /** Three servers, seed 1. */
    public QuorateExtension() {
        this(TestEnsemble.builder());
    }

    private QuorateExtension(TestEnsemble.Builder builder) {
        this.builder = builder;
    }

    /** Ensembles as told. */
    public static QuorateExtension of(TestEnsemble.Builder builder) {
        return new QuorateExtension(builder);
    }

    /** The ensemble of the present test. */
    public TestEnsemble ensemble() {
        if (ensemble == null) {
            throw new IllegalStateException("no test runs, so there is no ensemble");
        }
        return ensemble;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        ensemble = builder.start();
        shared = true;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (!shared) {
            ensemble = builder.start();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        TestEnsemble used = ensemble();
        if (context.getExecutionException().isPresent()) {
            context.publishReportEntry("quorate.seed", Long.toString(used.seed()));
        }
        if (!shared) {
            close();
            return;
        }
        used.heal();
        for (TestServer server : used.servers()) {
            if (!server.isRunning()) {
                server.start();
            }
        }
        used.awaitServing();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
        shared = false;
    }

    private void close() {
        if (ensemble != null) {
            ensemble.close();
            ensemble = null;
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestEnsemble.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return ensemble();
    }
}
