package org.quorate.sim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Core and simulator with a {@link Mutation} compiled in, apart from the real ones. */
final class Mutant {
    private static final String OURS = "org.quorate.";

    private final Class<?> simulation;
    private final String faults;

    Mutant(Mutation mutation) throws IOException, ReflectiveOperationException {
        faults = mutation.faults();
        Map<String, byte[]> mutated = compile(sources(mutation));
        simulation = new Loader(mutated).loadClass(OURS + "sim.Simulation");
    }

    /** What breaks in the run of a seed; null if nothing does. */
    @Nullable String failure(long seed) throws ReflectiveOperationException {
        var run = simulation.getDeclaredMethod("runFocused", long.class, String.class);
        run.setAccessible(true);
        Object outcome = run.invoke(null, seed, faults);
        return (String) outcome.getClass().getMethod("failure").invoke(outcome);
    }

    /** Files with all their patches, by their path. */
    private static Map<String, String> sources(Mutation mutation) throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (Mutation.Patch patch : mutation.patches()) {
            String source = sources.get(patch.file());
            if (source == null) {
                source = Files.readString(Path.of("..").resolve(patch.file()));
            }
            int at = source.indexOf(patch.before());
            if (at < 0 || source.indexOf(patch.before(), at + 1) >= 0) {
                throw new IllegalStateException(
                        "%s: \"%s\" does not stand in %s once: adapt the mutation to the code"
                                .formatted(mutation, patch.before(), patch.file()));
            }
            sources.put(patch.file(), source.replace(patch.before(), patch.after()));
        }
        return sources;
    }

    private static Map<String, byte[]> compile(Map<String, String> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> classes = new HashMap<>();
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((file, source) -> units.add(new Source(file, source)));
        StringWriter complaints = new StringWriter();
        try (JavaFileManager files =
                new InMemory(compiler.getStandardFileManager(null, null, null), classes)) {
            List<String> options =
                    List.of("-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path"));
            if (!compiler.getTask(complaints, files, null, options, null, units).call()) {
                throw new IllegalStateException("the mutant does not compile: " + complaints);
            }
        }
        Map<String, byte[]> bytes = new HashMap<>();
        classes.forEach((name, out) -> bytes.put(name, out.toByteArray()));
        return bytes;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String source;

        Source(String file, String source) {
            super(URI.create("string:///" + file), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes;

        InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
            super(files);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("bytes:///" + name), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    classes.put(name, out);
                    return out;
                }
            };
        }
    }

    /** All of our classes anew, so that the mutated ones meet their neighbours in one package. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> mutated;

        Loader(Map<String, byte[]> mutated) {
            super(Mutant.class.getClassLoader());
            this.mutated = mutated;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(OURS)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = mutated.get(name);
            if (bytes == null) {
                String resource = name.replace('.', '/') + ".class";
                try (InputStream in = getParent().getResourceAsStream(resource)) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    bytes = in.readAllBytes();
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
