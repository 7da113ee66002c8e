package io.jrados.benchmarks.load;

import java.util.Map;

/**
 * The shape of a load; the same words as fio's.
 *
 * @param blockSize bytes of each operation
 * @param depth operations in flight on each target
 * @param readPercent how many of a hundred operations are reads
 * @param step from one operation's begin to the next one's; 0 for random places
 * @param callbacks whether the next operation is submitted from the continuation of the last, and not by one calling
 *     thread
 */
record Shape(int blockSize, int depth, int readPercent, long step, boolean callbacks) {
    static Shape of(Map<String, String> words) {
        int blockSize = Integer.parseInt(words.get("block-size"));
        return new Shape(
                blockSize,
                Integer.parseInt(words.get("depth")),
                Integer.parseInt(words.getOrDefault("read-percent", "0")),
                Long.parseLong(words.getOrDefault("step", "0")),
                words.getOrDefault("drive", "thread").equals("callbacks"));
    }
}
