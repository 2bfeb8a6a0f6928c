/**
 * JSON for the toolkit's own znodes: small documents, strictly read, without a dependency. Numbers
 * keep the digits they were written with, members keep their order.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.json;
