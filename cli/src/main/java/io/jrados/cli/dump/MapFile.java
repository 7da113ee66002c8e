package io.jrados.cli.dump;

import io.jrados.osdmap.MapDetail;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PgId;
import io.jrados.osdmap.PoolInfo;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** A map as {@code ceph osd getmap} saves it, asked as osdmaptool is (src/tools/osdmaptool.cc). */
public final class MapFile {
    private final MapDetail detail;

    /** @throws io.jrados.error.MalformedException when the bytes are no map */
    public MapFile(byte[] bytes) {
        detail = MapDetail.decode(Unpooled.wrappedBuffer(bytes));
    }

    /** {@code --print}: hands over one line after the other. */
    public void print(Consumer<String> line) {
        MapText.print(detail, line);
    }

    /** {@code --test-map-pgs-dump-all}: every group of one pool, or of all, and how evenly they lie. */
    public void groups(OptionalLong pool, Consumer<String> line) {
        pool.ifPresent(this::pool);
        GroupsText.print(detail.map(), pool, line);
    }

    /** {@code --test-map-object}: where one object is. */
    public String object(String name, long pool) {
        OsdMap map = detail.map();
        PoolInfo info = pool(pool);
        PgId pg = info.pgOf(info.rawPgOf(name, "", ""));
        String acting = Arrays.toString(map.placement(pg).acting()).replace(" ", "");
        return " object '" + name + "' -> " + pg + " -> " + acting;
    }

    private PoolInfo pool(long number) {
        return detail.map().pool(number).orElseThrow(() -> new NoSuchElementException("There is no pool " + number));
    }
}
