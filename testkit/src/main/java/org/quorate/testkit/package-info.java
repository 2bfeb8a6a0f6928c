/**
 * A test kit for authors of databases: an ensemble inside the test's JVM, and the hands to cut,
 * hold, delay and confuse what lies between it and its clients. Works with any ZooKeeper client.
 */
@NullMarked
package org.quorate.testkit;

import org.jspecify.annotations.NullMarked;
