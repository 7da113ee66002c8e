package io.jrados.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoverageReportTest {
    private final CoverageReport report = new CoverageReport();

    @TempDir
    private Path folder;

    @BeforeEach
    void rows() throws IOException {
        readRows(report);
    }

    private void readRows(CoverageReport into) throws IOException {
        into.readTitles(Files.writeString(folder.resolve("rows.tsv"), "A01\tBanner\nA02\tHELLO\nK1\tCopyup twice\n"));
    }

    @Test
    void aRowIsDoneWhenAllItsTestsPassed() {
        report.add("A01\tBannerTest.reads\tpassed");
        report.add("A02\tHelloTest.reads\tpassed");
        report.add("A02\tHelloTest.writes\tfailed");

        assertThat(report.page())
                .contains(
                        "1 of 3 rows are done, 0 are not applicable",
                        "| A01 | Banner | done | BannerTest.reads |",
                        "| A02 | HELLO | open |");
        assertThat(report.faults("")).isEmpty();
    }

    @Test
    void refusesARowThatNoListKnows() {
        report.add("A99\tBannerTest.reads\tpassed");
        assertThat(report.faults("")).singleElement().asString().contains("A99", "rows.tsv");
    }

    @Test
    void refusesAClaimThatNoTestShows() throws IOException {
        report.add("A01\tBannerTest.reads\tpassed");
        report.add("K1\tCopyUpTest.copies\tpassed");
        String page = report.page();
        assertThat(report.faults(page)).isEmpty();

        CoverageReport later = new CoverageReport();
        readRows(later);
        later.add("A01\tBannerTest.reads\tpassed");
        later.add("K1\tCopyUpTest.copies\tfailed");
        assertThat(later.faults(page)).singleElement().asString().contains("K1", "done");
    }

    @Test
    void aRowThatNoClientCanHaveTellsWhy() throws IOException {
        CoverageReport more = new CoverageReport();
        more.readTitles(Files.writeString(
                folder.resolve("more.tsv"), "A01\tBanner\nH23\tCleanup helpers\tnot applicable: Java frees memory\n"));
        more.add("A01\tBannerTest.reads\tpassed");
        assertThat(more.page())
                .contains(
                        "1 of 2 rows are done, 1 are not applicable",
                        "| H23 | Cleanup helpers | not applicable | Java frees memory |");
        assertThat(more.faults(more.page())).isEmpty();

        more.add("H23\tCleanupTest.frees\tpassed");
        assertThat(more.faults("")).singleElement().asString().contains("H23", "not applicable", "Java frees memory");
    }

    @Test
    void aThirdStateNeedsAReason() throws IOException {
        for (String state : new String[] {"not applicable", "not applicable: ", "never"}) {
            Path wrong = Files.writeString(folder.resolve("wrong.tsv"), "H23\tCleanup helpers\t" + state + "\n");
            assertThatThrownBy(() -> new CoverageReport().readTitles(wrong))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("H23");
        }
    }
}
