package org.quorate.sim;

import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One run: an ensemble of the production core with its production store, its clients and its
 * faults, on one thread and all from one seed. The same seed gives the same run, event by event.
 */
public final class Simulation {
    /**
     * What came of a run.
     *
     * @param seed what it was made from
     * @param failure which invariant was broken; null if none was
     * @param traceHash the same for each run of this seed with this code
     * @param simulatedNanos how long it lasted in the world
     * @param events how many things happened
     * @param marks how often faults struck and rare branches were reached
     * @param story the newest lines of what happened, if they were asked for
     */
    public record Outcome(
            long seed,
            @Nullable String failure,
            long traceHash,
            long simulatedNanos,
            long events,
            SortedMap<String, Long> marks,
            List<String> story) {}

    private static final int STORY_LINES_MAX = 400;

    private Simulation() {}

    /** Runs a seed. */
    public static Outcome run(long seed) {
        return run(seed, 0);
    }

    /** Runs a seed and keeps the story. */
    public static Outcome runWithStory(long seed) {
        return run(seed, STORY_LINES_MAX);
    }

    /**
     * Runs a seed with some faults alone: what a known bug wants.
     *
     * @param focus names of {@link Fault}s and {@link Settings.Lean}s, with blanks between
     */
    static Outcome runFocused(long seed, String focus) {
        return runFocused(seed, focus, 0);
    }

    static Outcome runFocused(long seed, String focus, int lines) {
        EnumSet<Fault> faults = EnumSet.noneOf(Fault.class);
        EnumSet<Settings.Lean> leans = EnumSet.noneOf(Settings.Lean.class);
        List<String> names = List.of(focus.split(" "));
        for (Fault fault : Fault.values()) {
            if (names.contains(fault.name())) {
                faults.add(fault);
            }
        }
        for (Settings.Lean lean : Settings.Lean.values()) {
            if (names.contains(lean.name())) {
                leans.add(lean);
            }
        }
        if (faults.size() + leans.size() != names.size()) {
            throw new IllegalArgumentException("not all known: " + focus);
        }
        Chance chance = new Chance(seed);
        return run(seed, Settings.draw(chance).focusedOn(faults, leans), chance, lines);
    }

    private static Outcome run(long seed, int lines) {
        Chance chance = new Chance(seed);
        return run(seed, Settings.draw(chance), chance, lines);
    }

    private static Outcome run(long seed, Settings settings, Chance chance, int lines) {
        Trace trace = new Trace(lines);
        World world = new World(settings, chance, trace);
        String failure = null;
        try {
            world.tell("seed %d: %s", seed, settings);
            world.start();
            Faults faults = new Faults(world);
            faults.start();
            world.time.runTo(settings.faultNanos());
            world.tell("peace");
            faults.end();
            new Peace(world).check();
        } catch (SimulationFailure e) {
            failure = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            failure = Failures.words(e);
        } finally {
            world.close();
        }
        count(world);
        return new Outcome(
                seed,
                failure,
                trace.hash(),
                world.time.nowNanos(),
                world.time.count(),
                world.marks.counts(),
                trace.lines());
    }

    private static void count(World world) {
        world.marks.add("transaction committed", world.order.size());
        if (world.settings.groups()) {
            world.marks.add("run with groups and weights");
        }
        if (!world.order.isWhole()) {
            world.marks.add("run with a transaction nobody was seen to apply");
        }
    }
}
