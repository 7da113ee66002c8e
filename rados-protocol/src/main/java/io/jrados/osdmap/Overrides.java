package io.jrados.osdmap;

import io.jrados.wire.Decoder;
import java.util.HashMap;
import java.util.Map;

/**
 * The groups that lie elsewhere than CRUSH says. Immutable: the arrays must not be written to.
 *
 * @param pgTemp who serves for a time
 * @param primaryTemp who leads for a time
 * @param upmap where the administrator or the balancer put a group
 * @param upmapItems pairs: replace the first by the second
 * @param upmapPrimaries who takes the first one's place
 */
public record Overrides(
        Map<PgId, int[]> pgTemp,
        Map<PgId, Integer> primaryTemp,
        Map<PgId, int[]> upmap,
        Map<PgId, int[]> upmapItems,
        Map<PgId, Integer> upmapPrimaries) {

    static Map<PgId, int[]> lists(Decoder in) {
        int count = in.count(PgId.SIZE + 4);
        Map<PgId, int[]> lists = new HashMap<>();
        for (int i = 0; i < count; i++) {
            lists.put(PgId.decode(in), in.i32s());
        }
        return lists;
    }

    static Map<PgId, Integer> numbers(Decoder in) {
        int count = in.count(PgId.SIZE + 4);
        Map<PgId, Integer> numbers = new HashMap<>();
        for (int i = 0; i < count; i++) {
            numbers.put(PgId.decode(in), in.i32());
        }
        return numbers;
    }

    /** Each value a row of pairs, flat. */
    static Map<PgId, int[]> pairs(Decoder in) {
        int count = in.count(PgId.SIZE + 4);
        Map<PgId, int[]> rows = new HashMap<>();
        for (int i = 0; i < count; i++) {
            PgId pg = PgId.decode(in);
            int[] row = new int[in.count(8) * 2];
            for (int j = 0; j < row.length; j++) {
                row[j] = in.i32();
            }
            rows.put(pg, row);
        }
        return rows;
    }
}
