package org.quorate.compat.suite;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Lets ZooKeeper's own tests of ensembles start their servers in processes of their own. Before any
 * of them is loaded, three classes are defined with other bodies for some methods: {@code
 * QuorumPeer}, where a peer is started, runs, is stopped and tells its state ({@link
 * OutsidePeers}); the tests' {@code QuorumUtil}, where it looks for the one that leads, or whether
 * one does; and the tests' {@code JMXEnv}, which looks for the servers' beans in the tests' own
 * process and would find none. Only with the system property {@code suite.peers}.
 */
public final class PeerClass implements LauncherSessionListener {
    private static final String PEER = "org.apache.zookeeper.server.quorum.QuorumPeer";
    private static final ClassDesc PEER_DESC = ClassDesc.of(PEER);
    private static final ClassDesc STATE = ClassDesc.of(PEER + "$ServerState");
    private static final ClassDesc THREAD =
            ClassDesc.of("org.apache.zookeeper.server.ZooKeeperThread");
    private static final ClassDesc OUTSIDE = ClassDesc.of("org.quorate.compat.suite.OutsidePeers");
    private static final ClassDesc SET = ClassDesc.of("java.util.Set");

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (System.getProperty("suite.peers") != null) {
            define(
                    PEER,
                    "org.apache.zookeeper.server.quorum.QuorumPacket",
                    Map.of(
                            "start",
                            PeerClass::start,
                            "run",
                            code -> outside(code, "run"),
                            "shutdown",
                            code -> outside(code, "shutdown"),
                            "getPeerState",
                            PeerClass::state));
            define(
                    "org.apache.zookeeper.test.JMXEnv",
                    "org.apache.zookeeper.test.ClientBase$CountdownWatcher",
                    Map.of(
                            "ensureAll", PeerClass::emptySet,
                            "ensureOnly", PeerClass::emptySet,
                            "ensureBeanAttribute", code -> code.aconst_null().areturn(),
                            "ensureNone", CodeBuilder::return_));
            define(
                    "org.apache.zookeeper.test.QuorumUtil",
                    "org.apache.zookeeper.test.ClientBase$CountdownWatcher",
                    Map.of(
                            "getLeaderServer",
                            code -> leader(code).ireturn(),
                            "leaderExists",
                            code -> isSome(leader(code)).ireturn()));
        }
    }

    /**
     * Defines a class anew.
     *
     * @param neighbour another class of its package, to get in by
     * @param bodies by the names of methods; all that are called so get them
     */
    private static void define(
            String name, String neighbour, Map<String, Consumer<CodeBuilder>> bodies) {
        ClassLoader loader = PeerClass.class.getClassLoader();
        try (InputStream original = loader.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (original == null) {
                throw new IllegalStateException("no " + name + " on the class path");
            }
            MethodHandles.privateLookupIn(
                            Class.forName(neighbour, false, loader), MethodHandles.lookup())
                    .defineClass(changed(original.readAllBytes(), bodies));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] changed(byte[] original, Map<String, Consumer<CodeBuilder>> bodies) {
        ClassFile file = ClassFile.of();
        return file.transformClass(
                file.parse(original),
                (builder, element) -> {
                    Consumer<CodeBuilder> body =
                            element instanceof MethodModel method
                                    ? bodies.get(method.methodName().stringValue())
                                    : null;
                    if (body != null && element instanceof MethodModel method) {
                        builder.withMethodBody(
                                method.methodName(),
                                method.methodType(),
                                method.flags().flagsMask(),
                                body);
                    } else {
                        builder.with(element);
                    }
                });
    }

    private static void start(CodeBuilder code) {
        code.aload(0)
                .invokestatic(OUTSIDE, "start", ofPeer(ConstantDescs.CD_void))
                .aload(0)
                .invokespecial(THREAD, "start", MethodTypeDesc.of(ConstantDescs.CD_void))
                .return_();
    }

    private static void outside(CodeBuilder code, String method) {
        code.aload(0).invokestatic(OUTSIDE, method, ofPeer(ConstantDescs.CD_void)).return_();
    }

    private static void state(CodeBuilder code) {
        code.aload(0).invokestatic(OUTSIDE, "state", ofPeer(STATE)).areturn();
    }

    private static CodeBuilder leader(CodeBuilder code) {
        return code.aload(0)
                .invokestatic(
                        OUTSIDE,
                        "leader",
                        MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_Object));
    }

    private static CodeBuilder isSome(CodeBuilder code) {
        return code.invokestatic(
                OUTSIDE,
                "isSome",
                MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_int));
    }

    private static MethodTypeDesc ofPeer(ClassDesc result) {
        return MethodTypeDesc.of(result, PEER_DESC);
    }

    private static void emptySet(CodeBuilder code) {
        code.invokestatic(SET, "of", MethodTypeDesc.of(SET), true).areturn();
    }
}
