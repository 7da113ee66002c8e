package io.jrados.testkit;

import static org.assertj.core.api.Assertions.assertThat;

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
                .contains("1 of 3 rows", "| A01 | Banner | done | BannerTest.reads |", "| A02 | HELLO | open |");
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
}
