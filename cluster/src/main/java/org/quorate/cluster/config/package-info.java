/**
 * Configuration that changes while the cluster runs: typed by a schema, versioned, tried on a few
 * members first, and rolled back when it was wrong. {@link org.quorate.cluster.config.LiveConfig}
 * is a member's side, {@link org.quorate.cluster.config.ConfigAdmin} the side of whoever changes
 * it.
 *
 * <pre>
 * &lt;path&gt;                 JSON: {"latest", "stable", "next", "members", "percent"}: which version is for whom
 * &lt;path&gt;/v-&lt;number&gt;      JSON: {"values", "why"}: one version, never changed; the newest 50 are kept
 * &lt;path&gt;/applied/&lt;id&gt;    ephemeral, JSON: {"version", "error"}: what a member runs
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.config;
