package io.jrados.rbd.change;

import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Joins the differences of an image that adjoin, and hands them out in answers of so many. */
final class ListChanges {
    private final Image image;
    private final ChangeOptions options;
    private final int most;
    private final Consumer<ChangedBlocks> each;
    private List<DiffExtent> answer = new ArrayList<>();

    /** The last range, which the next may go on with. */
    private @Nullable DiffExtent last;

    private boolean told;

    private record Answer(long imageSize, List<DiffExtent> blocks) implements ChangedBlocks {}

    ListChanges(Image image, ChangeOptions options, int most, Consumer<ChangedBlocks> each) {
        this.image = image;
        this.options = options;
        this.most = most;
        this.each = each;
    }

    void run(Progress progress) throws RadosException {
        image.diff(differences(options), progress, this::add);
        if (last != null) {
            put(last);
        }
        if (!answer.isEmpty() || !told) {
            tell();
        }
    }

    /** Options of the question that both ways of reading ask the image. */
    static DiffOptions differences(ChangeOptions options) {
        DiffOptions asked = DiffOptions.ALL.within(options.startingOffset(), Long.MAX_VALUE - options.startingOffset());
        asked = options.wholeObjects() ? asked.byObject() : asked;
        return options.fromSnapshot().isPresent()
                ? asked.since(options.fromSnapshot().get())
                : asked;
    }

    private void add(DiffExtent next) {
        DiffExtent before = last;
        if (before != null && before.offset() + before.length() == next.offset() && before.exists() == next.exists()) {
            last = new DiffExtent(before.offset(), before.length() + next.length(), next.exists());
            return;
        }
        if (before != null) {
            put(before);
        }
        last = next;
    }

    private void put(DiffExtent extent) {
        answer.add(extent);
        if (answer.size() == most) {
            tell();
        }
    }

    private void tell() {
        told = true;
        each.accept(new Answer(image.size(), List.copyOf(answer)));
        answer = new ArrayList<>();
    }
}
