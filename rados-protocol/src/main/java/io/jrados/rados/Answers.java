package io.jrados.rados;

import io.jrados.error.MalformedException;
import io.jrados.json.JsonReader;
import io.jrados.json.JsonValue;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The JSON of daemons' answers, as far as this library reads it itself. */
final class Answers {
    private Answers() {}

    /**
     * One value for each element of the array that the answer begins with; EBADMSG for any other answer.
     *
     * @param element throws {@link MalformedException} for what it does not know
     * @param doing for the error
     */
    static <T> CompletableFuture<List<T>> list(CommandResult result, Function<JsonValue, T> element, String doing) {
        return one(result, answer -> answer.elements().stream().map(element).toList(), doing);
    }

    /**
     * The value that the answer begins with; EBADMSG for any other answer.
     *
     * @param reader throws {@link MalformedException} for what it does not know
     * @param doing for the error
     */
    static <T> CompletableFuture<T> one(CommandResult result, Function<JsonValue, T> reader, String doing) {
        try {
            return CompletableFuture.completedFuture(
                    reader.apply(JsonReader.readAll(result.output()).get(0)));
        } catch (MalformedException malformed) {
            return CompletableFuture.failedFuture(malformed.during(doing));
        }
    }
}
