package org.quorate.node.auth;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The providers that a configuration names, by scheme. Immutable. */
public final class Plugins {
    /** None. */
    public static final Plugins NONE = new Plugins(Map.of());

    private static final Set<String> TAKEN =
            Set.of("world", "auth", "ip", "digest", "sasl", "x509", "super");
    private static final String ZOOKEEPERS =
            "org.apache.zookeeper.server.auth.AuthenticationProvider";

    private final Map<String, AuthenticationProvider> byScheme;

    private Plugins(Map<String, AuthenticationProvider> byScheme) {
        this.byScheme = byScheme;
    }

    /** The provider of a scheme, or null. */
    public @Nullable AuthenticationProvider of(String scheme) {
        return byScheme.get(scheme);
    }

    public boolean isEmpty() {
        return byScheme.isEmpty();
    }

    public List<AuthenticationProvider> all() {
        return List.copyOf(byScheme.values());
    }

    /**
     * Makes one of each class. One that cannot be made is left out with a warning, as ZooKeeper
     * leaves it out: then nobody is let in by its scheme.
     *
     * @param warnings takes a line for the operator for each class that is left out
     * @throws PluginException with a line for the operator: a class is there and cannot serve
     */
    public static Plugins load(List<String> classNames, Consumer<String> warnings)
            throws PluginException {
        Map<String, AuthenticationProvider> byScheme = new LinkedHashMap<>();
        for (String name : classNames) {
            Object made;
            try {
                made = Class.forName(name, true, loader()).getDeclaredConstructor().newInstance();
            } catch (ReflectiveOperationException | LinkageError e) {
                warnings.accept(leftOut(name, why(e)));
                continue;
            }
            AuthenticationProvider provider = asProvider(made);
            if (provider == null) {
                warnings.accept(leftOut(name, "is no " + AuthenticationProvider.class.getName()));
                continue;
            }
            String scheme = provider.name();
            if (scheme == null || scheme.isBlank() || TAKEN.contains(scheme)) {
                throw new PluginException(
                        "authProvider: %s makes the scheme '%s', which is not for plug-ins"
                                .formatted(name, scheme),
                        null);
            }
            if (byScheme.put(scheme, provider) != null) {
                throw new PluginException(
                        "authProvider: two classes make the scheme '%s', %s is one of them"
                                .formatted(scheme, name),
                        null);
            }
        }
        return new Plugins(byScheme);
    }

    /**
     * Is there somebody who can look at what the configuration insists on?
     *
     * @param schemes separated by commas, or null
     * @throws PluginException with a line for the operator
     */
    public void checkEnforced(@Nullable String schemes) throws PluginException {
        for (String told : schemes == null ? new String[0] : schemes.split(",")) {
            String scheme = told.strip();
            if (!scheme.isEmpty() && !TAKEN.contains(scheme) && of(scheme) == null) {
                throw new PluginException(
                        "enforce.auth.schemes: no class of authProvider.… makes the scheme '%s'"
                                .formatted(scheme),
                        null);
            }
        }
    }

    private static @Nullable AuthenticationProvider asProvider(Object made) throws PluginException {
        if (made instanceof AuthenticationProvider provider) {
            return provider;
        }
        return isOfZooKeepersKind(made.getClass()) ? ZooKeeperProvider.of(made) : null;
    }

    private static String why(Throwable e) {
        if (e instanceof ClassNotFoundException) {
            return "is not on the class path";
        }
        return "cannot be made: " + (e.getCause() == null ? e : e.getCause());
    }

    private static String leftOut(String name, String why) {
        return ("authProvider: '%s' %s; the server runs without it and lets nobody in by its scheme:"
                        + " mend the class path or take the line out")
                .formatted(name, why);
    }

    private static ClassLoader loader() {
        ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
        return ofThread == null ? Plugins.class.getClassLoader() : ofThread;
    }

    /** Without its jar no class is. */
    private static boolean isOfZooKeepersKind(Class<?> made) {
        List<Class<?>> kinds = new ArrayList<>();
        for (Class<?> each = made; each != null; each = each.getSuperclass()) {
            kinds.addAll(List.of(each.getInterfaces()));
        }
        for (int i = 0; i < kinds.size(); i++) {
            if (kinds.get(i).getName().equals(ZOOKEEPERS)) {
                return true;
            }
            kinds.addAll(List.of(kinds.get(i).getInterfaces()));
        }
        return false;
    }
}
