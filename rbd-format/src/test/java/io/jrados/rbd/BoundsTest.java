package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of bounds in SECURITY.md says what the code does. */
class BoundsTest {
    private static final Path PAGE = Path.of(System.getProperty("jrados.root", ".."), "SECURITY.md");
    private static final Pattern NUMBER = Pattern.compile("([0-9,]+)(?: (KiB|MiB|GiB|EiB|s|characters|things))?");
    private static final Map<String, Long> UNITS =
            Map.of("KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "EiB", 1L << 60);

    private record Row(String what, String most, String where) {}

    private static List<Row> rows() throws IOException {
        String page = Files.readString(PAGE);
        String table = page.substring(page.indexOf("## Bounds"), page.indexOf("## Lessons of others"));
        List<Row> rows = new ArrayList<>();
        for (String line : table.split("\n")) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 6 && cells[3].contains("`")) {
                rows.add(new Row(cells[1].strip(), cells[2].strip(), cells[3].split("`")[1]));
            }
        }
        return rows;
    }

    private static long number(String text) {
        Matcher parts = NUMBER.matcher(text);
        assertThat(parts.matches()).as(text).isTrue();
        return Long.parseLong(parts.group(1).replace(",", ""))
                * UNITS.getOrDefault(parts.group(2) == null ? "" : parts.group(2), 1L);
    }

    /** Follows a path of packages, a class, one of its constants, and parts of that. */
    private static long value(String path) throws ReflectiveOperationException {
        String[] words = path.split("\\.");
        int at = 0;
        StringBuilder name = new StringBuilder("io.jrados");
        while (Character.isLowerCase(words[at].charAt(0))) {
            name.append('.').append(words[at++]);
        }
        Class<?> type = Class.forName(name.append('.').append(words[at++]).toString());
        Object value = null;
        for (; at < words.length; at++) {
            Field field = (value == null ? type : value.getClass()).getDeclaredField(words[at]);
            field.setAccessible(true);
            value = field.get(value);
        }
        return value instanceof Duration time ? time.toSeconds() : ((Number) value).longValue();
    }

    @Test
    void eachBoundOfTheTableIsThatOfTheCode() throws Exception {
        List<Row> rows = rows();
        assertThat(rows).hasSizeGreaterThan(40);
        for (Row row : rows) {
            assertThat(value(row.where)).as("%s: %s", row.what, row.where).isEqualTo(number(row.most));
        }
    }
}
