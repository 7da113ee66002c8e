package io.jrados.osdmap;

import io.jrados.crush.NativeTool;
import io.jrados.crush.RandomCrush;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;

/**
 * A map of random pools over a given hierarchy, with OSDs down, out or gone, and with every kind of override, as the
 * bytes of a full map. {@code -Djrados.osdmap.groups=1500} makes more groups, {@code -Djrados.osdmap.release=20} puts
 * in what that release brought, and {@code -Djrados.osdmaptool="... osdmaptool"} asks its tool.
 */
public final class RandomMap {
    private static final int NONE = Placement.NONE;
    private static final int MOST_GROUPS = Integer.getInteger("jrados.osdmap.groups", 130);

    private final Random random;
    private final byte[] crush;
    private final int osds;
    private final RandomCrush hierarchy;
    private final int release;
    private final boolean stretched;
    private final Map<Long, Pool> pools = new LinkedHashMap<>();

    private record Pool(
            int type, int size, int rule, int pgNum, int pgpNum, boolean hashed, int objectHash, int nonprimary) {}

    /** @param release whose map this is: Reef brought upmap primaries, Tentacle shards that never lead */
    RandomMap(long seed, RandomCrush hierarchy, byte[] crush, int release) {
        random = RandomCrush.random(seed);
        this.crush = crush;
        osds = hierarchy.devices() + random.nextInt(3);
        this.hierarchy = hierarchy;
        this.release = release;
        stretched = random.nextInt(3) == 0;
        int count = 1 + random.nextInt(4);
        while (pools.size() < count) {
            pools.put(1L + random.nextInt(40), pool());
        }
    }

    private Pool pool() {
        int pgNum = 1 + random.nextInt(random.nextBoolean() ? 12 : MOST_GROUPS);
        boolean erasure = random.nextInt(3) == 0;
        List<Integer> rules = new ArrayList<>(hierarchy.rules(erasure ? "erasure" : "replicated"));
        rules.addAll(hierarchy.rules(erasure ? "msr_indep" : "msr_firstn"));
        int size = 1 + random.nextInt(6);
        boolean optimized = erasure && release >= Release.TENTACLE && random.nextBoolean();
        return new Pool(
                erasure ? PoolShape.ERASURE : PoolShape.REPLICATED,
                size,
                rules.get(random.nextInt(rules.size())),
                pgNum,
                random.nextBoolean() ? pgNum : 1 + random.nextInt(pgNum),
                random.nextInt(4) > 0,
                random.nextInt(4) > 0 ? ObjectHash.RJENKINS : ObjectHash.LINUX,
                // the first shard always may lead
                optimized ? random.nextInt(1 << size) & ~1 : 0);
    }

    /**
     * Writes a map and its hierarchy to files named map and crush.
     *
     * @return the map as osdmaptool itself encodes it
     */
    public static byte[] write(long seed, Path folder) throws IOException {
        RandomCrush hierarchy = new RandomCrush(seed);
        Files.writeString(folder.resolve("text"), hierarchy.text() + hierarchy.chooseArgs(seed % 40));
        new NativeTool("crushtool")
                .run("--enable-unsafe-tunables", "-c", folder.resolve("text"), "-o", folder.resolve("crush"));
        int release = Integer.getInteger("jrados.osdmap.release", Release.PACIFIC);
        byte[] crush = Files.readAllBytes(folder.resolve("crush"));
        Path map = Files.write(folder.resolve("map"), new RandomMap(seed, hierarchy, crush, release).bytes());
        new NativeTool("osdmaptool").run(map, "--import-crush", folder.resolve("crush"));
        return Files.readAllBytes(map);
    }

    byte[] bytes() {
        ByteBuf out = Unpooled.buffer();
        new Encoder(out).struct(8, 7, body -> {
            body.struct(10, 1, this::clientSection);
            body.struct(stretched ? 10 : 9, 1, this::osdSection);
            body.u32(0);
        });
        int crcAt = out.writerIndex() - 4;
        CRC32C crc = new CRC32C();
        crc.update(out.nioBuffer(0, crcAt));
        out.setIntLE(crcAt, ~(int) crc.getValue());
        return new Encoder(out).toBytes();
    }

