package io.jrados.rados;

import static io.jrados.rados.NativeClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.CephUser;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Listing in whole, in slices, by pages, through filters; and what the native tool lists. */
@CephTest
class ObjectListingTest {
    private static final int OBJECTS = 600;

    private static Rados rados;
    private static Pool pool;
    private static NativeClients natives;
    private static final Set<String> NAMES = new TreeSet<>();

    @BeforeAll
    static void fill(CephCluster cluster, CephUser user, TestInfo test) throws IOException {
        String name = cluster.pool(test.getTestClass().orElseThrow());
        rados = Clients.connect(cluster, user);
        pool = rados.pool(name);
        natives = new NativeClients(cluster, name);
        NAMES.clear();
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < OBJECTS; i++) {
            NAMES.add("object-" + i);
            WriteOperation create = new WriteOperation().create(true);
            if (i % 10 == 0) {
                create.setXattr("tenth", "yes".getBytes(StandardCharsets.UTF_8));
            }
            writes.add(pool.operateAsync("object-" + i, create));
        }
        writes.add(pool.inNamespace("space").operateAsync("inside", new WriteOperation().create(true)));
        writes.add(
                pool.inNamespace("space").withLocator("key").operateAsync("keyed", new WriteOperation().create(true)));
        for (CompletableFuture<?> write : writes) {
            Wait.on(write);
        }
    }

    @AfterAll
    static void close() {
        rados.close();
    }

    private static List<String> names(ObjectListing listing) {
        return listing.stream().map(ObjectEntry::name).toList();
    }

    @Test
    @Covers({"E44", "E50", "F07", "F20"})
    void listsOneNamespaceOrAll() throws Exception {
        assertThat(names(pool.listing())).containsExactlyInAnyOrderElementsOf(NAMES);
        assertThat(pool.inNamespace("space").listing())
                .containsExactlyInAnyOrder(
                        new ObjectEntry("space", "inside", Optional.empty()),
                        new ObjectEntry("space", "keyed", Optional.of("key")));
        List<String> all = pool.listing().inAllNamespaces().stream()
                .map(entry -> entry.namespace() + "\t" + entry.name())
                .toList();
        assertThat(all).hasSize(OBJECTS + 2).doesNotHaveDuplicates();
        assertThat(natives.rados("ls", "--all")
                        .lines()
                        .map(line -> line.split("\t", 3))
                        .map(parts -> parts[0] + "\t" + parts[1]))
                .containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    @Covers({"E31", "E45", "F20", "K22"})
    void slicesHaveEachObjectOnce() throws Exception {
        for (int count : new int[] {1, 4, 7, 64}) {
            List<ObjectListing> slices = pool.listing().slices(count);
            assertThat(slices).hasSize(count);
            List<CompletableFuture<List<String>>> threads = slices.stream()
                    .map(slice -> CompletableFuture.supplyAsync(() -> names(slice)))
                    .toList();
            List<String> together = new ArrayList<>();
            for (CompletableFuture<List<String>> thread : threads) {
                together.addAll(Wait.on(thread));
            }
            assertThat(together).as("%d slices, in order", count).isEqualTo(names(pool.listing()));
        }
        assertThat(pool.listing().slices(4)).as("about the same size").allSatisfy(slice -> assertThat(names(slice))
                .hasSizeBetween(OBJECTS / 8, OBJECTS / 2));
    }

    @Test
    @Covers({"E31", "E44", "E45"})
    void pagesOfAnySizeMeet() throws Exception {
        Set<String> seen = new HashSet<>();
        ObjectCursor cursor = ObjectCursor.BEGIN;
        while (!cursor.isEnd()) {
            ObjectListing.Page page = Wait.on(pool.listing().pageAsync(cursor, 7));
            assertThat(page.entries()).hasSizeLessThanOrEqualTo(7);
            page.entries().forEach(entry -> assertThat(seen.add(entry.name())).isTrue());
            assertThat(page.next()).isGreaterThan(cursor);
            cursor = page.next();
        }
        assertThat(seen).isEqualTo(NAMES);
        assertThat(cursor).isEqualTo(ObjectCursor.END).hasToString("MAX");
    }

    @Test
    @Covers({"E45"})
    void whatIsBetweenTwoPlaces() throws Exception {
        ObjectCursor first =
                Wait.on(pool.listing().pageAsync(ObjectCursor.BEGIN, 10)).next();
        ObjectCursor second = Wait.on(pool.listing().pageAsync(first, 10)).next();
        List<String> all = names(pool.listing());
        List<String> before = names(pool.listing().between(ObjectCursor.BEGIN, first));
        List<String> between = names(pool.listing().between(first, second));
        assertThat(before).isEqualTo(all.subList(0, before.size()));
        assertThat(between).isEqualTo(all.subList(before.size(), before.size() + between.size()));
        assertThat(names(pool.listing().between(second, second))).isEmpty();
    }

    @Test
    @Covers({"E44", "E47"})
    void filtersWhereTheObjectsAre() throws Exception {
        Set<String> tenths = NAMES.stream().filter(name -> name.endsWith("0")).collect(Collectors.toSet());
        assertThat(names(pool.listing().filtered(ObjectFilter.xattrEquals("tenth", "yes"))))
                .containsExactlyInAnyOrderElementsOf(tenths);
        assertThat(names(pool.listing().filtered(ObjectFilter.xattrEquals("tenth", "no"))))
                .isEmpty();
        ObjectListing unknown = pool.listing().filtered(ObjectFilter.ofClass("nothing", "at_all", new byte[0]));
        assertThatThrownBy(() -> names(unknown))
                .isInstanceOf(UncheckedIOException.class)
                .cause()
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.EINVAL));
    }

    @Test
    @Covers({"F07", "F20"})
    void whatWasWrittenWithAKeyIsFoundOnlyWithIt() throws Exception {
        Pool keyed = pool.inNamespace("keys").withLocator("key");
        keyed.writeFull("a", bytes("one"));
        assertThat(keyed.stat("a").size()).isEqualTo(3);
        assertThat(natives.python("io.set_namespace('keys'); io.set_locator_key('key'); print(io.read('a').decode())\n"
                        + "io.write_full('b', b'native')"))
                .isEqualTo("one");
        assertThat(keyed.stat("b").size()).isEqualTo(6);
        assertThat(pool.inNamespace("keys").listing())
                .extracting(ObjectEntry::key)
                .containsOnly(Optional.of("key"));
    }
}
