package io.jrados.disk.http;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads ranges of a file on a web server. A connection that breaks, stalls, or meets a server that is busy costs only
 * what had not arrived: the next request asks for the rest. As long as bytes come it goes on; after a number of
 * requests in a row that brought none it fails.
 */
final class RangeReader {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int LONGEST_NAME = 200;

    private final URI uri;
    private final HttpOptions options;
    private final HttpClient client;
    private final String name;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();

    /** The file as the first answer described it, whatever became of the rest of that answer. */
    private volatile @Nullable Version version;

    private volatile long size;

    RangeReader(URI uri, HttpOptions options, HttpClient client) {
        this.uri = uri;
        this.options = options;
        this.client = client;
        name = name(uri);
    }

    /** The address without what may be a secret: the user's part and the query, which signs some addresses. */
    private static String name(URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String text = uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
        return text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME) + "...";
    }

    /** A failure that another request may heal. */
    private static final class Broken extends IOException {
        private static final long serialVersionUID = 1L;

        private final long pause;

        Broken(String why, long pause, @Nullable Throwable cause) {
            super(why, cause);
            this.pause = pause;
        }
    }

    /**
     * Reads the beginning of the file into a buffer, as far as there is one, and returns the file's size.
     *
     * @throws RadosException EOPNOTSUPP for a server without ranges or that does not tell the size, ENOENT, EACCES
     */
    long begin(ByteBuffer target) throws RadosException {
        String doing = "opening " + name;
        int limit = target.limit();
        One first = attempt(doing, target, () -> new One(doing, 0, target));
        if (first.nothing) {
            return 0;
        }
        target.limit((int) Math.min(limit, size));
        fill(target.position(), target);
        return size;
    }

    /** Fills a buffer with the bytes from a position on. */
    void fill(long position, ByteBuffer target) throws RadosException {
        int start = target.position();
        while (target.hasRemaining()) {
            long from = position + target.position() - start;
            String doing = "reading " + target.remaining() + " bytes at " + from + " of " + name;
            attempt(doing, target, () -> new One(doing, from, target));
        }
    }

    private interface Question {
        One ask() throws RadosException;
    }

    /** Asks until some bytes have come. */
    private One attempt(String doing, ByteBuffer target, Question question) throws RadosException {
        int before = target.position();
        for (int failures = 1; ; failures++) {
            checkOpen(doing);
            One one = question.ask();
            try {
                one.run();
                return one;
            } catch (Broken broken) {
                checkOpen(doing);
                if (target.position() > before) {
                    return one;
                }
                if (failures >= options.attempts()) {
                    throw new RadosException(Errno.EIO, doing + ", after " + failures + " attempts", broken);
                }
                pause(doing, failures, broken.pause);
            }
        }
    }

    private void checkOpen(String doing) throws RadosException {
        if (closed.getCount() == 0) {
            throw RadosException.of(Errno.EBADF, doing);
        }
    }

    /** Waits before the next request, longer each time, but not when the source is closed. */
    private void pause(String doing, int failures, long askedFor) throws RadosException {
        long growing = FIRST_PAUSE.toMillis() << Math.min(failures - 1, 20);
        long millis = Math.min(LONGEST_PAUSE.toMillis(), Math.max(growing, TimeUnit.SECONDS.toMillis(askedFor)));
        try {
            if (closed.await(millis, TimeUnit.MILLISECONDS)) {
                throw RadosException.of(Errno.EBADF, doing);
            }
        } catch (InterruptedException stopped) {
            throw interrupted(doing, stopped);
        }
    }

    private static RadosException interrupted(String doing, InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return RadosException.of(Errno.EINTR, doing, stopped);
    }

    /** Ends every request. */
    void close() {
        closed.countDown();
        underWay.forEach(each -> each.cancel(true));
    }

    /** One request. */
    private final class One {
        private final String doing;
        private final long from;
        private final int asked;
        private final RangeBody body;

        private volatile @Nullable Answer answer;
        private volatile @Nullable RadosException refused;
        private volatile boolean nothing;

        One(String doing, long from, ByteBuffer target) {
            this.doing = doing;
            this.from = from;
            asked = target.remaining();
            body = new RangeBody(target);
        }

        void run() throws RadosException, Broken {
            CompletableFuture<HttpResponse<Void>> response = client.sendAsync(request(), this::head);
            underWay.add(response);
            try {
                checkOpen(doing); // a close before that has missed it
                await(response);
            } finally {
                body.abandon();
                response.cancel(true);
                underWay.remove(response);
            }
            RadosException failed = refused;
            if (failed != null) {
                throw failed;
            }
            Answer told = answer;
            if (told != null && told.mayPass()) {
                throw new Broken("the server answered " + told.status(), told.retryAfter(), null);
            }
            if (body.arrived() == 0 && !nothing) {
                throw new Broken("the server's answer was empty", 0, null);
            }
        }

        private HttpRequest request() {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                    .version(HttpClient.Version.HTTP_1_1)
                    .header("Range", "bytes=" + from + "-" + (from + asked - 1))
                    .header("Accept-Encoding", "identity");
            Version known = version;
            if (known != null) {
                known.condition().ifPresent(tag -> request.header("If-Range", tag));
            }
            options.headers().forEach(each -> request.header(each.name(), each.value()));
            return request.GET().build();
        }

        private BodySubscriber<Void> head(ResponseInfo info) {
            Answer head = new Answer(info);
            answer = head;
            try {
                if (!head.isPartial()) {
                    judge(head);
                    return new Dropped();
                }
                check(head);
                return body;
            } catch (RadosException failed) {
                refused = failed;
                return new Dropped();
            }
        }

        private void judge(Answer head) throws RadosException {
            Version known = version;
            if (known == null && head.isOfNothing()) {
                nothing = true;
            } else if (known != null && head.status() == 200) {
                throw RadosException.of(Errno.ESTALE, doing + ", a file that changed");
            } else if (!head.mayPass()) {
                throw head.refusal(doing);
            }
        }

        private void check(Answer head) throws RadosException {
            Answer.Range range = head.range(doing);
            if (range.from() != from || range.end() > from + asked) {
                throw new RadosException(Errno.EBADMSG, doing + ", for which the server sent other bytes");
            }
            Version known = version;
            if (known == null) {
                size = range.total()
                        .orElseThrow(() -> RadosException.of(
                                Errno.EOPNOTSUPP, doing + ", whose server does not tell the file's size"));
                version = head.version();
            } else if (!known.agreesWith(head.version())
                    || range.total().filter(told -> told != size).isPresent()) {
                throw RadosException.of(Errno.ESTALE, doing + ", a file that changed");
            }
        }

        private void await(CompletableFuture<HttpResponse<Void>> response) throws RadosException, Broken {
            long before = -1;
            while (true) {
                long arrived = body.arrived();
                if (arrived == before) {
                    throw new Broken("no byte came for " + options.stall(), 0, null);
                }
                before = arrived;
                try {
                    response.get(options.stall().toNanos(), TimeUnit.NANOSECONDS);
                    return;
                } catch (TimeoutException slow) {
                    // Whether it is merely slow is seen by the bytes that have come.
                    continue;
                } catch (InterruptedException stopped) {
                    throw interrupted(doing, stopped);
                } catch (ExecutionException | CancellationException failed) {
                    Answer told = answer;
                    if (told == null || told.isPartial() && refused == null) {
                        throw new Broken("the connection failed", 0, failed.getCause());
                    }
                    return;
                }
            }
        }
    }

    /** The body of an answer that is of no use. */
    private static final class Dropped implements BodySubscriber<Void> {
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        @Override
        public CompletableFuture<Void> getBody() {
            return done;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.cancel();
            done.complete(null);
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            // It was not asked for.
        }

        @Override
        public void onError(Throwable failed) {
            done.complete(null);
        }

        @Override
        public void onComplete() {
            done.complete(null);
        }
    }
}
