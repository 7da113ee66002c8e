package io.jrados.disk.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The way in which an image is read from a web server. Each method returns other options and leaves these alone. */
public final class HttpOptions {
    /**
     * No headers, a client of its own, 30 s without a byte before a request is given up, five attempts, and 16 blocks
     * of 1 MiB.
     */
    public static final HttpOptions DEFAULT = new HttpOptions(new Draft());

    private static final Set<String> OURS = Set.of("range", "if-range", "accept-encoding");

    private static final URI ANYWHERE = URI.create("http://localhost/");

    private static final int MIN_BLOCK = 4 << 10;
    private static final int MAX_BLOCK = 64 << 20;
    private static final int MAX_BLOCKS = 4096;
    private static final int MAX_ATTEMPTS = 100;
    private static final Duration MAX_STALL = Duration.ofHours(1);

    /** A header of every request. Its value may be a secret, so it is printed nowhere. */
    record Header(String name, String value) {}

    private static final class Draft {
        private List<Header> headers = List.of();
        private Optional<HttpClient> client = Optional.empty();
        private Duration stall = Duration.ofSeconds(30);
        private int attempts = 5;
        private int blockSize = 1 << 20;
        private int blocks = 16;

        private Draft() {}

        private Draft(HttpOptions from) {
            headers = from.headers;
            client = from.client;
            stall = from.stall;
            attempts = from.attempts;
            blockSize = from.blockSize;
            blocks = from.blocks;
        }
    }

    private final List<Header> headers;
    private final Optional<HttpClient> client;
    private final Duration stall;
    private final int attempts;
    private final int blockSize;
    private final int blocks;

    private HttpOptions(Draft draft) {
        headers = draft.headers;
        client = draft.client;
        stall = draft.stall;
        attempts = draft.attempts;
        blockSize = draft.blockSize;
        blocks = draft.blocks;
    }

    /**
     * Adds a header to every request, such as {@code Authorization}.
     *
     * @throws IllegalArgumentException for {@code Range}, {@code If-Range} and {@code Accept-Encoding}, which are set
     *     by the reading itself, and for what HTTP or the JDK's client does not take
     */
    public HttpOptions withHeader(String name, String value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        if (name.isEmpty() || OURS.contains(name.toLowerCase(Locale.ROOT))) {
            throw unfit(name);
        }
        try {
            HttpRequest.newBuilder(ANYWHERE).header(name, value);
        } catch (IllegalArgumentException refused) {
            // Its message may have the value, which may be a secret.
            throw unfit(name);
        }
        Draft draft = new Draft(this);
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        draft.headers = List.copyOf(more);
        return new HttpOptions(draft);
    }

    private static IllegalArgumentException unfit(String name) {
        return new IllegalArgumentException("name: '" + name + "' with that value is no header that can be added");
    }

    /** Uses a client of the caller's, with its proxy, trust and redirects; it stays open. */
    public HttpOptions withClient(HttpClient ofCaller) {
        Draft draft = new Draft(this);
        draft.client = Optional.of(Objects.requireNonNull(ofCaller, "ofCaller"));
        return new HttpOptions(draft);
    }

    /** Sets how long a request may go without a byte, over zero and at most an hour. */
    public HttpOptions withStall(Duration time) {
        Objects.requireNonNull(time, "time");
        if (time.isNegative() || time.isZero() || time.compareTo(MAX_STALL) > 0) {
            throw new IllegalArgumentException("time: " + time + " is not from 1 ns to " + MAX_STALL);
        }
        Draft draft = new Draft(this);
        draft.stall = time;
        return new HttpOptions(draft);
    }

    /** Sets how many requests in a row may bring nothing before reading fails, from 1 to 100. */
    public HttpOptions withAttempts(int count) {
        Draft draft = new Draft(this);
        draft.attempts = between(count, 1, MAX_ATTEMPTS, "count");
        return new HttpOptions(draft);
    }

    /**
     * Sets what is kept of the image, since the tables of a qcow2 image and its compressed clusters are read in small
     * pieces: a request for less than a block fetches the whole of it.
     *
     * @param size of a block in bytes, from 4 KiB to 64 MiB
     * @param count of blocks in memory, from 1 to 4,096
     */
    public HttpOptions withBlocks(int size, int count) {
        Draft draft = new Draft(this);
        draft.blockSize = between(size, MIN_BLOCK, MAX_BLOCK, "size");
        draft.blocks = between(count, 1, MAX_BLOCKS, "count");
        return new HttpOptions(draft);
    }

    private static int between(int value, int least, int most, String name) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " is not from " + least + " to " + most);
        }
        return value;
    }

    List<Header> headers() {
        return headers;
    }

    Optional<HttpClient> client() {
        return client;
    }

    /** The time that a request may go without a byte. */
    public Duration stall() {
        return stall;
    }

    /** The number of requests in a row that may bring nothing. */
    public int attempts() {
        return attempts;
    }

    /** The size of a block in bytes. */
    public int blockSize() {
        return blockSize;
    }

    /** The number of blocks in memory. */
    public int blocks() {
        return blocks;
    }
}
