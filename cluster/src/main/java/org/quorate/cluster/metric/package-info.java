/**
 * Figures for whoever watches: parts give what they know as a list of {@link
 * org.quorate.cluster.metric.Metric}, to be put into the process's own metrics or printed as
 * Prometheus reads it.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.metric;
