package org.quorate.node.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.tree.DataTree;

/** Paging through a directory that is larger than what is looked at in one go. */
class ChildPageTest {
    private static final int CHILDREN = 2_500;

    private final DataTree tree = TestTree.withChildren(CHILDREN);
    private final AtomicLong clock = new AtomicLong();
    private int looks;

    private final TreeAccess access =
            new TreeAccess() {
                @Override
                public <T extends @Nullable Object> T read(Function<DataTree, T> question) {
                    looks++;
                    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
                    return question.apply(tree);
                }
            };

    private final ChildPage pages = new ChildPage(access, clock::get);

    @AfterEach
    void close() {
        tree.close();
    }

    private List<String> walk(int childCount, int limit) {
        List<String> all = new ArrayList<>();
        String after = "";
        ChildPage.Names page;
        do {
            page = pages.list(new ChildPage.Wish("/", "", after, limit), childCount);
            all.addAll(page.names());
            after = all.getLast();
        } while (page.more());
        return all;
    }

    @Test
    void aSortedListIsWholeAndInOrder() {
        List<String> all = walk(CHILDREN, 700);
        assertThat(all).hasSize(CHILDREN + 1).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void theWriterIsLetInAgainAndAgain() {
        pages.list(new ChildPage.Wish("/", "", "", 10), CHILDREN);
        assertThat(looks).isEqualTo((CHILDREN + ChildPage.SLICE) / ChildPage.SLICE);
    }

    @Test
    void aHugeDirectoryIsReadInTheOrderOfTheTreeWithoutLookingAtAllOfIt() {
        List<String> all = walk(ChildPage.SORTED_MAX + 1, 700);
        assertThat(all).hasSize(CHILDREN + 1).doesNotHaveDuplicates();
        looks = 0;
        ChildPage.Names page =
                pages.list(new ChildPage.Wish("/", "", "", 10), ChildPage.SORTED_MAX + 1);
        assertThat(looks).isEqualTo(1);
        assertThat(page.sorted()).isFalse();
        assertThat(page.more()).isTrue();
    }

    @Test
    void aHugeDirectoryIsSearchedByName() {
        ChildPage.Names page =
                pages.list(new ChildPage.Wish("/", "n249", "", 100), ChildPage.SORTED_MAX + 1);
        assertThat(page.names()).hasSize(11).isSorted().allMatch(name -> name.startsWith("n249"));
        assertThat(page.complete()).isTrue();
    }

    @Test
    void aSearchThatTakesTooLongSaysThatItIsNotComplete() {
        clock.set(0);
        ChildPage slow =
                new ChildPage(
                        access,
                        () ->
                                clock.addAndGet(
                                        TimeUnit.MILLISECONDS.toNanos(
                                                ChildPage.SEARCH_MILLIS_MAX)));
        ChildPage.Names page = slow.list(new ChildPage.Wish("/", "n", "", 100), CHILDREN);
        assertThat(page.complete()).isFalse();
    }
}
