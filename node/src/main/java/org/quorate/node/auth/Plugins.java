package org.quorate.node.auth;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
     * Makes one of each class.
     *
     * @throws PluginException with a line for the operator
     */
    public static Plugins load(List<String> classNames) throws PluginException {
        Map<String, AuthenticationProvider> byScheme = new LinkedHashMap<>();
        for (String name : classNames) {
            AuthenticationProvider provider = make(name);
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

    private static AuthenticationProvider make(String name) throws PluginException {
        try {
            Object made =
                    Class.forName(name, true, loader()).getDeclaredConstructor().newInstance();
            if (made instanceof AuthenticationProvider provider) {
                return provider;
            }
            if (isOfZooKeepersKind(made.getClass())) {
                return ZooKeeperProvider.of(made);
            }
        } catch (ClassNotFoundException e) {
            throw new PluginException(
                    "authProvider: '%s' is not on the class path".formatted(name), e);
        } catch (ReflectiveOperationException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new PluginException(
                    "authProvider: '%s' cannot be made: %s".formatted(name, cause), e);
        }
        throw new PluginException(
                "authProvider: '%s' is no %s"
                        .formatted(name, AuthenticationProvider.class.getName()),
                null);
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
