/**
 * The console: a web page on the admin port, and what it asks the server. Reads beside the core;
 * knows the server by {@link org.quorate.node.admin.ServerView} alone.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.node.console;
