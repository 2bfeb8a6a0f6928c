/**
 * A server's configuration: {@link org.quorate.node.config.Settings} is the one table of keys, from
 * which the reader of {@code zoo.cfg} and the reference page are made; {@link
 * org.quorate.node.config.ServerConfig} is the result as a value.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.node.config;
