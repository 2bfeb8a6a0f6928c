/**
 * Targets of coverage-guided fuzzing: each a class whose {@code fuzzerTestOneInput} takes any bytes
 * and lets out nothing but what shows a fault of ours. {@code fuzz/run} runs them for a long time,
 * {@code FuzzCorpusTest} on the inputs that are kept.
 */
package org.quorate.cli.fuzz;
