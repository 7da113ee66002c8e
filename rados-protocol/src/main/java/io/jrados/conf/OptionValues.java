package io.jrados.conf;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values of options as Ceph writes them (src/common/options.cc, src/common/strtol.cc, src/common/ceph_time.cc). */
final class OptionValues {
    private static final Pattern INTEGER = Pattern.compile("(\\+?\\d+)([KMGTPEB]?)");
    private static final Pattern BYTES = Pattern.compile("(\\+?\\d+)([KMGTPE]?)([iB]?)");
    private static final Pattern SPAN = Pattern.compile("\\s*(\\d+)\\s*([A-Za-z]*)");
    private static final Pattern SECONDS = Pattern.compile("\\+?(?:\\d++(?:\\.\\d++)?|\\.\\d++)(?:[eE][-+]?\\d{1,3})?");

    /** Characters of a value that is no text, at most: numbers of more digits take long to compute. */
    static final int LONGEST = 1 << 10;

    private static final String UNITS = "KMGTPE";
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000L);

    private static final Map<Long, List<String>> SPANS = Map.of(
            1L,
            List.of("", "s", "sec", "second", "seconds"),
            60L,
            List.of("m", "min", "minute", "minutes"),
            3_600L,
            List.of("h", "hr", "hour", "hours"),
            86_400L,
            List.of("d", "day", "days"),
            7 * 86_400L,
            List.of("w", "wk", "week", "weeks"),
            30 * 86_400L,
            List.of("mo", "month", "months"),
            365 * 86_400L,
            List.of("y", "yr", "year", "years"));

    private OptionValues() {}

    /** @throws IllegalArgumentException when the value is not of that kind */
    static void check(Option.Kind kind, String value) {
        if (kind != Option.Kind.TEXT && value.length() > LONGEST) {
            throw new IllegalArgumentException("longer than " + LONGEST + " characters");
        }
        switch (kind) {
            case TEXT -> {}
            case BOOL -> bool(value);
            case INTEGER -> integer(value);
            case BYTES -> bytes(value);
            case DURATION -> duration(value);
            case DECIMAL -> decimal(value);
            case UUID -> uuid(value);
            case MODES -> modes(value);
        }
    }

    static boolean bool(String value) {
        if (value.equalsIgnoreCase("true")) {
            return true;
        }
        try {
            return !value.equalsIgnoreCase("false") && Integer.parseInt(value) != 0;
        } catch (NumberFormatException neither) {
            throw new IllegalArgumentException("neither true nor false nor a number");
        }
    }

    static long integer(String value) {
        Matcher parts = INTEGER.matcher(value);
        if (!parts.matches()) {
            throw new NumberFormatException("not a number with at most one of the units K, M, G, T, P, E");
        }
        int power = UNITS.indexOf(parts.group(2)) + 1;
        BigInteger unit = parts.group(2).isEmpty() || power == 0 ? BigInteger.ONE : BigInteger.TEN.pow(3 * power);
        return exact(new BigInteger(parts.group(1)).multiply(unit));
    }

    static long bytes(String value) {
        Matcher parts = BYTES.matcher(value);
        if (!parts.matches() || (parts.group(2).isEmpty() && parts.group(3).equals("i"))) {
            throw new NumberFormatException("not a number of bytes with at most one of the units K, M, G, T, P, E");
        }
        int power = parts.group(2).isEmpty() ? 0 : UNITS.indexOf(parts.group(2)) + 1;
        return exact(new BigInteger(parts.group(1)).shiftLeft(10 * power));
    }

    private static long exact(BigInteger number) {
        try {
            return number.longValueExact();
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException("too large", tooLarge);
        }
    }

    /** At most 292 years, which is what a timer can count. */
    static Duration duration(String value) {
        try {
            if (SECONDS.matcher(value).matches()) {
                return Duration.ofNanos(new BigDecimal(value)
                        .multiply(NANOS)
                        .setScale(0, RoundingMode.DOWN)
                        .longValueExact());
            }
            Duration sum = Duration.ZERO;
            Matcher parts = SPAN.matcher(value);
            int at = 0;
            while (at < value.length() && parts.find(at) && parts.start() == at) {
                long each = secondsOf(parts.group(2));
                sum = sum.plusSeconds(Math.multiplyExact(Long.parseLong(parts.group(1)), each));
                at = parts.end();
            }
            if (at == 0 || !value.substring(at).isBlank()) {
                throw new IllegalArgumentException("not a time in seconds, or with units like 5 min");
            }
            sum.toNanos();
            return sum;
        } catch (NumberFormatException | ArithmeticException tooLong) {
            throw new IllegalArgumentException("too long", tooLong);
        }
    }

    private static long secondsOf(String unit) {
        for (Map.Entry<Long, List<String>> span : SPANS.entrySet()) {
            if (span.getValue().contains(unit)) {
                return span.getKey();
            }
        }
        throw new IllegalArgumentException("not a unit of time");
    }

    static double decimal(String value) {
        double number;
        try {
            number = Double.parseDouble(value);
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("not a number");
        }
        if (!Double.isFinite(number)) {
            throw new NumberFormatException("not a finite number");
        }
        return number;
    }

    static UUID uuid(String value) {
        if (value.length() != 36) {
            throw new IllegalArgumentException("not a UUID");
        }
        try {
            return UUID.fromString(value);
        } catch (IllegalArgumentException none) {
            throw new IllegalArgumentException("not a UUID");
        }
    }

    static List<ConnectionMode> modes(String value) {
        List<ConnectionMode> modes = new ArrayList<>();
        for (String word : list(value)) {
            modes.add(ConnectionMode.of(word));
        }
        if (modes.isEmpty()) {
            throw new IllegalArgumentException("neither crc nor secure");
        }
        return List.copyOf(modes);
    }

    /** Words between commas, semicolons, equals signs and white space. */
    static List<String> list(String value) {
        List<String> words = new ArrayList<>();
        for (String word : value.split("[;,=\\s]+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return List.copyOf(words);
    }
}