    private void clientSection(Encoder out) {
        out.uuid(new UUID(1, 2)).u32(77);
        Utime.ZERO.encode(out);
        Utime.ZERO.encode(out);
        out.map(pools, Encoder::u64, this::pool);
        out.map(pools, Encoder::u64, (name, pool) -> name.string("pool" + pool.hashCode()));
        out.u32(100).u32(MapFlags.SORTBITWISE | random.nextInt(1 << 15)).u32(osds);
        out.u32(osds);
        repeat(osds, () -> out.u32(state()));
        out.u32(osds);
        repeat(osds, () -> out.u32(weight()));
        addresses(out);
        groups(out, 6, this::listOfOsds);
        groups(out, 4, (entry, pool) -> entry.i32(random.nextInt(osds)));
        if (random.nextBoolean()) {
            out.u32(osds);
            repeat(osds, () -> out.u32(random.nextInt(3) > 0 ? 0x10000 : random.nextInt(0x10001)));
        } else {
            out.u32(0);
        }
        out.bytes(crush);
        out.u32(0);
        groups(out, 5, this::listOfOsds);
        groups(out, 9, this::pairs);
        out.u32(3).u32(0).u32(0);
        Utime.ZERO.encode(out);
        Utime.ZERO.encode(out);
        groups(out, release >= Release.REEF ? 3 : Integer.MAX_VALUE, (entry, pool) -> entry.i32(random.nextInt(osds)));
    }

    private static void repeat(int times, Runnable action) {
        for (int i = 0; i < times; i++) {
            action.run();
        }
    }

