/** Operations as spans of OpenTelemetry, where its SDK is on the class path. */
@NullMarked
package org.quorate.node.trace;

import org.jspecify.annotations.NullMarked;
