package org.quorate.zab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.peer.EnsembleConfig;

/** An ensemble of one: the leader's code with a quorum of itself. */
class StandaloneTest {
    private final Story story = new Story();
    private final Zab zab =
            new Zab(
                    ZabOptions.standalone(2000),
                    EnsembleConfig.of(List.of(), 0),
                    0,
                    0,
                    0x300000007L,
                    true,
                    1,
                    story.journal(),
                    story.peers(),
                    story.state());

    @Test
    void itLeadsAtOnceInTheEpochItIsInAndWritesNoEpochFiles() {
        zab.start(0);

        assertThat(zab.role()).isEqualTo(new Role(Role.Kind.LEADING, 0, 3));
        assertThat(story.lines()).containsExactly("role LEADING 0 epoch 3");
    }

    @Test
    void aProposalIsAppliedWhenItIsOnDiskAndNotBefore() {
        zab.start(0);
        propose("a");
        propose("b");
        zab.endTurn();
        propose("c");
        zab.endTurn();

        assertThat(story.take())
                .containsExactly(
                        "role LEADING 0 epoch 3",
                        "append 300000008 a",
                        "append 300000009 b",
                        "mark 1",
                        "append 30000000a c",
                        "mark 2");

        zab.journaled(1);
        assertThat(story.take()).containsExactly("apply 300000008 a", "apply 300000009 b");
        zab.journaled(2);
        assertThat(story.take()).containsExactly("apply 30000000a c");
    }

    @Test
    void anIdleTurnAsksNothingOfTheDisk() {
        zab.start(0);
        story.take();
        zab.time(10_000_000);
        zab.endTurn();

        assertThat(story.lines()).isEmpty();
    }

    @Test
    void aSyncIsAnsweredBehindWhatWasProposedBeforeItAndNotBehindWhatCameLater() {
        zab.start(0);
        propose("a");
        zab.sync();
        propose("b");
        zab.sync();
        zab.endTurn();
        story.take();

        zab.journaled(1);

        assertThat(story.take())
                .containsExactly("apply 300000008 a", "apply 300000009 b", "synced", "synced");

        zab.sync();
        assertThat(story.take()).isEmpty();
        zab.endTurn();
        assertThat(story.take()).containsExactly("synced");

        propose("c");
        zab.endTurn();
        zab.sync();
        propose("d");
        zab.endTurn();
        story.take();
        zab.journaled(2);
        assertThat(story.take()).containsExactly("apply 30000000a c", "synced");
    }

    @Test
    void aZxidMustBeDrawnBeforeItIsProposed() {
        zab.start(0);

        assertThatThrownBy(() -> zab.propose(0x300000008L, new byte[0], 0, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("300000008");
    }

    private void propose(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        zab.propose(zab.nextZxid(), bytes, 0, bytes.length);
    }
}