    private int state() {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1, 2 -> OsdTable.EXISTS;
            default -> OsdTable.EXISTS | OsdTable.UP;
        };
    }

    private int weight() {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1, 2 -> random.nextInt(0x20001);
            default -> 0x10000;
        };
    }

    private void addresses(Encoder out) {
        out.u32(osds);
        repeat(
                osds,
                () -> EntityAddr.encodeVector(out, random.nextBoolean() ? List.of() : List.of(address(), address())));
    }

    /** Returns an address of IPv4 or IPv6, the latter with rows of zeroes. */
    private EntityAddr address() {
        byte[] ip = new byte[random.nextBoolean() ? 4 : 16];
        for (int i = 0; i < ip.length; i++) {
            ip[i] = (byte) (random.nextInt(3) == 0 || i == 0 ? 1 + random.nextInt(200) : 0);
        }
        return EntityAddr.of(EntityAddr.MSGR2, random.nextInt(), ip, random.nextInt(1 << 16));
    }

    /** An entry for about one group in {@code oneIn}. */
    private void groups(Encoder out, int oneIn, BiConsumer<Encoder, Pool> value) {
        List<PgId> chosen = new ArrayList<>();
        pools.forEach((id, pool) -> {
            for (int i = 0; i < pool.pgNum; i++) {
                if (random.nextInt(oneIn) == 0) {
                    chosen.add(new PgId(id, i));
                }
            }
        });
        out.list(chosen, (entry, pg) -> {
            pg.encode(entry);
            value.accept(entry, pools.get(pg.pool()));
        });
    }

    private void listOfOsds(Encoder out, Pool pool) {
        List<Integer> list = new ArrayList<>();
        int size = pool.nonprimary == 0 ? 1 + random.nextInt(5) : pool.size;
        for (int i = 0; i < size; i++) {
            int osd = random.nextInt(12) == 0 ? NONE : random.nextInt(osds);
            if (osd == NONE || pool.nonprimary != 0 || !list.contains(osd)) {
                list.add(osd);
            }
        }
        out.list(list, Encoder::i32);
    }

    private void pairs(Encoder out, Pool pool) {
        int count = 1 + random.nextInt(4);
        out.u32(count);
        repeat(count, () -> out.i32(random.nextInt(osds)).i32(random.nextInt(osds)));
    }

    private void pool(Encoder out, Pool pool) {
        int version = pool.nonprimary != 0 ? 32 : stretched ? 30 : 29;
        out.struct(version, 5, body -> {
            body.u8(pool.type).u8(pool.size).u8(pool.rule).u8(pool.objectHash);
            body.u32(pool.pgNum).u32(pool.pgpNum).u32(0).u32(0).u32(5);
            body.u64(0).u32(0).u32(0).u32(0).u64(0);
            body.u64(flags(pool)).u32(0).u8(1);
            body.u64(rarely()).u64(rarely());
            tier(body);
            body.u32(0);
            hitSets(body);
            body.u32(0).u32(0).u32(4096);
            body.u64(rarely()).u64(rarely()).u32(0).u32(0).u32(0).u32(0);
            body.string(pool.type == PoolShape.ERASURE ? "p" : "").u32(rarely());
            body.u32(rarely()).u64(rarely()).u32(0).u32(rarely());
            body.bool(true).bool(false).u32(0).u32(1);
            body.struct(2, 1, this::options);
            body.u32(0).u32(0);
            Utime.ZERO.encode(body);
            body.u32(pool.pgNum + rarely())
                    .u32(pool.pgpNum + rarely())
                    .u32(pool.pgNum)
                    .u32(0)
                    .u32(0)
                    .u32(rarely())
                    .u8(random.nextInt(3));
            body.struct(new Struct("pg_merge_meta_t", 1, 1, 1), merge -> {
                new PgId(0, 0).encode(merge);
                merge.zeroes(3 * 4 + 2 * 12);
            });
            if (version == 30) {
                body.u32(2).u32(2).u32(8).i32(3);
            } else if (version == 32) {
                body.bool(stretched);
                if (stretched) {
                    body.u32(2).u32(2).u32(8).i32(3);
                }
                body.u8(pool.nonprimary).u8(0);
            }
        });
    }

    private long rarely() {
        return random.nextInt(4) == 0 ? 1 + random.nextInt(1000) : 0;
    }

    private void tier(Encoder out) {
        boolean tiered = random.nextInt(6) == 0;
        out.list(tiered ? List.of(3L, 5L) : List.<Long>of(), Encoder::u64);
        out.u64(tiered ? 7 : -1)
                .u8(tiered ? random.nextInt(7) : 0)
                .u64(tiered ? 3 : -1)
                .u64(tiered ? 5 : -1);
    }

    private void hitSets(Encoder out) {
        boolean bloom = random.nextInt(6) == 0;
        out.struct(1, 1, params -> {
            params.u8(bloom ? 3 : 0);
            if (bloom) {
                params.struct(1, 1, filter -> filter.u32(50_000).u64(0).u64(0));
            }
        });
    }

    private void options(Encoder out) {
        if (random.nextBoolean()) {
            out.u32(0);
            return;
        }
        out.u32(4);
        out.i32(0).i32(2).u64(Double.doubleToLongBits(random.nextInt(100_000) / 7.0));
        out.i32(6).i32(0).string("aggressive");
        out.i32(15).i32(1).u64(random.nextInt(100));
        out.i32(17).i32(2).u64(Double.doubleToLongBits(random.nextDouble()));
    }

    private long flags(Pool pool) {
        long any = random.nextInt(3) == 0 ? random.nextInt(1 << 12) << 3 : 0;
        return any | (pool.hashed ? PoolFlags.HASHPSPOOL : 0) | (pool.nonprimary != 0 ? PoolFlags.EC_OPTIMIZATIONS : 0);
    }

    private void osdSection(Encoder out) {
        addresses(out);
        out.u32(osds);
        repeat(osds, () -> {
            out.u8(1);
            repeat(6, () -> out.u32(rarely()));
        });
        out.u32(2);
        address().withType(EntityAddr.ANY).encode(out);
        out.u32(2_000_000_000).u32(77_000);
        address().withType(EntityAddr.ANY).withPort(0).withNonce(0).encode(out);
        out.u32(5).u32(0);
        addresses(out);
        out.u32(0).string(stretched ? "snapshot" : "");
        out.u32(osds);
        repeat(osds, () -> out.u64(rarely()).u64(rarely()));
        out.u32(osds);
        repeat(osds, () -> out.struct(4, 1, info -> info.zeroes(8 + 4 + 4 + 8 + 4 + 8 + 4)));
        addresses(out);
        out.i32(Float.floatToIntBits(0.85f))
                .i32(Float.floatToIntBits(0.951234f))
                .i32(Float.floatToIntBits(0.9f));
        out.u8(Release.LUMINOUS).u8(Release.PACIFIC);
        out.u32(0).u32(0).u32(0);
        if (stretched) {
            out.bool(true).u32(2).u32(random.nextInt(2)).u32(random.nextInt(2)).i32(8);
        }
    }
}
