package io.jrados.disk.http;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of an answer to a request for a range. Everything that a server can say but "here is that range of that
 * file" is a refusal, or a reason to ask again.
 *
 * <p>Source: RFC 9110, sections 14 and 15.
 */
final class Answer {
    /** The longest number that fits a long with room to spare. */
    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes +(\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)", Pattern.CASE_INSENSITIVE);

    private static final Pattern NOTHING = Pattern.compile("bytes +\\*/0", Pattern.CASE_INSENSITIVE);
    private static final Pattern SECONDS = Pattern.compile("\\d{1,4}");

    private static final int PARTIAL = 206;
    private static final int OUTSIDE = 416;

    private final int status;
    private final HttpHeaders headers;

    Answer(ResponseInfo info) {
        status = info.statusCode();
        headers = info.headers();
    }

    /** The range that came. */
    record Range(long from, long end, Optional<Long> total) {}

    boolean isPartial() {
        return status == PARTIAL;
    }

    /** Whether this is the answer to a first request of a file without a byte. */
    boolean isOfNothing() {
        return status == OUTSIDE
                && NOTHING.matcher(headers.firstValue("Content-Range").orElse(""))
                        .matches();
    }

    /** Whether the server may give another answer to the same question. */
    boolean mayPass() {
        return switch (status) {
            case 408, 425, 429, 500, 502, 503, 504 -> true;
            default -> false;
        };
    }

    /** The seconds that the server wants to be left alone for, 0 if it says nothing that we read. */
    long retryAfter() {
        String value = headers.firstValue("Retry-After").orElse("0");
        return SECONDS.matcher(value).matches() ? Long.parseLong(value) : 0;
    }

    int status() {
        return status;
    }

    /** The marks by which a changed file is known: its tag and its time, as far as the server gives them. */
    Version version() {
        return new Version(
                headers.firstValue("ETag").filter(tag -> tag.length() <= Version.LONGEST),
                headers.firstValue("Last-Modified").filter(time -> time.length() <= Version.LONGEST));
    }

    /**
     * Returns the range of a partial answer.
     *
     * @throws RadosException EBADMSG for an answer that contradicts the request
     */
    Range range(String doing) throws RadosException {
        String encoding = headers.firstValue("Content-Encoding").orElse("identity");
        Matcher parts =
                CONTENT_RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
        if (!encoding.equalsIgnoreCase("identity") || !parts.matches()) {
            throw new RadosException(Errno.EBADMSG, doing + ", whose server does not say which bytes it sends");
        }
        long from = Long.parseLong(parts.group(1));
        long end = Long.parseLong(parts.group(2)) + 1;
        Optional<Long> total =
                parts.group(3).equals("*") ? Optional.empty() : Optional.of(Long.parseLong(parts.group(3)));
        if (end <= from || total.isPresent() && end > total.get()) {
            throw new RadosException(Errno.EBADMSG, doing + ", whose server names bytes that cannot be");
        }
        return new Range(from, end, total);
    }

    /** The failure that an answer without a range is. */
    RadosException refusal(String doing) {
        String said = doing + ", to which the server answered " + status;
        return switch (status) {
            case 200 -> RadosException.of(Errno.EOPNOTSUPP, doing + ", whose server does not serve ranges");
            case 301, 302, 303, 307, 308 ->
                RadosException.of(Errno.EOPNOTSUPP, said + ", which is somewhere else: redirects are not followed");
            case 401, 403, 407 -> RadosException.of(Errno.EACCES, said);
            case 404, 410 -> RadosException.of(Errno.ENOENT, said);
            case 412, OUTSIDE -> RadosException.of(Errno.ESTALE, said + ": the file changed");
            default -> RadosException.of(Errno.EIO, said);
        };
    }
}
