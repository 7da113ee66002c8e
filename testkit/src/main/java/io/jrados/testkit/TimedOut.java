package io.jrados.testkit;

/** A native command that did not end in time. */
final class TimedOut extends AssertionError {
    private static final long serialVersionUID = 1;

    TimedOut(String message) {
        super(message);
    }
}
