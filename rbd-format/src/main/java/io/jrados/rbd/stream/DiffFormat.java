package io.jrados.rbd.stream;

/** Names and limits of the diff formats (src/tools/rbd/Utils.h, doc/dev/rbd-diff.rst). */
final class DiffFormat {
    static final String BANNER_1 = "rbd diff v1\n";
    static final String BANNER_2 = "rbd diff v2\n";

    static final int FROM = 'f';
    static final int TO = 't';
    static final int PROTECTION = 'p';
    static final int SIZE = 's';
    static final int DATA = 'w';
    static final int ZERO = 'z';
    static final int END = 'e';

    /** Bytes of a snapshot's name: the limit of the native reader. */
    static final int MAX_NAME = 4096;

    /** Bytes of an image: none that is larger is opened. */
    static final long MAX_SIZE = 1L << 60;

    private DiffFormat() {}

    static String banner(int format) {
        return format == 1 ? BANNER_1 : BANNER_2;
    }
}
